import { selectBackend, testBackends } from '@tenon/testing';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { numberBatches } from './__fixtures__/number-batches.ts';
import { TinyObjective } from './__fixtures__/tiny-objective.ts';
import { evaluate } from './evaluate.ts';

describe.each(testBackends())('evaluate on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  it('weighs batches by what they count, and leaves no tensor behind', async () => {
    using objective = new TinyObjective();
    const before = memory().numTensors;
    const { loss: first } = await evaluate(objective, numberBatches({ limit: 1 }));
    const { loss: both, perplexity } = await evaluate(objective, numberBatches({ limit: 2 }));
    expect(perplexity).toBe(Math.exp(both));
    const second = 2 * both - first;
    const counts = [1, 3];
    const weight = (): number => counts.shift()!;
    const { loss } = await evaluate(objective, numberBatches({ limit: 2 }), { weight });
    expect(loss).toBeCloseTo((first + 3 * second) / 4, 5);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses a source without batches', async () => {
    using objective = new TinyObjective();
    await expect(evaluate(objective, numberBatches({ limit: 0 }))).rejects.toThrow(
      'evaluation: expected at least one batch, got none. Give evaluation batches that are at least one batch long, made anew for each evaluation.',
    );
  });

  it('refuses a loss that is not a number', async () => {
    using objective = new TinyObjective();
    objective.loadStateDict(
      new Map([
        ['weight', { dtype: 'float32', shape: [4, 1], read: () => new Float32Array(4).fill(Number.NaN) }],
      ]),
    );
    await expect(evaluate(objective, numberBatches({ limit: 1 }))).rejects.toThrow(
      'evaluation loss: expected a finite number, got NaN. Lower the learning rate, warm up longer or clip the gradients.',
    );
  });
});
