import type { BatchSource } from '@tenon/core';
import { CausalLM, type CausalLMBatch } from '@tenon/heads';
import { gpt2, gpt2Small } from '@tenon/models';
import { selectBackend, testBackends } from '@tenon/testing';
import { memory, tensor2d } from '@tensorflow/tfjs-core';
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

  it('weighs texts by the tokens that are predicted, of which their first is none', async () => {
    const size = { vocabularySize: 12, contextLength: 8, hiddenSize: 8, layers: 1, heads: 2 };
    using objective = new CausalLM(gpt2({ ...gpt2Small, ...size }));
    const texts = [[1, 2, 3, 4, 5, 6], [7, 8]]; // biome-ignore format: a table
    const of = (rows: number[][]): BatchSource<CausalLMBatch> => {
      const left = [...rows];
      return {
        async next() {
          const row = left.shift();
          if (row === undefined) return undefined;
          const make = () => tensor2d([row], undefined, 'int32');
          return { inputIds: make(), labels: make() };
        },
        position: () => null,
        seek: () => undefined,
      };
    };
    const [long, short] = [
      await evaluate(objective, of([texts[0]!])),
      await evaluate(objective, of([texts[1]!])),
    ];
    const { loss } = await evaluate(objective, of(texts));
    expect(loss).toBeCloseTo((5 * long.loss + short.loss) / 6, 6);
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
