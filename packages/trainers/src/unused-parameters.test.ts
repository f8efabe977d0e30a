// A BERT with a pooler under a head that does not read it.

import type { TaggedExample } from '@tenon/data';
import { TokenClassification } from '@tenon/heads';
import { bert, bertTiny } from '@tenon/models';
import { selectBackend, testBackends } from '@tenon/testing';
import { bertTokenizer } from '@tenon/tokenizers';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { recorder } from './__fixtures__/recorder.ts';
import { abortAt, newFolder } from './__fixtures__/tiny-run.ts';
import { tokenTagging } from './tasks/token-tagging.ts';
import { Trainer } from './trainer.ts';
import type { TrainingArguments } from './training-arguments.ts';

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'to', 'taipei', 'now'];
const tokenizer = bertTokenizer({ vocabulary: new Map(WORDS.map((word, id) => [word, id])) });
const tags = ['O', 'B-dest'];
const examples: TaggedExample[] = ['to', 'now', 'to now', 'now to', 'now now'].map((text) => {
  const words = [...text.split(' '), 'taipei'];
  return { words, tags: words.map((word) => (word === 'taipei' ? 'B-dest' : 'O')) };
});
const size = { vocabularySize: WORDS.length, hiddenSize: 8, layers: 1, heads: 2, feedForwardSize: 8 };

describe.each(testBackends())('parameters that the loss does not depend on, on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  it('stay as they are, and one warning names them', async () => {
    const before = memory().numTensors;
    for (const gradientAccumulationSteps of [1, 2]) {
      const { pooler, others, warnings } = await train({ gradientAccumulationSteps });
      expect(pooler.trained).toEqual(pooler.untrained);
      expect(others.trained).not.toEqual(others.untrained);
      expect(warnings).toEqual([
        {
          name: 'onWarning',
          step: 0,
          epoch: 0,
          message:
            'backbone.pooler.dense.weight, backbone.pooler.dense.bias: the loss does not depend on them, so they stay as they are',
        },
      ]);
    }
    expect(memory().numTensors).toBe(before);
  });

  it('do not change how a run that was interrupted goes on', async () => {
    const accumulating = { gradientAccumulationSteps: 2 };
    const whole = await train(accumulating);
    const outputDir = newFolder();
    await train({ ...accumulating, outputDir }, abortAt(3));
    const { others, pooler } = await train({ ...accumulating, outputDir, resumeFromCheckpoint: true });
    expect(others.trained).toEqual(whole.others.trained);
    expect(pooler.trained).toEqual(whole.pooler.trained);
  });
});

/** What a few steps make of the pooler and of the other weights. */
async function train(change: TrainingArguments, stop: Partial<ReturnType<typeof abortAt>> = {}) {
  using model = new TokenClassification(bert({ ...bertTiny, ...size }), { labels: tags });
  const weightsOf = (ofPooler: boolean): number[][] =>
    [...model.parameters()]
      .filter(([name]) => name.includes('pooler') === ofPooler)
      .map(([, value]) => [...value.dataSync()]);
  const untrained = [true, false].map(weightsOf);
  const { events, callback } = recorder(['onWarning']);
  const args = { maxSteps: 5, learningRate: 0.01, weightDecay: 0.1, perDeviceTrainBatchSize: 2, ...change };
  const trainer = new Trainer({
    model,
    task: tokenTagging({ tokenizer, tags, maxLength: 8 }),
    args,
    trainDataset: examples,
    ...stop,
    callbacks: [callback, ...(stop.callbacks ?? [])],
  });
  await trainer.train();
  return {
    pooler: { untrained: untrained[0], trained: weightsOf(true) },
    others: { untrained: untrained[1], trained: weightsOf(false) },
    warnings: events,
  };
}
