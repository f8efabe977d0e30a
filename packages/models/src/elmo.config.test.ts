// ELMo's config.json is bilm's options.json.
import { type Json, parameterCount, RandomStream } from '@tenon/core';
import { selectBackend, testBackends } from '@tenon/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { elmo, elmoMedium, elmoOriginal, elmoSmall } from './elmo.ts';

// As bilm's training writes it.
const training = {
  bidirectional: true,
  char_cnn: {
    activation: 'relu',
    embedding: { dim: 16 },
    filters: elmoOriginal.filters.map((pair) => [...pair]),
    max_characters_per_token: 50,
    n_characters: 261,
    n_highway: 2,
  },
  dropout: 0.1,
  lstm: {
    cell_clip: 3,
    dim: 4096,
    n_layers: 2,
    proj_clip: 3,
    projection_dim: 512,
    use_skip_connections: true,
  },
  all_clip_norm_val: 10,
  n_epochs: 10,
  n_train_tokens: 768648884,
  batch_size: 128,
  n_tokens_vocab: 793471,
  unroll_steps: 20,
  n_negative_samples_batch: 8192,
} satisfies Json;

describe('options.json', () => {
  test('of the original is read and written back', () => {
    expect(elmo.parseConfig(training)).toEqual(elmoOriginal);
    expect(elmo.parseConfig(elmo.formatConfig(elmoSmall))).toEqual(elmoSmall);
    expect(elmo.formatConfig(elmoOriginal)).toMatchObject({
      model_type: 'elmo',
      char_cnn: { ...training.char_cnn, n_characters: 262 },
      lstm: training.lstm,
    });
    const plain = { ...elmoMedium, highways: 0, skipConnections: false, sentenceBoundaries: false };
    expect(elmo.parseConfig(elmo.formatConfig(plain))).toEqual(plain);
  });

  test('leaves out what bilm may leave out', () => {
    const { n_highway: _, ...char_cnn } = training.char_cnn;
    const config = elmo.parseConfig({ char_cnn, lstm: { dim: 8, projection_dim: 8 } });
    expect(config).toMatchObject({ highways: 0, layers: 1, skipConnections: false });
    expect(config.cellClip).toBeUndefined();
  });

  test.each<[string, Json, string]>([
    [
      'a model that reads word ids',
      { lstm: training.lstm, n_tokens_vocab: 5 },
      "elmo config, char_cnn: expected an object, got nothing. Pass bilm's options.json of a model that reads characters.",
    ],
    [
      'filters that are none',
      { ...training, char_cnn: { ...training.char_cnn, filters: [[1, 2], [3]] } },
      'elmo config, char_cnn.filters: expected pairs of a width and a count, got [[1,2],[3]]. Correct it in config.json.',
    ],
    [
      'an activation of another kind',
      { ...training, char_cnn: { ...training.char_cnn, activation: 'gelu' } },
      'elmo config, char_cnn.activation: expected relu or tanh, got "gelu". Correct it in config.json.',
    ],
    [
      'a limit of 0',
      { ...training, lstm: { ...training.lstm, cell_clip: 0 } },
      'elmo config, lstm.cell_clip: expected a number above 0, got 0. Correct it in config.json.',
    ],
    [
      'one direction only',
      { ...training, bidirectional: false },
      'elmo config, bidirectional: expected true, got false. This model has no such variant.',
    ],
    [
      'what nobody knows',
      { ...training, lstm: { ...training.lstm, peepholes: true } },
      'elmo config: expected only keys whose meaning is known, got lstm.peepholes. Remove them if they do not change what the model computes.',
    ],
  ])('is refused with %s', (_, json, message) => expect(() => elmo.parseConfig(json)).toThrow(message));
});

describe('first weights', () => {
  beforeAll(() => selectBackend(testBackends().at(-1)!));

  test('are as many as in the releases, and as bilm draws them', () => {
    using model = elmo(elmoSmall, { random: new RandomStream(1) });
    expect(parameterCount(model)).toBe(13_593_312); // 13.6 million
    const spread = (name: string): { mean: number; std: number } => {
      const values = Float32Array.from(model.parameters().get(name)!.dataSync());
      const mean = values.reduce((total, value) => total + value, 0) / values.length;
      return {
        mean,
        std: Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length),
      };
    };
    const uniform = (bound: number) => bound / Math.sqrt(3);
    const expected: [string, number, number][] = [
      ['token_embedder.cnn.embedding.weight', 0, uniform(1)],
      ['token_embedder.cnn.convolutions.6.weight', 0, uniform(0.05)],
      ['token_embedder.highways.0.weight', 0, 1 / Math.sqrt(2048)],
      ['token_embedder.highways.0.bias', 1, 1],
      ['token_embedder.projection.weight', 0, 1 / Math.sqrt(2048)],
      ['lstm.forward_layers.0.input_linearity.weight', 0, uniform(Math.sqrt(6 / (256 + 4096)))],
      ['lstm.backward_layers.1.state_linearity.weight', 0, uniform(Math.sqrt(6 / (256 + 4096)))],
      ['lstm.backward_layers.1.state_linearity.bias', 0.25, Math.sqrt(3) / 4],
      ['lstm.forward_layers.1.state_projection.weight', 0, uniform(Math.sqrt(6 / (1024 + 128)))],
    ];
    for (const [name, mean, std] of expected) {
      const got = spread(name);
      expect(Math.abs(got.mean - mean), name).toBeLessThan(0.03 * std);
      expect(Math.abs(got.std - std), name).toBeLessThan(0.03 * std);
    }
  });
});
