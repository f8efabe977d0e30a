// Transformer-XL's config.json, the names of its weights, and its first weights.
import { type Json, parameterCount, RandomStream, storedTensor } from '@tenon/core';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type TransformerXLConfig,
  transformerXL,
  transformerXLEnwik8,
  transformerXLWikiText103Base,
  transformerXLWikiText103Large,
} from './transformer-xl.ts';

// As transformers writes it, with keys that say nothing about the numbers.
const huggingFace: { [key: string]: Json } = {
  model_type: 'transfo-xl',
  architectures: ['TransfoXLLMHeadModel'],
  adaptive: true,
  attn_type: 0,
  clamp_len: 1000,
  cutoffs: [20000, 40000, 200000],
  d_embed: 1024,
  d_head: 64,
  d_inner: 4096,
  d_model: 1024,
  div_val: 4,
  dropatt: 0,
  dropout: 0.1,
  eos_token_id: 0,
  init: 'normal',
  init_range: 0.01,
  init_std: 0.02,
  layer_norm_epsilon: 1e-5,
  mem_len: 1600,
  n_head: 16,
  n_layer: 18,
  pre_lnorm: false,
  proj_init_std: 0.01,
  proj_share_all_but_first: true,
  same_length: true,
  sample_softmax: -1,
  task_specific_params: { 'text-generation': { do_sample: true, max_length: 250 } },
  tie_projs: [false, true, true, true],
  tie_weight: true,
  untie_r: true,
  vocab_size: 267735,
};

const small: TransformerXLConfig = {
  ...transformerXLEnwik8,
  vocabularySize: 2000,
  cutoffs: [500, 1000],
  hiddenSize: 256,
  embeddingSize: 256,
  embeddingDivisor: 2,
  layers: 1,
  heads: 4,
  feedForwardSize: 512,
  memoryLength: 8,
  tieProjections: [false, true, true],
};

beforeAll(() => selectBackend('cpu'));

describe('config.json', () => {
  test('is read and written back', () => {
    const config = transformerXL.parseConfig(huggingFace);
    expect(config).toEqual({
      ...transformerXLWikiText103Large,
      memoryLength: 1600,
      segmentLength: 128,
      clampLength: 1000,
      sameLength: true,
      clusterOrder: 'huggingFace',
      dropout: 0.1,
      attentionDropout: 0,
      eosTokenId: 0,
    });
    expect(transformerXL.parseConfig(transformerXL.formatConfig(config))).toEqual(config);
    const other: TransformerXLConfig = {
      ...transformerXLWikiText103Base,
      positions: 'learnedRelative',
      preNorm: true,
      tieWeights: false,
    };
    expect(transformerXL.formatConfig(other)).toMatchObject({
      attn_type: 1,
      clamp_len: -1,
      cluster_order: 'original',
      tie_word_embeddings: false,
    });
    expect(transformerXL.parseConfig(transformerXL.formatConfig(other))).toEqual(other);
  });

  test('derives tied projections where they are not listed', () => {
    const { tie_projs: _, ...rest } = huggingFace;
    const tied = (shared: Json) =>
      transformerXL.parseConfig({ ...rest, proj_share_all_but_first: shared }).tieProjections;
    expect(tied(true)).toEqual([false, true, true, true]);
    expect(tied(false)).toEqual([false, false, false, false]);
  });

  test.each<[Json, string]>([
    [
      { attn_type: 4 },
      'transfo-xl config, attn_type: expected a whole number below 4, got 4. Correct it in config.json.',
    ],
    [
      { clamp_len: 0 },
      'transfo-xl config, clamp_len: expected a whole number of at least 1, or -1 for none, got 0. Correct it in config.json.',
    ],
    [
      { cutoffs: [1.5] },
      'transfo-xl config, cutoffs: expected a list of whole numbers, got [1.5]. Correct it in config.json.',
    ],
    [
      { tie_projs: [0] },
      'transfo-xl config, tie_projs: expected a list of true and false, got [0]. Correct it in config.json.',
    ],
    [
      { mem_len: -1 },
      'transfo-xl config, mem_len: expected a whole number of at least 0, got -1. Correct it in config.json.',
    ],
    [
      { sample_softmax: 100 },
      'transfo-xl config, sample_softmax: expected -1, got 100. This model has no such variant.',
    ],
    [
      { cluster_order: 'reversed' },
      'transfo-xl config, cluster_order: expected one of original, hugging_face, got "reversed". Correct it in config.json.',
    ],
  ])('%j', (json, message) => expect(() => transformerXL.parseConfig(json)).toThrow(message));
});

test('sanitize leaves out what a checkpoint holds twice', () => {
  const one = storedTensor(new Float32Array(1), [1]);
  const names = [
    'pos_emb.inv_freq',
    'r_w_bias',
    'layers.0.dec_attn.r_w_bias',
    'layers.0.dec_attn.r_r_bias',
    'word_emb.emb_projs.1',
    'crit.out_layers.2.weight',
    'crit.out_layers.2.bias',
    'crit.out_projs.0',
    'crit.out_projs.2',
  ];
  const kept = (config: TransformerXLConfig): string[] => [
    ...transformerXL.sanitize!(new Map(names.map((name) => [name, one])), config).keys(),
  ];
  const always = ['r_w_bias', 'word_emb.emb_projs.1', 'crit.out_layers.2.bias', 'crit.out_projs.0'];
  expect(kept(small).sort()).toEqual(always.sort());
  const nothingTied = {
    ...small,
    untieBiases: true,
    tieWeights: false,
    tieProjections: [false, false, false],
  };
  expect(kept(nothingTied)).toEqual(names.slice(1));
});

test('unsanitize writes the shared biases into every layer, and sanitize leaves them out again', () => {
  const shared = storedTensor(new Float32Array(1), [1]);
  const weights = new Map([
    ['r_w_bias', shared],
    ['r_r_bias', shared],
  ]);
  const written = transformerXL.unsanitize!(weights, { ...small, layers: 2 });
  expect([...written.keys()].filter((name) => name.endsWith('r_r_bias'))).toEqual([
    'r_r_bias',
    'layers.0.dec_attn.r_r_bias',
    'layers.1.dec_attn.r_r_bias',
  ]);
  expect(transformerXL.sanitize!(written, small)).toEqual(weights);
});

test('the first weights are drawn as the original draws them', () => {
  using model = transformerXL(small, { random: new RandomStream(1) });
  const drawn = (name: string): { mean: number; std: number } => {
    const values = Array.from(model.parameters().get(name)!.dataSync());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return { mean, std };
  };
  // The table of goldens/init has the same sizes. A sample of n has a deviation of its deviation of about std / √2n.
  for (const [name, mean, std] of [
    ['word_emb.emb_layers.1.weight', 0, 0.02],
    ['word_emb.emb_projs.1', 0, 0.01],
    ['r_w_bias', 0, 0.02],
    ['layers.0.dec_attn.qkv_net.weight', 0, 0.02],
    ['layers.0.dec_attn.r_net.weight', 0, 0.02],
    ['layers.0.dec_attn.layer_norm.weight', 1, 0.02],
    ['layers.0.pos_ff.CoreNet.0.weight', 0, 0.02],
    ['crit.cluster_weight', 0, 0.02],
    ['crit.out_projs.0', 0, 0.01],
  ] as const) {
    const got = drawn(name);
    const { size } = model.parameters().get(name)!;
    expect(Math.abs(got.mean - mean), name).toBeLessThan((4 * std) / Math.sqrt(size));
    expect(Math.abs(got.std - std), name).toBeLessThan((4 * std) / Math.sqrt(2 * size));
  }
  for (const name of [
    'layers.0.pos_ff.CoreNet.3.bias',
    'layers.0.pos_ff.layer_norm.bias',
    'crit.cluster_bias',
  ])
    expect(drawn(name), name).toEqual({ mean: 0, std: 0 });
});

test('a layer of a preset has the parameters of the sizes in its script', () => {
  using model = transformerXL({ ...transformerXLEnwik8, layers: 1 });
  const layer = 4 * 512 * 512 + 512 * 512 + 2 * 512 + 2 * 512 * 2048 + 2048 + 512 + 2 * 512;
  expect(parameterCount(model)).toBe(layer + 204 * 512 + 204 + 2 * 8 * 64);
});
