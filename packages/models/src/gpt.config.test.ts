// GPT's config.json.
import { type Json, storedTensor } from '@tenon/core';
import { describe, expect, test } from 'vitest';
import { gpt, gptBase } from './gpt.ts';

// As transformers writes it, with keys that say nothing about the numbers.
const huggingFace: Json = {
  model_type: 'openai-gpt',
  architectures: ['OpenAIGPTLMHeadModel'],
  vocab_size: 83,
  n_positions: 40,
  n_ctx: 40,
  n_embd: 32,
  n_layer: 3,
  n_head: 4,
  n_special: 0,
  predict_special_tokens: true,
  afn: 'gelu',
  resid_pdrop: 0,
  embd_pdrop: 0.2,
  attn_pdrop: 0.3,
  layer_norm_epsilon: 1e-6,
  initializer_range: 0.01,
  summary_type: 'cls_index',
  summary_first_dropout: 0.1,
};

describe('config.json', () => {
  test('is read and written back', () => {
    const config = gpt.parseConfig(huggingFace);
    expect(config).toEqual({
      vocabularySize: 83,
      contextLength: 40,
      hiddenSize: 32,
      layers: 3,
      heads: 4,
      activation: 'gelu_new',
      residualDropout: 0,
      embeddingDropout: 0.2,
      attentionDropout: 0.3,
      layerNormEpsilon: 1e-6,
      initializerRange: 0.01,
      tieWordEmbeddings: true,
    });
    const written = gpt.formatConfig(config);
    expect(gpt.parseConfig(written)).toEqual(config);
    expect(written).toMatchObject({
      model_type: 'openai-gpt',
      afn: 'gelu',
      n_positions: 40,
      embd_pdrop: 0.2,
    });
    const variant = { ...gptBase, activation: 'silu', tieWordEmbeddings: false, eosTokenId: 3 } as const;
    expect(gpt.parseConfig(gpt.formatConfig(variant))).toEqual(variant);
    expect(gpt.formatConfig(variant)['afn']).toBe('silu');
  });

  test('gives the model of the paper where it says nothing', () => {
    expect(gpt.parseConfig({})).toEqual(gptBase);
    expect(gpt.parseConfig({ afn: 'swish' }).activation).toBe('silu');
    expect(gpt.parseConfig({ n_ctx: 64 }).contextLength).toBe(64);
  });

  test.each<[Json, string]>([
    [
      { n_inner: 4 },
      'openai-gpt config: expected only keys whose meaning is known, got n_inner. Remove them if they do not change what the model computes.',
    ],
    [
      { afn: 'gelu_new' },
      'openai-gpt config, afn: expected one of gelu, relu, silu, swish, got "gelu_new". Correct it in config.json.',
    ],
    [
      { model_type: 'gpt2' },
      'openai-gpt config, model_type: expected "openai-gpt", got "gpt2". Load it with its own model.',
    ],
  ])('%j', (json, message) => expect(() => gpt.parseConfig(json)).toThrow(message));
});

test('sanitize takes the head for the embeddings where it alone is there: so transformers saves double heads', () => {
  const [head, other] = [1, 2].map((value) => storedTensor(Float32Array.of(value), [1]));
  const file = new Map([
    ['lm_head.weight', head!],
    ['h.0.attn.bias', other!],
  ]);
  expect([...gpt.sanitize!(file, gptBase)]).toEqual([['tokens_embed.weight', head]]);
  expect([...gpt.sanitize!(file, { ...gptBase, tieWordEmbeddings: false })]).toEqual([
    ['lm_head.weight', head],
  ]);
  const both = new Map([...file, ['tokens_embed.weight', other!]] as const);
  expect([...gpt.sanitize!(both, gptBase)]).toEqual([['tokens_embed.weight', other]]);
});
