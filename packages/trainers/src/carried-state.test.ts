import type { ObjectiveValue, StepContext } from '@tenon/core';
import { accumulate, adamW } from '@tenon/optim';
import { selectBackend, testBackends } from '@tenon/testing';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { rememberingModel, type SegmentBatch, segments, stateOf } from './__fixtures__/segments.ts';
import { abortAt, newFolder } from './__fixtures__/tiny-run.ts';
import { evaluate } from './evaluate.ts';
import type { TrainResult } from './run-options.ts';
import { type TrainOptions, train } from './train.ts';

type Change = Partial<TrainOptions<SegmentBatch>>;

/** Eight updates of two segments each, with evaluations between, and the weights that they end with. */
async function run(change: Change = {}): Promise<TrainResult & { weights: number[] }> {
  using objective = rememberingModel();
  const result = await train<SegmentBatch>({
    objective,
    state: stateOf(objective),
    optimizer: accumulate(2, adamW({ learningRate: 0.02 })),
    batches: segments(),
    steps: 8,
    evaluation: { batches: () => segments({ seed: 2, limit: 4 }), every: 3 },
    ...change,
  });
  const weights = [...objective.parameters().values()].flatMap((parameter) => [...parameter.dataSync()]);
  return { ...result, weights };
}

describe.each(testBackends())('a state carried from batch to batch on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  it('goes on after an interruption where it stood, and leaves no tensor behind', async () => {
    const whole = await run();
    const before = memory().numTensors;
    const folder = newFolder();
    const { callbacks, signal } = abortAt(4);
    const interruption: Change = {
      signal: signal!,
      callbacks: callbacks as NonNullable<Change['callbacks']>,
    };
    expect(await run({ checkpoints: { folder }, ...interruption })).toMatchObject({ step: 4 });
    const resumed = await run({ checkpoints: { folder, resume: true } });
    expect(resumed).toMatchObject({ loss: whole.loss, evaluation: whole.evaluation });
    expect(resumed.weights).toEqual(whole.weights);
    expect(memory().numTensors).toBe(before);
  });

  it('is empty where a new stream begins, and an evaluation has its own', async () => {
    using objective = rememberingModel();
    const lengths: string[] = [];
    const loss = objective.loss.bind(objective);
    objective.loss = (batch: SegmentBatch, context: StepContext): ObjectiveValue => {
      lengths.push(`${context.training ? 'train' : 'evaluate'} ${context.state!.length}`);
      return loss(batch, context);
    };
    await train<SegmentBatch>({
      objective,
      state: stateOf(objective),
      optimizer: adamW({ learningRate: 0.01 }),
      batches: segments({ perStream: 3 }),
      steps: 5,
      evaluation: { batches: () => segments({ limit: 2 }), every: 2 },
    });
    expect(lengths.filter((line) => line.startsWith('train'))).toEqual(
      [0, 4, 8, 0, 4].map((length) => `train ${length}`),
    );
    expect(lengths.filter((line) => line.startsWith('evaluate')).slice(0, 4)).toEqual(
      [0, 4, 0, 4].map((length) => `evaluate ${length}`),
    );
  });

  it('makes evaluation better than without, once it is learnt', async () => {
    using objective = rememberingModel();
    await train<SegmentBatch>({
      objective,
      state: stateOf(objective),
      optimizer: adamW({ learningRate: 0.02 }),
      batches: segments({ perStream: 8 }),
      steps: 120,
    });
    const held = () => segments({ perStream: 8, limit: 16, seed: 7 });
    const { loss: carried } = await evaluate(objective, held(), { state: stateOf(objective) });
    const { loss: alone } = await evaluate(objective, held());
    expect(carried).toBeLessThan(alone - 0.1);
  });
});
