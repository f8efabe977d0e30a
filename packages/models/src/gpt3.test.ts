import { RandomStream } from '@tenon/core';
import { expectClose, modelContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GPT2, gpt2 } from './gpt2.ts';
import { type GPT3Config, gpt3, gpt3Small } from './gpt3.ts';

const tiny: GPT3Config = {
  ...gpt3Small,
  vocabularySize: 19,
  contextLength: 16,
  hiddenSize: 12,
  layers: 3,
  heads: 3,
  initializerRange: 0.3,
  attentionWindow: 3,
};
const build = (config: GPT3Config): GPT2 => gpt3(config, { random: new RandomStream(1) });

const inputIds = () => tensor2d([[3, 1, 4, 1, 5, 9, 2, 6]], [1, 8], 'int32');

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  // Windows of 1 (a token sees itself), within the texts of the contract, and beyond them.
  describe.each([1, 3, 100])('contract, a window of %i', (attentionWindow) => {
    const make = (): GPT2 => build({ ...tiny, attentionWindow });
    for (const { name, run } of modelContract({ make, vocabularySize: 19, causal: true })) test(name, run);
  });

  test('every second layer sees the last three tokens, the others all before', () => {
    using model = build(tiny);
    tidy(() => {
      const { attentions } = model.encode({ inputIds: inputIds() }, { attentions: true });
      for (const [layer, weights] of attentions!.entries()) {
        for (const [query, row] of weights.arraySync()[0]![0]!.entries()) {
          const seen = row.flatMap((weight, key) => (weight > 0 ? [key] : []));
          const first = layer === 1 ? Math.max(0, query - 2) : 0;
          expect(seen).toEqual(Array.from({ length: query + 1 - first }, (_, i) => first + i));
        }
      }
    });
  });

  test('is GPT-2 where the window holds the whole text', () => {
    using banded = build({ ...tiny, attentionWindow: 8 });
    using dense = gpt2(tiny, { random: new RandomStream(1) });
    using narrow = build(tiny);
    tidy(() => {
      const [a, b, c] = [banded, dense, narrow].map((model) =>
        model.encode({ inputIds: inputIds() }).lastHidden.dataSync(),
      );
      expectClose('hidden states', a!, b!);
      expect(c).not.toEqual(b);
    });
  });

  test('a banded layer lets go of what the cache holds from before its window', () => {
    const one = { ...tiny, layers: 2, attentionWindow: 2 };
    using model = build(one);
    using state = model.initialState(1, 10);
    tidy(() => {
      const ids = (row: number[]) => tensor2d(row, [1, row.length], 'int32');
      model.encode({ inputIds: ids([3, 1, 4, 1]) }, { state });
      const { attentions } = model.encode({ inputIds: ids([5, 9]) }, { state, attentions: true });
      const seen = attentions![1]!
        .arraySync()[0]![0]!
        .map((row) => row.flatMap((weight, i) => (weight > 0 ? [i] : [])));
      // Ten slots, four of them filled, then the two new tokens.
      expect(seen).toEqual([
        [3, 10],
        [10, 11],
      ]);
    });
  });
});
