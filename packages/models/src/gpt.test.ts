import { RandomStream } from '@tenon/core';
import { modelContract, selectBackend, testBackends } from '@tenon/testing';
import { type Rank, reshape, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GPT, type GPTConfig, gpt, gptBase } from './gpt.ts';

const tiny: GPTConfig = {
  ...gptBase,
  vocabularySize: 19,
  contextLength: 16,
  hiddenSize: 12,
  layers: 2,
  heads: 3,
  initializerRange: 0.3,
};
const make = (): GPT => gpt(tiny, { random: new RandomStream(1) });

const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe('contract', () => {
    for (const { name, run } of modelContract({ make, vocabularySize: 19, causal: true })) test(name, run);
  });

  describe('contract, its scores not tied', () => {
    const untied = (): GPT => gpt({ ...tiny, activation: 'silu', tieWordEmbeddings: false });
    // The contract encodes, and scores nothing.
    const options = { make: untied, vocabularySize: 19, causal: true, zeroGradient: /^lm_head/ };
    for (const { name, run } of modelContract(options)) test(name, run);
  });

  test('takes embeddings in the place of ids', () => {
    using model = make();
    tidy(() => {
      const inputIds = ids([[3, 1, 4]]);
      const inputEmbeds = reshape<Rank.R3>(model.tokens_embed.forward(inputIds), [1, 3, 12]);
      const [a, b] = [model.encode({ inputIds }), model.encode({ inputEmbeds })];
      expect(b.lastHidden.dataSync()).toEqual(a.lastHidden.dataSync());
    });
  });

  test('ends each block with a layer norm, and has none after the last', () => {
    using model = make();
    tidy(() => {
      const { lastHidden } = model.encode({ inputIds: ids([[3, 1, 4]]) });
      const [row] = lastHidden.arraySync()[0]!;
      expect(row!.reduce((total, value) => total + value, 0)).toBeCloseTo(0, 4);
      expect(row!.reduce((total, value) => total + value ** 2, 0)).toBeCloseTo(12, 2);
    });
  });

  test('scores by a matrix of its own where it is not tied', () => {
    using model = gpt({ ...tiny, tieWordEmbeddings: false }, { random: new RandomStream(1) });
    using tied = make();
    expect([...model.parameters().keys()].at(-1)).toBe('lm_head.weight');
    tidy(() => {
      const { lastHidden } = model.encode({ inputIds: ids([[3, 1]]) });
      const byEmbeddings = tied.scorer.logits(lastHidden).dataSync();
      expect(model.scorer.logits(lastHidden).dataSync()).not.toEqual(byEmbeddings);
      model.lm_head!.weight.assign(model.tokens_embed.weight);
      expect(model.scorer.logits(lastHidden).dataSync()).toEqual(byEmbeddings);
    });
  });

  test('refuses an id outside of the vocabulary', () => {
    using model = make();
    expect(() => tidy(() => void model.encode({ inputIds: ids([[19]]) }))).toThrow(
      'input ids: expected int32 numbers in [0, 19), got 19 at [0, 0]. Check that the tokenizer belongs to this model.',
    );
  });
});

test('must have heads that divide the hidden size', () => {
  expect(() => gpt({ ...tiny, heads: 5 })).toThrow(
    'GPT heads: expected a divisor of hiddenSize 12, got 5. Change one of the two in the config.',
  );
});
