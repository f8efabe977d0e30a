// GPT-2's config.json, and the names of its weights.
import { type Json, storedTensor } from '@tenon/core';
import { describe, expect, test } from 'vitest';
import { gpt2, gpt2Small } from './gpt2.ts';

// As transformers writes it, with keys that say nothing about the numbers.
const huggingFace: Json = {
  model_type: 'gpt2',
  architectures: ['GPT2LMHeadModel'],
  vocab_size: 89,
  n_positions: 48,
  n_ctx: 48,
  n_embd: 32,
  n_layer: 3,
  n_head: 4,
  n_inner: null,
  activation_function: 'gelu_new',
  resid_pdrop: 0,
  embd_pdrop: 0,
  attn_pdrop: 0,
  layer_norm_epsilon: 1e-5,
  initializer_range: 0.02,
  reorder_and_upcast_attn: false,
  summary_type: 'cls_index',
  task_specific_params: { 'text-generation': { do_sample: true } },
  bos_token_id: 1,
  eos_token_id: 2,
  transformers_version: '4.46.0',
  use_cache: true,
};

describe('config.json', () => {
  test('is read and written back', () => {
    const config = gpt2.parseConfig(huggingFace);
    expect(config).toMatchObject({
      vocabularySize: 89,
      contextLength: 48,
      hiddenSize: 32,
      layers: 3,
      heads: 4,
      bosTokenId: 1,
    });
    expect(gpt2.parseConfig(gpt2.formatConfig(config))).toEqual(config);
    const wide = {
      ...gpt2Small,
      feedForwardSize: 100,
      scaleAttentionByLayer: true,
      tieWordEmbeddings: false,
    };
    expect(gpt2.parseConfig(gpt2.formatConfig(wide))).toEqual(wide);
  });

  test('gives GPT-2 small where it says nothing', () => {
    const { bosTokenId, eosTokenId, ...rest } = gpt2Small;
    expect(
      gpt2.parseConfig({ model_type: 'gpt2', bos_token_id: bosTokenId!, eos_token_id: eosTokenId! }),
    ).toEqual(gpt2Small);
    expect(gpt2.parseConfig({})).toEqual(rest);
  });

  test.each<[Json, string]>([
    [
      { sliding_window: 4, rope_theta: 1 },
      'gpt2 config: expected only keys whose meaning is known, got sliding_window, rope_theta. Remove them if they do not change what the model computes.',
    ],
    [
      { add_cross_attention: true },
      'gpt2 config, add_cross_attention: expected false, got true. This model has no such variant.',
    ],
    [
      { tie_word_embeddings: 'no' },
      'gpt2 config, tie_word_embeddings: expected true or false, got "no". Correct it in config.json.',
    ],
    [
      { n_layer: 1.5 },
      'gpt2 config, n_layer: expected a whole number of at least 1, got 1.5. Correct it in config.json.',
    ],
    [
      { model_type: 'bert' },
      'gpt2 config, model_type: expected "gpt2", got "bert". Load it with its own model.',
    ],
    [[1], 'gpt2 config: expected an object, got an array. Pass what JSON.parse makes of config.json.'],
  ])('%j', (json, message) => expect(() => gpt2.parseConfig(json)).toThrow(message));

  test('names the activations it knows', () => {
    expect(() => gpt2.parseConfig({ activation_function: 'maxout' })).toThrow(
      'gpt2 config, activation_function: expected one of gelu, gelu_python, gelu_new, gelu_fast, gelu_pytorch_tanh, quick_gelu, relu, elu, tanh, sigmoid, silu, swish, mish, linear, got "maxout". Correct it in config.json.',
    );
  });
});

test('sanitize leaves out buffers, and the head where it is a copy of the embeddings', () => {
  const one = storedTensor(new Float32Array(1), [1]);
  const names = [
    'wte.weight',
    'h.0.attn.bias',
    'h.11.attn.masked_bias',
    'position_ids',
    'h.0.attn.c_attn.bias',
    'lm_head.weight',
  ];
  const weights = new Map(names.map((name) => [name, one]));
  const kept = (tieWordEmbeddings: boolean) => [
    ...gpt2.sanitize!(weights, { ...gpt2Small, tieWordEmbeddings }).keys(),
  ];
  expect(kept(true)).toEqual(['wte.weight', 'h.0.attn.c_attn.bias']);
  expect(kept(false)).toEqual(['wte.weight', 'h.0.attn.c_attn.bias', 'lm_head.weight']);
});
