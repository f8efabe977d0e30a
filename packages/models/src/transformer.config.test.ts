// The Transformer's config.json, which is Marian's, and the names of its weights.
import { type Json, storedTensor } from '@tenon/core';
import { describe, expect, test } from 'vitest';
import { transformer, transformerBase, transformerBig } from './transformer.ts';

// The keys of a Helsinki-NLP/opus-mt checkpoint, old ones included.
const marian: Json = {
  model_type: 'marian',
  architectures: ['MarianMTModel'],
  activation_dropout: 0,
  activation_function: 'swish',
  add_bias_logits: false,
  add_final_layer_norm: false,
  attention_dropout: 0,
  bad_words_ids: [[22]],
  bos_token_id: 0,
  classif_dropout: 0,
  classifier_dropout: 0,
  d_model: 12,
  decoder_attention_heads: 2,
  decoder_ffn_dim: 16,
  decoder_layerdrop: 0,
  decoder_layers: 2,
  decoder_start_token_id: 22,
  decoder_vocab_size: 23,
  dropout: 0.1,
  encoder_attention_heads: 3,
  encoder_ffn_dim: 20,
  encoder_layerdrop: 0,
  encoder_layers: 1,
  eos_token_id: 0,
  extra_pos_embeddings: 23,
  forced_eos_token_id: 0,
  init_std: 0.02,
  is_encoder_decoder: true,
  max_length: 512,
  max_position_embeddings: 16,
  normalize_before: false,
  normalize_embedding: false,
  num_beams: 6,
  num_hidden_layers: 1,
  pad_token_id: 22,
  scale_embedding: true,
  share_encoder_decoder_embeddings: true,
  static_position_embeddings: true,
  tie_word_embeddings: true,
  vocab_size: 23,
};

describe('config.json', () => {
  test('is read and written back', () => {
    const config = transformer.parseConfig(marian);
    expect(config).toEqual({
      vocabularySize: 23,
      contextLength: 16,
      hiddenSize: 12,
      encoderLayers: 1,
      decoderLayers: 2,
      encoderHeads: 3,
      decoderHeads: 2,
      encoderFeedForwardSize: 20,
      decoderFeedForwardSize: 16,
      activation: 'swish',
      dropout: 0.1,
      attentionDropout: 0,
      activationDropout: 0,
      scaleEmbedding: true,
      initializerRange: 0.02,
      padTokenId: 22,
      eosTokenId: 0,
      decoderStartTokenId: 22,
    });
    for (const preset of [config, transformerBase, transformerBig]) {
      expect(transformer.parseConfig(transformer.formatConfig(preset))).toEqual(preset);
    }
  });

  test.each([
    ['normalize_before', true],
    ['static_position_embeddings', false],
    ['share_encoder_decoder_embeddings', false],
    ['is_encoder_decoder', false],
  ])('with %s %j is another model', (key, value) => {
    expect(() => transformer.parseConfig({ ...(marian as object), [key]: value })).toThrow(
      `marian config, ${key}: expected ${!value}, got ${value}. This model has no such variant.`,
    );
  });
});

test('copies of the embeddings and tables of sinusoids are left out', () => {
  const names = [
    'shared.weight',
    'encoder.embed_tokens.weight',
    'encoder.embed_positions.weight',
    'decoder.embed_positions.weight',
    'decoder.layers.0.fc1.weight',
    'lm_head.weight',
    'final_logits_bias',
  ];
  const weights = new Map(names.map((name) => [name, storedTensor(new Float32Array(1), [1])]));
  expect([...transformer.sanitize!(weights, transformerBase).keys()]).toEqual([
    'shared.weight',
    'decoder.layers.0.fc1.weight',
    'final_logits_bias',
  ]);
});
