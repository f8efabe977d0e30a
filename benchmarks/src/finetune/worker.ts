// Fine-tunes BERT on SST-2 with a Trainer, and says how long each of its steps took: from the texts to the update.
import { useBackend } from '@tenon/core/backend';
import { processedBatches } from '@tenon/data';
import { Trainer, textClassification } from '@tenon/trainers';
import { dispose } from '@tensorflow/tfjs-core';
import { publishedTokenizer, SST2_LABELS, sst2Sentences } from '../data-sets.ts';
import { type BertSize, classifier } from '../engine/bert.ts';
import { serve } from '../serve.ts';
import type { AdamWWithClipping } from '../sizes.ts';
import { Trainer as CheckTrainer } from '../trainer.ts';
import { BATCH_SIZE, MAX_LENGTH } from './size.ts';
import { Turns } from './turns.ts';

export interface FinetuneRequest {
  readonly size: BertSize;
  readonly optimizer: AdamWWithClipping;
  readonly seed: number;
  /** The folder of data sets. */
  readonly data: string;
}

await serve(async ({ size, optimizer, seed, data }: FinetuneRequest) => {
  await useBackend('onnx');
  const [examples, tokenizer] = [
    await sst2Sentences(data, 'train'),
    await publishedTokenizer(data, 'uncased'),
  ];
  const task = textClassification({ tokenizer, labels: SST2_LABELS, maxLength: MAX_LENGTH });
  const order = { batchSize: BATCH_SIZE, shuffle: true, seed, epochs: 1 };
  const model = classifier(size, SST2_LABELS);

  const once = processedBatches(examples, task, order);
  const first = (await once.next())!;
  const checks = new CheckTrainer(model, optimizer);
  const check = checks.check(() => model.loss(first, { training: false }).loss);
  checks.dispose();
  dispose(first as never);

  const turns = new Turns();
  const trainer = new Trainer({
    model,
    task,
    args: {
      perDeviceTrainBatchSize: BATCH_SIZE,
      learningRate: optimizer.learningRate,
      weightDecay: optimizer.weightDecay,
      maxGradNorm: optimizer.clip,
      numTrainEpochs: 1000,
      seed,
    },
    trainDataset: examples,
    callbacks: [turns],
  });
  void trainer.train();
  await turns.waiting();
  return {
    facts: { pipelineMilliseconds: await pipelineMilliseconds() },
    check,
    step: () => turns.next(),
  };

  /** What a batch costs from its texts to its tensors, in processor time, when nothing is remembered. */
  async function pipelineMilliseconds(): Promise<number> {
    const source = processedBatches(
      examples,
      textClassification({ tokenizer, labels: SST2_LABELS, maxLength: MAX_LENGTH }),
      order,
    );
    const before = process.cpuUsage();
    let batches = 0;
    for (let batch = await source.next(); batch !== undefined; batch = await source.next()) {
      dispose(batch as never);
      batches++;
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / batches;
  }
});
