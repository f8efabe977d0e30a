// Two Transformer-XLs on stories whose ends ask for their beginnings: one that remembers, and one that does not.
import { RandomStream } from '@tenon/core';
import { type SegmentBatch, segmentBatches } from '@tenon/data';
import { CausalLM } from '@tenon/heads';
import { transformerXL, transformerXLEnwik8 } from '@tenon/models';
import { Trainer } from '@tenon/trainers';
import { tokenLosses } from '../../../../examples/transformer-xl-long-text/src/losses.ts';
import { storyText } from '../../../../examples/transformer-xl-long-text/src/text.ts';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { beats } from '../verdicts.ts';

const SEGMENT = 32;

async function read(memoryLength: number, { seed }: ArmContext): Promise<Figures> {
  const { tokenizer, train, heldOut, recalls } = await storyText({ short: false, seed });
  const backbone = transformerXL(
    {
      ...transformerXLEnwik8,
      vocabularySize: tokenizer.vocabularySize,
      hiddenSize: 96,
      embeddingSize: 96,
      layers: 2,
      heads: 4,
      headSize: 24,
      feedForwardSize: 288,
      preNorm: true,
      dropout: 0,
      attentionDropout: 0,
      initializerRange: 0.1,
      projectionInitializerRange: 0.1,
      memoryLength,
      segmentLength: SEGMENT,
    },
    { random: new RandomStream(seed) },
  );
  using model = new CausalLM(backbone);
  const trainer = new Trainer({
    model,
    args: {
      maxSteps: 1500,
      learningRate: 3e-3,
      adamBeta2: 0.98,
      lrSchedulerType: 'cosine',
      warmupRatio: 0.05,
      seed,
    },
    trainBatches: segmentBatches(train, {
      batchSize: 16,
      length: SEGMENT,
      dropLast: true,
      epochs: Number.POSITIVE_INFINITY,
    }),
    // A model with a memory has a state.
    ...(memoryLength > 0 && {
      state: ({ inputIds }: SegmentBatch) =>
        backbone.initialState(inputIds.shape[0], Number.POSITIVE_INFINITY),
    }),
  });
  await trainer.train();
  const losses = await tokenLosses(model, heldOut, { length: SEGMENT, memory: memoryLength > 0 });
  const mean = (of: typeof losses): number => of.reduce((sum, { loss }) => sum + loss, 0) / of.length;
  return {
    farRecall: mean(losses.filter(({ place }) => (recalls.get(place) ?? 0) >= SEGMENT)),
    all: mean(losses),
  };
}

export const txlMemory: Experiment = {
  name: 'txl-memory',
  question:
    "Does Transformer-XL's memory beat none on words that ask for what was said over a segment ago (nats)?",
  arms: { memory: (context) => read(128, context), none: (context) => read(0, context) },
  verdict: (outcome) =>
    `${beats('memory', 'none', 'farRecall', 'lower')(outcome)}; ${beats('memory', 'none', 'all', 'lower')(outcome)}`,
};
