import { storedTensor } from '@tenon/core';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { memory, type Tensor4D, tensor2d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { MASKED } from './attention-masks.ts';
import { KeyValueCache } from './key-value-cache.ts';
import { LSTMState } from './lstm-state.ts';

const OPTIONS = { layers: 2, batchSize: 2, heads: 1, headSize: 1, capacity: 4 };
/** Rows [2, 1, T, 1] of values that say where they belong: `from`, `from` + 1 … and as many more by 100. */
const rows = (from: number, count: number): Tensor4D => {
  const first = Array.from({ length: count }, (_, i) => from + i);
  return tensor4d([...first, ...first.map((value) => value + 100)], [2, 1, count, 1]);
};
const store = (cache: KeyValueCache, from: number, count: number): void => {
  for (const layer of [0, 1]) cache.store(layer, rows(from, count), rows(from + 50, count));
};

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('keeps rows, and hides empty slots and padding', () => {
    using cache = new KeyValueCache(OPTIONS);
    tidy(() => {
      const padding = tensor2d(
        [
          [1, 1],
          [0, 1],
        ],
        [2, 2],
        'int32',
      );
      expect(cache.advance(2, padding)).toBeUndefined();
      expect(cache.sources(0, undefined)).toEqual([]);
      store(cache, 1, 2);
    });
    tidy(() => {
      const mask = cache.advance(1)!;
      expect(mask.arraySync()).toEqual([[[[0, 0, MASKED, MASKED]]], [[[MASKED, 0, MASKED, MASKED]]]]);
      const [source] = cache.sources(1, mask);
      expect(source!.keys.arraySync()).toEqual([[[[1], [2], [0], [0]]], [[[101], [102], [0], [0]]]]);
      store(cache, 3, 1);
    });
    expect(cache.length).toBe(3);
    tidy(() => {
      const { keys, values } = cache.read(0);
      expect(keys.arraySync()).toEqual([[[[1], [2], [3]]], [[[101], [102], [103]]]]);
      expect(values.arraySync()).toEqual([[[[51], [52], [53]]], [[[151], [152], [153]]]]);
    });
  });

  test('goes back to what was saved, and to nothing', () => {
    using cache = new KeyValueCache(OPTIONS);
    const keys = (): unknown => tidy(() => cache.read(0).keys.arraySync());
    tidy(() => {
      cache.advance(
        2,
        tensor2d(
          [
            [0, 1],
            [1, 1],
          ],
          [2, 2],
          'int32',
        ),
      );
      store(cache, 1, 2);
    });
    const saved = cache.stateDict();
    expect([...saved].map(([name, { shape }]) => `${name} [${shape}]`)).toEqual([
      '0.keys [2,1,4,1]',
      '0.values [2,1,4,1]',
      '1.keys [2,1,4,1]',
      '1.values [2,1,4,1]',
      'length []',
      'valid [2,4]',
    ]);
    for (let again = 0; again < 2; again++) {
      tidy(() => {
        cache.advance(1);
        store(cache, 9, 1);
      });
      expect(keys()).toEqual([[[[1], [2], [9]]], [[[101], [102], [109]]]]);
      cache.loadStateDict(saved);
      expect([keys(), cache.length]).toEqual([[[[[1], [2]]], [[[101], [102]]]], 2]);
    }
    tidy(() => {
      expect(cache.advance(1)!.arraySync()).toEqual([
        [[[MASKED, 0, MASKED, MASKED]]],
        [[[0, 0, MASKED, MASKED]]],
      ]);
      store(cache, 7, 1);
    });

    cache.reset();
    expect(cache.length).toBe(0);
    expect(
      [...cache.stateDict().values()].every((stored) => stored.read().every((value) => value === 0)),
    ).toBe(true);
    expect(cache.advance(1)).toBeUndefined();
  });

  test('refuses what was saved of more tokens than it has room for', () => {
    using cache = new KeyValueCache(OPTIONS);
    const saved = cache.stateDict().set('length', storedTensor(Int32Array.of(5), []));
    expect(() => cache.loadStateDict(saved)).toThrow(
      'key/value cache: length: expected at most its capacity of 4, got 5. Load what stateDict() gave.',
    );
  });

  test('refuses what does not fit, and stays as it was', () => {
    using cache = new KeyValueCache(OPTIONS);
    expect(() => cache.advance(5)).toThrow(
      'key/value cache: expected at most 4 more tokens (0 of 4 slots are taken), got 5. ' +
        'Make the state with a larger capacity: initialState(batchSize, capacity).',
    );
    const mask = tensor2d([[1], [1]], [2, 1], 'int32');
    expect(() => cache.advance(2, mask)).toThrow(
      'attention mask: expected [2, 2], got [2, 1]. Pass the mask of the new tokens only; the cache remembers those before.',
    );
    mask.dispose();
    expect(cache.length).toBe(0);
  });

  test('holds the same number of tensors from the first token on, and none when disposed of', async () => {
    await leakFree(() => {
      using cache = new KeyValueCache(OPTIONS);
      const counts = [1, 2, 3, 4].map((from) => {
        tidy(() => {
          cache.advance(1);
          store(cache, from, 1);
        });
        return memory().numTensors;
      });
      expect(new Set(counts).size).toBe(1);
      cache.dispose();
    });
  });

  test('says when a state is another', () => {
    using other = new LSTMState({ batchSize: 1, lstms: [] });
    expect(KeyValueCache.from(undefined)).toBeUndefined();
    expect(() => KeyValueCache.from(other)).toThrow(
      "state: expected a key/value cache, got LSTMState. Make it by the model's own initialState.",
    );
  });
});
