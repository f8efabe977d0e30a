import { RandomStream } from '@tenon/core';
import { leakFree, modelContract, namedGradients, selectBackend, testBackends } from '@tenon/testing';
import {
  memory,
  type Rank,
  reshape,
  type Scalar,
  sum,
  type Tensor2D,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GPT2, type GPT2Config, gpt2, gpt2Small } from './gpt2.ts';

const tiny: GPT2Config = {
  ...gpt2Small,
  vocabularySize: 19,
  contextLength: 16,
  hiddenSize: 12,
  layers: 2,
  heads: 3,
  initializerRange: 0.3,
};
const make = (): GPT2 => gpt2(tiny, { random: new RandomStream(1) });

const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');

const total = (model: GPT2): Scalar => sum(model.encode({ inputIds: ids([[3, 1, 4]]) }).lastHidden);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe('contract', () => {
    for (const { name, run } of modelContract({ make, vocabularySize: 19, causal: true })) test(name, run);
  });

  describe('contract, scores divided by the layer as well', () => {
    const variant = {
      ...tiny,
      scaleAttentionByLayer: true,
      feedForwardSize: 10,
      activation: 'relu',
    } as const;
    const options = { make: () => gpt2(variant), vocabularySize: 19, causal: true };
    for (const { name, run } of modelContract(options)) test(name, run);
  });

  test('takes embeddings in the place of ids', () => {
    using model = make();
    tidy(() => {
      const inputIds = ids([[3, 1, 4]]);
      const inputEmbeds = reshape<Rank.R3>(model.wte.forward(inputIds), [1, 3, 12]);
      const [a, b] = [model.encode({ inputIds }), model.encode({ inputEmbeds })];
      expect(b.lastHidden.dataSync()).toEqual(a.lastHidden.dataSync());
    });
  });

  test('drops by a stream of random numbers, the same each time', () => {
    using model = make();
    tidy(() => {
      const encode = (step: number) => {
        const random = new RandomStream(5, step);
        return model.encode({ inputIds: ids([[3, 1, 4]]) }, { training: true, random }).lastHidden.dataSync();
      };
      expect(encode(0)).toEqual(encode(0));
      expect(encode(0)).not.toEqual(encode(1));
    });
  });

  test('kinds of tokens, which it does not tell apart, change nothing', () => {
    using model = make();
    const inputIds = ids([[3, 1, 4]]);
    const read = (tokenTypeIds: Tensor2D | undefined) =>
      tidy(() => model.encode({ inputIds, ...(tokenTypeIds && { tokenTypeIds }) }).lastHidden.dataSync());
    expect(read(ids([[0, 7, 1]]))).toEqual(read(undefined));
    expect(() => read(ids([[0, 1]]))).toThrow('token type ids: expected [1, 3], got [1, 2]');
  });

  test('the number of live tensors is flat over training steps and generated tokens', async () => {
    using model = make();
    using state = model.initialState(1, 12);
    await leakFree(() => {
      for (const gradient of namedGradients(model, () => tidy(() => total(model))).values())
        gradient.dispose();
    });
    const counts = Array.from({ length: 12 }, (_, i) => {
      tidy(() => model.encode({ inputIds: ids([[i]]) }, { state }).lastHidden.dataSync());
      return memory().numTensors;
    });
    expect(new Set(counts).size).toBe(1);
  });

  describe('refuses', () => {
    const refusal = (call: (model: GPT2) => unknown): string => {
      using model = make();
      try {
        tidy(() => void call(model));
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing thrown';
    };
    test.each<[string, (model: GPT2) => unknown, string]>([
      [
        'an id outside of the vocabulary',
        (model) =>
          model.encode({
            inputIds: ids([
              [1, 2],
              [3, 19],
            ]),
          }),
        'input ids: expected int32 numbers in [0, 19), got 19 at [1, 1]. Check that the tokenizer belongs to this model.',
      ],
      [
        'ids that are not int32',
        (model) => model.encode({ inputIds: tensor2d([[1, 2]]) }),
        "input ids: expected int32 numbers in [0, 19), got dtype float32. Make the tensor with 'int32'.",
      ],
      [
        'too long a text',
        (model) => model.encode({ inputIds: zeros([1, 17], 'int32') }),
        "sequence length: expected at most the model's 16 positions, got 17. Shorten the text, or use a model with a larger contextLength.",
      ],
      [
        'a mask of another shape',
        (model) => model.encode({ inputIds: ids([[1, 2]]), attentionMask: ids([[1, 1, 1]]) }),
        "attention mask: expected [1, 2], got [1, 3]. Pass the tokenizer's attentionMask as it is, for these tokens only.",
      ],
      [
        'both ids and embeddings',
        (model) => model.encode({ inputIds: ids([[1]]), inputEmbeds: tensor3d([[new Array(12).fill(0)]]) }),
        'model input: expected either inputIds or inputEmbeds, got both. Pass one of them.',
      ],
      [
        'a state for another batch',
        (model) => {
          using state = model.initialState(2, 4);
          model.encode({ inputIds: ids([[1]]) }, { state });
        },
        'state: expected one for 1 sequences, got one for 2. Make it for the batch that is encoded: initialState(batchSize, capacity).',
      ],
      [
        'more tokens than the state has room for',
        (model) => {
          using state = model.initialState(1, 4);
          model.encode({ inputIds: ids([[1, 2, 3]]) }, { state });
          model.encode({ inputIds: ids([[1, 2]]) }, { state });
        },
        'key/value cache: expected at most 1 more tokens (3 of 4 slots are taken), got 2. Make the state with a larger capacity: initialState(batchSize, capacity).',
      ],
      [
        'training with dropout and no random numbers',
        (model) => model.encode({ inputIds: ids([[1]]) }, { training: true }),
        'dropout: expected a random stream for training with rate 0.1, got none. Pass { training: true, random: new RandomStream(seed, step) }, or a config without dropout.',
      ],
    ])('%s', (_, call, message) => expect(refusal(call)).toBe(message));
  });
});

describe('first weights', () => {
  // goldens/init/init_table.json: nanoGPT_L8_d256 as the paper, hf46_GPT2 as Hugging Face's version 4.6.
  const config: GPT2Config = {
    ...gpt2Small,
    vocabularySize: 2000,
    contextLength: 128,
    hiddenSize: 256,
    layers: 8,
    heads: 8,
  };
  beforeAll(() => selectBackend(testBackends().at(-1)!));

  test.each([
    ['paper', 0.005],
    ['plain', 0.02],
  ] as const)('%s', (initialization, residual) => {
    using model = gpt2({ ...config, initialization });
    for (const [name, stored] of model.stateDict()) {
      const values = Float32Array.from(stored.read());
      const mean = values.reduce((total, value) => total + value, 0) / values.length;
      const std = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length);
      const isNorm = /ln_[12f]\.weight$/.test(name);
      const expected = isNorm || name.endsWith('bias') ? 0 : name.includes('c_proj') ? residual : 0.02;
      expect(mean, name).toBeCloseTo(isNorm ? 1 : 0, 3);
      expect(Math.abs(std - expected), name).toBeLessThanOrEqual(expected * 0.02);
    }
  });
});

test('must have heads that divide the hidden size', () => {
  expect(() => gpt2({ ...tiny, heads: 5 })).toThrow(
    'GPT-2 heads: expected a divisor of hiddenSize 12, got 5. Change one of the two in the config.',
  );
});
