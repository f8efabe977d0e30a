import { RandomStream } from '@tenon/core';
import { encoderDecoderContract, selectBackend, testBackends } from '@tenon/testing';
import { type Rank, reshape, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Transformer, type TransformerConfig, transformer, transformerBase } from './transformer.ts';

const tiny: TransformerConfig = {
  ...transformerBase,
  vocabularySize: 19,
  contextLength: 16,
  hiddenSize: 12,
  encoderLayers: 2,
  decoderLayers: 3,
  encoderHeads: 3,
  decoderHeads: 2,
  encoderFeedForwardSize: 20,
  decoderFeedForwardSize: 16,
};
const make = (config = tiny): Transformer => transformer(config, { random: new RandomStream(1) });
const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');
// The key's bias adds the same to all scores of a query, and softmax takes it out again.
const zeroGradient = /k_proj\.bias$/;

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe('contract', () => {
    for (const { name, run } of encoderDecoderContract({ make, vocabularySize: 19, zeroGradient }))
      test(name, run);
  });

  describe('contract, with plain first weights, embeddings as they are and another activation', () => {
    const config = {
      ...tiny,
      scaleEmbedding: false,
      initialization: 'plain',
      initializerRange: 0.3,
      activation: 'swish',
    };
    const options = { make: () => make(config as TransformerConfig), vocabularySize: 19, zeroGradient };
    for (const { name, run } of encoderDecoderContract(options)) test(name, run);
  });

  test('attends to the source in every layer of the decoder', () => {
    using model = make();
    tidy(() => {
      const { lastHidden: hidden, attentions } = model.encode(
        { inputIds: ids([[3, 1, 4, 1, 5]]) },
        { attentions: true },
      );
      expect(attentions!.map(({ shape }) => shape)).toEqual([1, 2].map(() => [1, 3, 5, 5]));
      const decoded = model.decode(
        { inputIds: ids([[0, 9]]) },
        { hidden },
        { attentions: true, hiddenStates: true },
      );
      expect(decoded.attentions!.map(({ shape }) => shape)).toEqual([1, 2, 3].map(() => [1, 2, 2, 2]));
      expect(decoded.crossAttentions!.map(({ shape }) => shape)).toEqual([1, 2, 3].map(() => [1, 2, 2, 5]));
      expect(decoded.hiddenStates!.length).toBe(4);
    });
  });

  test('takes embeddings in the place of ids, before they are scaled', () => {
    using model = make();
    tidy(() => {
      const inputIds = ids([[3, 1, 4]]);
      const inputEmbeds = reshape<Rank.R3>(model.shared.forward(inputIds), [1, 3, 12]);
      const [a, b] = [model.encode({ inputIds }), model.encode({ inputEmbeds })];
      expect(b.lastHidden.dataSync()).toEqual(a.lastHidden.dataSync());
    });
  });

  describe('refuses', () => {
    const refusal = (call: (model: Transformer) => unknown): string => {
      using model = make();
      try {
        tidy(() => void call(model));
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing thrown';
    };
    const source = (model: Transformer, rows = [[1, 2, 3]]) => ({
      hidden: model.encode({ inputIds: ids(rows) }).lastHidden,
    });
    test.each<[string, (model: Transformer) => unknown, string]>([
      [
        'a state where the source is read',
        (model) => {
          using state = model.initialState(1, 4);
          model.encode({ inputIds: ids([[1]]) }, { state });
        },
        'Transformer, encode: expected no state: the source is read at once, got DecoderState. Pass the state to decode.',
      ],
      [
        'a source of another batch',
        (model) => model.decode({ inputIds: ids([[1], [2]]) }, source(model)),
        'source: expected [2, S, 12], got [1, 3, 12]. Pass what encode gave for this batch.',
      ],
      [
        "a mask that is not the source's",
        (model) => model.decode({ inputIds: ids([[1]]) }, { ...source(model), attentionMask: ids([[1, 1]]) }),
        "the source's attention mask: expected [1, 3], got [1, 2]. Pass the mask that the source was encoded with.",
      ],
      [
        'too long a target',
        (model) => model.decode({ inputIds: ids([new Array(17).fill(1)]) }, source(model)),
        "sequence length: expected at most the model's 16 positions, got 17. Shorten the text, or use a model with a larger contextLength.",
      ],
    ])('%s', (_, call, message) => expect(refusal(call)).toBe(message));
  });
});

describe('first weights', () => {
  beforeAll(() => selectBackend(testBackends().at(-1)!));
  const config = {
    ...tiny,
    vocabularySize: 500,
    hiddenSize: 64,
    encoderHeads: 4,
    decoderHeads: 4,
    decoderFeedForwardSize: 20,
  };

  test.each([
    // Glorot and Bengio: U(±√(6 / (in + out))) deviates by √(2 / (in + out)).
    ['paper', Math.sqrt(2 / (64 + 64)), Math.sqrt(2 / (64 + 20)), 1 / 8],
    ['plain', 0.02, 0.02, 0.02],
  ] as const)('%s', (initialization, square, inner, embedding) => {
    using model = make({ ...config, initialization });
    for (const [name, stored] of model.stateDict()) {
      const values = Float32Array.from(stored.read());
      const mean = values.reduce((total, value) => total + value, 0) / values.length;
      const std = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
      const isNorm = /norm\.weight$/.test(name);
      const isInner = /fc\d\.weight/.test(name);
      const drawn = name === 'shared.weight' ? embedding : isInner ? inner : square;
      const expected = isNorm || name.endsWith('bias') ? 0 : drawn;
      expect(Math.abs(mean - (isNorm ? 1 : 0)), name).toBeLessThan(0.02);
      expect(Math.abs(std - expected), name).toBeLessThanOrEqual(expected * 0.06);
    }
  });
});

test('must have heads that divide the hidden size', () => {
  expect(() => make({ ...tiny, decoderHeads: 5 })).toThrow(
    'Transformer heads of the decoder: expected a divisor of hiddenSize 12, got 5. Change one of the two in the config.',
  );
});
