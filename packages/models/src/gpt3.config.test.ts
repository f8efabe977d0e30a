// GPT-3's sizes and its config.json.
import { describe, expect, test } from 'vitest';
import {
  type GPT3Config,
  gpt3,
  gpt3_2_7B,
  gpt3_6_7B,
  gpt3_13B,
  gpt3_175B,
  gpt3Large,
  gpt3Medium,
  gpt3Small,
  gpt3XL,
} from './gpt3.ts';

/** Embeddings, then a block's two matrices of attention, two of the feed-forward layer, biases and norms. */
function parameters({ vocabularySize, contextLength, hiddenSize: C, layers }: GPT3Config): number {
  return (vocabularySize + contextLength) * C + layers * (12 * C * C + 13 * C) + 2 * C;
}

// Table 2.1: parameters in millions, layers, width, size of a head.
test.each([
  ['Small', gpt3Small, 125, 12, 768, 64],
  ['Medium', gpt3Medium, 350, 24, 1024, 64],
  ['Large', gpt3Large, 760, 24, 1536, 96],
  ['XL', gpt3XL, 1300, 24, 2048, 128],
  ['2.7B', gpt3_2_7B, 2700, 32, 2560, 80],
  ['6.7B', gpt3_6_7B, 6700, 32, 4096, 128],
  ['13B', gpt3_13B, 13_000, 40, 5120, 128],
  ['175B', gpt3_175B, 175_000, 96, 12288, 128],
])('%s has the size of the paper', (_, config, millions, layers, width, headSize) => {
  expect(Math.abs(parameters(config) / 1e6 / millions - 1)).toBeLessThan(0.02);
  expect([config.layers, config.hiddenSize, config.hiddenSize / config.heads]).toEqual([
    layers,
    width,
    headSize,
  ]);
  expect(config.contextLength).toBe(2048);
});

describe('config.json', () => {
  test('is read and written back', () => {
    const config = { ...gpt3XL, attentionWindow: 128, feedForwardSize: 100 };
    const written = gpt3.formatConfig(config);
    expect(written).toMatchObject({ model_type: 'gpt3', window_size: 128, n_embd: 2048 });
    expect(gpt3.parseConfig(written)).toEqual(config);
    expect(gpt3.parseConfig({}).attentionWindow).toBe(256);
  });

  test.each([
    [
      { window_size: 0 },
      'gpt3 config, window_size: expected a whole number of at least 1, got 0. Correct it in config.json.',
    ],
    [
      { model_type: 'gpt2' },
      'gpt3 config, model_type: expected "gpt3", got "gpt2". Load it with its own model.',
    ],
  ])('%j', (json, message) => expect(() => gpt3.parseConfig(json)).toThrow(message));
});
