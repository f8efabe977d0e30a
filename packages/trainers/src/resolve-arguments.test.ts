import { describe, expect, it } from 'vitest';
import { resolveArguments } from './resolve-arguments.ts';
import { scheduleOf } from './trainer-optimizer.ts';
import type { TrainingArguments } from './training-arguments.ts';

describe('TrainingArguments', () => {
  it("have Hugging Face's defaults", () => {
    expect(resolveArguments({}, false)).toMatchObject({
      perDeviceTrainBatchSize: 8,
      learningRate: 5e-5,
      numTrainEpochs: 3,
      maxGradNorm: 1,
      lrSchedulerType: 'linear',
      evalStrategy: 'no',
      saveStrategy: 'no', // as there is no folder
      seed: 42,
    });
    expect(resolveArguments({ outputDir: 'out', evalSteps: 50 }, true)).toMatchObject({
      saveStrategy: 'steps',
      saveSteps: 500,
      evalStrategy: 'steps',
      evalSteps: 50,
    });
    expect(resolveArguments({ evalStrategy: 'steps', loggingSteps: 20 }, true).evalSteps).toBe(20);
  });

  it('have them where an argument is there and undefined, too', () => {
    const unset = { learningRate: undefined, evalSteps: undefined, outputDir: undefined };
    const given = unset as unknown as TrainingArguments; // as programs of looser types have it
    expect(resolveArguments(given, false)).toEqual(resolveArguments({}, false));
  });

  it.each<[object, string]>([
    [
      { learning_rate: 1 },
      'training arguments: expected names of TrainingArguments, got learning_rate. It is called learningRate here.',
    ],
    [
      { fp16: true },
      'training arguments: expected names of TrainingArguments, got fp16. These are known: adamBeta1,',
    ],
    [
      { perDeviceTrainBatchSize: 0 },
      'perDeviceTrainBatchSize: expected a whole number of at least 1, got 0.',
    ],
    [
      { warmupRatio: 1.5 },
      'warmupRatio: expected a number from 0 to 1, got 1.5. Leave it out for its default.',
    ],
    [
      { numTrainEpochs: 0 },
      'numTrainEpochs: expected a number above 0, got 0. Leave it out for its default.',
    ],
    [
      { lrSchedulerType: 'polynomial' },
      'lrSchedulerType: expected one of linear, cosine, constant, constant_with_warmup, got polynomial. Name one of these.',
    ],
    [
      { evalStrategy: 'epoch' },
      "evalStrategy 'epoch': expected something to evaluate on, got no evalDataset. Pass an evalDataset, or do without evaluation.",
    ],
    [
      { saveStrategy: 'epoch' },
      "saveStrategy 'epoch': expected an outputDir to write to, got none. Set outputDir, or leave saveStrategy out.",
    ],
    [
      { loadBestModelAtEnd: true, outputDir: 'out' },
      "loadBestModelAtEnd: expected evaluations that tell the best model: evalStrategy 'steps' or 'epoch', got evalStrategy 'no'. Set evalStrategy, or leave loadBestModelAtEnd out.",
    ],
    [
      { resumeFromCheckpoint: true },
      'resumeFromCheckpoint: expected an outputDir to write to, got none. Set outputDir, or leave resumeFromCheckpoint out.',
    ],
  ])('are refused where they make no sense: %o', (args, message) => {
    expect(() => resolveArguments(args as TrainingArguments, false)).toThrow(message);
  });
});

describe('the learning rate', () => {
  const rates = (args: TrainingArguments): number[] =>
    Array.from({ length: 5 }, (_, step) =>
      scheduleOf(resolveArguments({ learningRate: 1, ...args }, false), 5)(step),
    );
  const near = (numbers: readonly number[]): unknown[] => numbers.map((number) => expect.closeTo(number, 10));

  it('falls from the first update on, without a warm-up', () => {
    expect(rates({})).toEqual(near([1, 0.8, 0.6, 0.4, 0.2]));
    expect(rates({ lrSchedulerType: 'constant', warmupSteps: 2 })).toEqual([1, 1, 1, 1, 1]);
  });

  it('has its share at the first update of a warm-up', () => {
    expect(rates({ warmupSteps: 1 })).toEqual(near([0.5, 1, 0.75, 0.5, 0.25]));
    expect(rates({ warmupRatio: 0.3, lrSchedulerType: 'constant_with_warmup' })).toEqual(
      near([1 / 3, 2 / 3, 1, 1, 1]),
    );
    expect(rates({ warmupSteps: 1, lrSchedulerType: 'cosine' })[3]).toBeCloseTo(0.5, 10);
  });
});
