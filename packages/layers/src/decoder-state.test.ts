// B batch, H heads, S source tokens, D head size.
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DecoderState } from './decoder-state.ts';
import { KeyValueCache } from './key-value-cache.ts';

const LAYERS = 2;
const make = (): DecoderState =>
  new DecoderState(new KeyValueCache({ layers: LAYERS, batchSize: 1, heads: 1, headSize: 1, capacity: 2 }));
const rows = (...values: number[]): Tensor4D => tensor4d(values, [1, 1, values.length, 1]);
/** What each layer has of the source; made from the values where there is none. */
const sources = (state: DecoderState, values: number[]): number[][] =>
  tidy(() =>
    Array.from({ length: LAYERS }, (_, i) => {
      const { keys } = state.source(i, () => ({
        keys: rows(...values.map((x) => x + i)),
        values: rows(...values),
      }));
      return [...keys.dataSync()];
    }),
  );

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('saves and loads the source with the cache, into an empty state too', async () => {
    await leakFree(() => {
      using state = make();
      const empty = state.stateDict();
      sources(state, [1, 2, 3]);
      const saved = state.stateDict();
      expect([...saved.keys()].slice(-4)).toEqual(
        [0, 1].flatMap((i) => [`source.${i}.keys`, `source.${i}.values`]),
      );
      using other = make();
      other.loadStateDict(saved);
      expect(sources(other, [9])).toEqual([
        [1, 2, 3],
        [2, 3, 4],
      ]);
      other.loadStateDict(empty);
      expect(sources(other, [9])).toEqual([[9], [10]]);
      other.reset();
      expect(sources(other, [7])).toEqual([[7], [8]]);
    });
  });

  test('refuses a source that is not whole, and stays as it was', () => {
    using state = make();
    sources(state, [1, 2]);
    const saved = state.stateDict();
    saved.delete('source.1.values');
    state.reset();
    sources(state, [5]);
    expect(() => state.loadStateDict(saved)).toThrow(
      "a decoder's state: expected exactly the parameters of the model in their shapes, got missing source.1.values.",
    );
    expect(sources(state, [9])).toEqual([[5], [6]]);
  });
});
