// The Transformer against the numbers of the reference implementation.
import { fileURLToPath } from 'node:url';
import { expectClose, goldenCase, namedGradients, selectBackend, testBackends } from '@tenon/testing';
import {
  div,
  type Rank,
  reshape,
  type Scalar,
  sum,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectTensor, referenceModel } from './__fixtures__/decoder-parity.ts';
import { type Transformer, transformer } from './transformer.ts';

// Made for this test by Hugging Face's MarianMTModel (meta.json names the versions), with tiny random weights.
const golden = goldenCase(fileURLToPath(new URL('__fixtures__/marian', import.meta.url)));
const inputs = golden.json('inputs.json') as Record<
  'input_ids' | 'attention_mask' | 'decoder_input_ids' | 'labels',
  number[][]
>;
const numbers = golden.tensors('golden.safetensors');
const ids = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');
const everything = { hiddenStates: true, attentions: true };

function read(model: Transformer) {
  const attentionMask = ids(inputs.attention_mask);
  return {
    attentionMask,
    encoded: model.encode({ inputIds: ids(inputs.input_ids), attentionMask }, everything),
  };
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('hidden states of both sides, attention to the source and logits', () => {
    using model = referenceModel(transformer, golden);
    tidy(() => {
      const { attentionMask, encoded } = read(model);
      const source = { hidden: encoded.lastHidden, attentionMask };
      const decoded = model.decode({ inputIds: ids(inputs.decoder_input_ids) }, source, everything);
      const all = [
        ...encoded.hiddenStates!.map((states, i) => [`encoder_hidden_states.${i}`, states] as const),
        ...decoded.hiddenStates!.map((states, i) => [`decoder_hidden_states.${i}`, states] as const),
        ...decoded.crossAttentions!.map((weights, i) => [`cross_attentions.${i}`, weights] as const),
        ['logits', model.scorer.logits(decoded.lastHidden)] as const,
      ];
      for (const [name, tensor] of all) expectTensor(name, tensor, numbers);
      expect(all.map(([name]) => name).sort()).toEqual([...numbers.keys()].sort());
    });
  });

  test('the last token by the state, from a first pass and the tokens after', () => {
    using model = referenceModel(transformer, golden);
    using state = model.initialState(3, 8);
    const { attentionMask, encoded } = read(model);
    const source = { hidden: encoded.lastHidden, attentionMask };
    const logits = [
      [0, 3],
      [3, 4],
      [4, 5],
    ].map(([from, to]) =>
      tidy(() => {
        const inputIds = ids(inputs.decoder_input_ids.map((row) => row.slice(from, to)));
        return model.scorer.logits(model.decode({ inputIds }, source, { state }).lastHidden).dataSync();
      }),
    );
    const all = numbers.get('logits')!.values;
    const expected = [0, 1, 2].flatMap((b) => [...all.slice((b * 5 + 4) * 23, (b * 5 + 5) * 23)]);
    expectClose('last token', logits.at(-1)!, expected);
  });

  test('the loss and the gradient of every parameter', () => {
    using model = referenceModel(transformer, golden);
    const { loss } = golden.json('meta.json') as { loss: number };
    const targets = inputs.labels.flat();
    const compute = (): Scalar =>
      tidy(() => {
        const { attentionMask, encoded } = read(model);
        const source = { hidden: encoded.lastHidden, attentionMask };
        const { lastHidden } = model.decode({ inputIds: ids(inputs.decoder_input_ids) }, source);
        const hidden = reshape<Rank.R2>(lastHidden, [targets.length, model.hiddenSize]);
        const nll = model.scorer.negativeLogLikelihood(hidden, tensor1d(targets, 'int32'));
        return div(sum(nll), targets.filter((target) => target >= 0).length);
      });
    expectClose(
      'loss',
      tidy(() => compute().dataSync()),
      [loss],
      { absolute: 1e-6, relative: 1e-5 },
    );
    const expected = golden.tensors('grads.safetensors');
    const compared: string[] = [];
    for (const [name, gradient] of namedGradients(model, compute)) {
      // The reference does not train the bias of the logits.
      if (name === 'final_logits_bias') expect(gradient.shape).toEqual([23]);
      else expectTensor(transformer.prefix + name, gradient, expected);
      compared.push(name);
      gradient.dispose();
    }
    expect(compared.length).toBe(expected.size + 1);
  });
});
