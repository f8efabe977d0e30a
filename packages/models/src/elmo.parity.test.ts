// ELMo against the numbers of bilm (TensorFlow) and AllenNLP (PyTorch).
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Json, type StateDict, storedTensor } from '@tenon/core';
import { ScalarMix } from '@tenon/layers';
import {
  expectClose,
  type GoldenTensors,
  goldenCase,
  namedGradients,
  selectBackend,
  sharedFolder,
  testBackends,
} from '@tenon/testing';
import {
  addN,
  cast,
  div,
  expandDims,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bilmWeights, type ELMo, type ELMoConfig, elmo } from './elmo.ts';

// Parts of goldens/elmo/tf_fixture: a tiny bilm with its weights, and what AllenNLP gives for two batches.
const golden = goldenCase(fileURLToPath(new URL('__fixtures__/elmo-bilm', import.meta.url)));
const numbers = golden.tensors('torch_layers.safetensors');
const config = elmo.parseConfig(golden.json('options.json') as Json);

const weightsOf = (tensors: GoldenTensors): StateDict =>
  new Map(
    [...tensors].map(([name, { shape, values }]) => [name, storedTensor(values as Float32Array, shape)]),
  );

function reference(changes: Partial<ELMoConfig> = {}): ELMo {
  const model = elmo({ ...config, ...changes });
  model.loadStateDict(elmo.sanitize!(weightsOf(golden.tensors('lm_weights.safetensors')), config));
  return model;
}

const characters = (batch: number): Tensor3D => {
  const { shape, values } = numbers.get(`batch${batch}.char_ids`)!;
  return tensor3d(Int32Array.from(values), shape as [number, number, number], 'int32');
};
const mask = (batch: number): Tensor2D => {
  const { shape, values } = numbers.get(`batch${batch}.mask`)!;
  return tensor2d(Int32Array.from(values), shape as [number, number], 'int32');
};
const input = (batch: number) => ({ characterIds: characters(batch), attentionMask: mask(batch) });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('every layer, the state carried from batch to batch', () => {
    using model = reference();
    using state = model.initialState(3);
    tidy(() => {
      for (const batch of [0, 1]) {
        const { hiddenStates } = model.encode(input(batch), { state, hiddenStates: true });
        for (const [i, layer] of hiddenStates!.entries()) {
          const expected = numbers.get(`batch${batch}.layer${i}`);
          if (expected !== undefined)
            expectClose(`batch ${batch}, layer ${i}`, layer.dataSync(), expected.values);
        }
      }
    });
  });

  test.each([
    ['scalar_mix', false],
    ['scalar_mix_layernorm', true],
  ] as const)('%s', (name, layerNorm) => {
    using model = reference();
    const read = (part: string) => [...numbers.get(`${name}.${part}`)!.values];
    using mix = new ScalarMix(3, { layerNorm, weights: read('weights_raw'), gamma: read('gamma')[0]! });
    tidy(() => {
      const { hiddenStates } = model.encode(input(0), { hiddenStates: true });
      const mixed = mul(mix.forward(hiddenStates!, mask(0)), expandDims(mask(0), 2));
      const expected = tensor3d(
        Float32Array.from(numbers.get(`batch0.${name}`)!.values),
        mixed.shape as [number, number, number],
      );
      expectClose(name, mixed.dataSync(), mul(expected, expandDims(mask(0), 2)).dataSync());
    });
  });
});

const shared = sharedFolder();
// On one backend: 55 steps of 4 LSTMs, forward and backward, are a large graph to build. `npm run goldens` does both.
test.skipIf(shared === undefined)(
  "gradients, with AllenNLP's weights (needs the shared goldens)",
  async () => {
    await selectBackend(testBackends().at(-1)!);
    const full = goldenCase(join(shared!, 'goldens/elmo/tf_fixture'));
    using model = elmo({ ...config, sentenceBoundaries: false });
    model.loadStateDict(elmo.sanitize!(weightsOf(full.tensors('weights_torch_names.safetensors')), config));
    const expected = elmo.sanitize!(weightsOf(full.tensors('grads_torch_names.safetensors')), config);
    const [batch, attention] = tidy(() => withBoundaries(characters(0), mask(0)));
    const loss = (): Scalar =>
      tidy(() => {
        const { hiddenStates } = model.encode(
          { characterIds: batch, attentionMask: attention },
          { hiddenStates: true },
        );
        const counted = expandDims(cast(attention, 'float32'), 2);
        const parts = hiddenStates!.map((layer, i) => sum(square(mul(mul(layer, i + 1), counted))));
        return div(addN(parts), sum(counted)) as Scalar;
      });
    const { results } = full.json('meta.json') as { results: { grad_loss: number } };
    expectClose('loss', [tidy(() => loss().dataSync()[0]!)], [results.grad_loss]);
    for (const [name, gradient] of namedGradients(model, loss)) {
      expectClose(name, gradient.dataSync(), expected.get(name)!.read());
      gradient.dispose();
    }
    batch.dispose();
    attention.dispose();
  },
);

test('weights go back to what they were read from, under the names of both programs', () => {
  const original = weightsOf(golden.tensors('lm_weights.safetensors'));
  const ours = elmo.sanitize!(original, config);
  const back = bilmWeights(ours, config);
  expect([...back.keys()].sort()).toEqual(
    [...original.keys()].map((name) => name.replaceAll('.', '/')).sort(),
  );
  for (const [name, stored] of original) {
    const returned = back.get(name.replaceAll('.', '/'))!;
    expect(returned.shape).toEqual(stored.shape);
    expectClose(name, returned.read(), stored.read(), { absolute: 1e-7, relative: 0 }); // 1 was added and taken away
  }
  const allenNLP = elmo.unsanitize!(ours, config);
  expect([...allenNLP.keys()]).toContain('_elmo_lstm.backward_layer_1.state_linearity.bias');
  expect([...elmo.sanitize!(allenNLP, config).keys()]).toEqual([...ours.keys()]);
});

test('weights that do not fit are all named', () => {
  const weights = weightsOf(golden.tensors('lm_weights.safetensors'));
  weights.delete('CNN_high_1.W_carry');
  weights.set('CNN.b_cnn_0', storedTensor(new Float32Array(5), [5]));
  weights.set('char_embed', storedTensor(new Float32Array(4), [4]));
  weights.set('other', storedTensor(new Float32Array(1), [1]));
  using model = elmo(config);
  expect(() => model.loadStateDict(elmo.sanitize!(weights, config))).toThrow(
    'state dict: expected exactly the parameters of the model in their shapes, got ' +
      'missing token_embedder.cnn.embedding.weight, token_embedder.highways.1.weight; ' +
      'unexpected CNN_high_1.W_transform, char_embed, other; ' +
      'token_embedder.cnn.convolutions.0.bias of shape [5] instead of [4]. ' +
      'Check that the checkpoint belongs to this model and configuration.',
  );
});

/** The boundaries among the tokens: row by row, around each sentence. */
function withBoundaries(characterIds: Tensor3D, attentionMask: Tensor2D): [Tensor3D, Tensor2D] {
  const boundary = (id: number) => [259, id, 260, ...new Array<number>(47).fill(261)];
  const nothing = new Array<number>(50).fill(0);
  const rows = characterIds.arraySync();
  const lengths = attentionMask.arraySync().map((row) => row.filter((counts) => counts === 1).length);
  const around = rows.map((row, b) => [
    boundary(257),
    ...row.slice(0, lengths[b]),
    boundary(258),
    ...row.slice(lengths[b]).map(() => nothing),
  ]);
  const present = rows.map((row, b) => [1, 1, ...row].map((_, t) => (t < lengths[b]! + 2 ? 1 : 0)));
  return [tensor3d(around, undefined, 'int32'), tensor2d(present, undefined, 'int32')];
}
