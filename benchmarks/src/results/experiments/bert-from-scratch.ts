// What the experiments with a small BERT that starts from random weights share: the configuration of the reference's
// learning curves.
import { RandomStream } from '@tenon/core';
import { type Bert, type BertConfig, bert, bertTiny } from '@tenon/models';
import type { TrainingArguments } from '@tenon/trainers';

/** 2 layers of 64 with 4 heads, started as Hugging Face starts it. */
export function smallBert(vocabularySize: number, seed: number, change: Partial<BertConfig> = {}): Bert {
  const config: BertConfig = {
    ...bertTiny,
    vocabularySize,
    hiddenSize: 64,
    heads: 4,
    feedForwardSize: 128,
    contextLength: 64,
    initialization: 'plain',
    ...change,
  };
  return bert(config, { random: new RandomStream(seed) });
}

/** AdamW at 1e-3 with a linear schedule after 60 updates of warm-up, batches of 32. */
export function scratchArguments(seed: number, epochs: number): TrainingArguments {
  return {
    numTrainEpochs: epochs,
    perDeviceTrainBatchSize: 32,
    perDeviceEvalBatchSize: 64,
    learningRate: 1e-3,
    warmupSteps: 60,
    weightDecay: 0.01,
    maxGradNorm: 1,
    evalStrategy: 'epoch',
    seed,
  };
}
