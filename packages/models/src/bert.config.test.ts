// BERT's config.json, and the names of its weights.
import { type Json, storedTensor } from '@tenon/core';
import { describe, expect, test } from 'vitest';
import {
  bert,
  bertBase,
  bertLarge,
  bertMedium,
  bertMini,
  bertSmall,
  bertTiny,
  bertVocabularies,
} from './bert.ts';

// As transformers writes bert-base-chinese, with keys that say nothing about the numbers.
const huggingFace: Json = {
  model_type: 'bert',
  architectures: ['BertForMaskedLM'],
  attention_probs_dropout_prob: 0.1,
  directionality: 'bidi',
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  hidden_size: 768,
  initializer_range: 0.02,
  intermediate_size: 3072,
  layer_norm_eps: 1e-12,
  max_position_embeddings: 512,
  num_attention_heads: 12,
  num_hidden_layers: 12,
  pad_token_id: 0,
  pooler_fc_size: 768,
  pooler_num_attention_heads: 12,
  pooler_num_fc_layers: 3,
  pooler_size_per_head: 128,
  pooler_type: 'first_token_transform',
  position_embedding_type: 'absolute',
  classifier_dropout: null,
  gradient_checkpointing: false,
  type_vocab_size: 2,
  use_cache: true,
  vocab_size: 21128,
  transformers_version: '4.6.0.dev0',
};

describe('config.json', () => {
  test('is read and written back', () => {
    expect(bert.parseConfig(huggingFace)).toEqual({ ...bertBase, vocabularySize: bertVocabularies.chinese });
    const other = {
      ...bertTiny,
      typeVocabularySize: 1,
      classifierDropout: 0.3,
      activation: 'relu',
      padTokenId: 5,
    } as const;
    expect(bert.parseConfig(bert.formatConfig(other))).toEqual(other);
    expect(bert.formatConfig(bertLarge)).toMatchObject({
      model_type: 'bert',
      hidden_size: 1024,
      num_hidden_layers: 24,
      num_attention_heads: 16,
      intermediate_size: 4096,
      classifier_dropout: null,
    });
  });

  test('null is a model without a padding token, which is not the default', () => {
    const { padTokenId, ...rest } = bertTiny;
    expect(padTokenId).toBe(0);
    expect(bert.parseConfig(bert.formatConfig(rest))).toEqual(rest);
    expect(bert.formatConfig(rest)['pad_token_id']).toBeNull();
  });

  test('gives BERT-Base, uncased, where it says nothing', () => {
    expect(bert.parseConfig({ model_type: 'bert' })).toEqual(bertBase);
  });

  test('does not hold what tasks decide', () => {
    expect(Object.keys(bert.formatConfig({ ...bertBase, pooler: false }))).not.toContain('pooler');
  });

  test.each<[Json, string]>([
    [
      { position_embedding_type: 'relative_key' },
      'bert config, position_embedding_type: expected "absolute", got "relative_key". This model has no such variant.',
    ],
    [
      { is_decoder: true },
      'bert config, is_decoder: expected false, got true. This model has no such variant.',
    ],
    [
      { embedding_size: 128 },
      'bert config: expected only keys whose meaning is known, got embedding_size. Remove them if they do not change what the model computes.',
    ],
    [
      { type_vocab_size: 0 },
      'bert config, type_vocab_size: expected a whole number of at least 1, got 0. Correct it in config.json.',
    ],
  ])('%j', (json, message) => expect(() => bert.parseConfig(json)).toThrow(message));
});

test('the published sizes', () => {
  const sizes = [bertTiny, bertMini, bertSmall, bertMedium, bertBase, bertLarge].map((config) => [
    config.layers,
    config.hiddenSize,
    config.heads,
    config.feedForwardSize,
  ]);
  expect(sizes).toEqual([
    [2, 128, 2, 512],
    [4, 256, 4, 1024],
    [4, 512, 8, 2048],
    [8, 512, 8, 2048],
    [12, 768, 12, 3072],
    [24, 1024, 16, 4096],
  ]);
});

test('sanitize knows the names of old files, and leaves out buffers and second copies', () => {
  const one = storedTensor(new Float32Array(1), [1]);
  const names = [
    'embeddings.position_ids',
    'embeddings.LayerNorm.gamma',
    'encoder.layer.0.output.LayerNorm.beta',
    'pooler.dense.weight',
    'cls.predictions.bias',
    'cls.predictions.decoder.weight',
    'cls.predictions.decoder.bias',
    'cls.predictions.transform.LayerNorm.gamma',
  ];
  const kept = bert.sanitize!(new Map(names.map((name) => [name, one])), bertTiny);
  expect([...kept.keys()]).toEqual([
    'embeddings.LayerNorm.weight',
    'encoder.layer.0.output.LayerNorm.bias',
    'pooler.dense.weight',
    'cls.predictions.bias',
    'cls.predictions.transform.LayerNorm.weight',
  ]);
});
