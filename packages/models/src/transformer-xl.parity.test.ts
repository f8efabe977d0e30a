// Transformer-XL against the numbers of the original implementation. T time, B batch, C channels.
import { fileURLToPath } from 'node:url';
import { type StateDict, storedTensor } from '@tenon/core';
import { expectClose, goldenCase, namedGradients, selectBackend, testBackends } from '@tenon/testing';
import {
  addN,
  logSoftmax,
  mean,
  type Rank,
  reshape,
  type Scalar,
  slice,
  type Tensor,
  type Tensor2D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type TransformerXL, transformerXL } from './transformer-xl.ts';

// A copy of goldens/transfo_xl/cutoffs2_div2_tieprojs: kimiyoung/transformer-xl at the commit that meta.json names, tiny random weights.
const golden = goldenCase(fileURLToPath(new URL('__fixtures__/transformer-xl-clusters', import.meta.url)));
const numbers = golden.tensors('golden.safetensors');
const stream = (golden.json('inputs.json') as { stream_time_major: number[][] }).stream_time_major;
const meta = golden.json('meta.json') as {
  segment_losses: number[];
  loss: number;
  cross_check_hf46: { hf_segment_losses: number[] };
};
const T = 6;
const SEGMENTS = [0, 1, 2];

/** The checkpoint's names without the prefix of the backbone. */
const weights: StateDict = new Map(
  [...golden.tensors('model.safetensors')].map(([name, { shape, values }]) => [
    name.replace(/^transformer\./, ''),
    storedTensor(values as Float32Array, shape),
  ]),
);

function reference(clusterOrder: 'original' | 'huggingFace' = 'original'): TransformerXL {
  const config = { ...transformerXL.parseConfig(golden.json('config.json')), clusterOrder };
  const model = transformerXL(config);
  model.loadStateDict(transformerXL.sanitize!(weights, config));
  return model;
}

/** int32 [B, T] from the stream, which has the time first. */
const rows = (start: number): Tensor2D =>
  transpose(tensor2d(stream.slice(start, start + T), undefined, 'int32'));

/** −log p of a segment's targets, [B, T]. */
function nllOf(model: TransformerXL, lastHidden: Tensor, segment: number): Tensor2D {
  const flat = reshape<Rank.R2>(lastHidden, [-1, model.hiddenSize]);
  const targets = rows(segment * T + 1);
  const nll = model.scorer.negativeLogLikelihood(flat, reshape<Rank.R1>(targets, [targets.size]));
  return reshape(nll, targets.shape);
}

/** The mean loss of every segment, the memory going on from one to the next. */
function losses(model: TransformerXL): Scalar[] {
  using state = model.initialState(3);
  return SEGMENTS.map((segment) => {
    const { lastHidden } = model.encode({ inputIds: rows(segment * T) }, { state });
    return mean(nllOf(model, lastHidden, segment));
  });
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('hidden states, memories, losses and log-probabilities of every segment', () => {
    using model = reference();
    using state = model.initialState(3);
    const matches = (name: string, actual: Tensor): void => {
      const timeFirst = transpose(actual, [1, 0, ...actual.shape.map((_, axis) => axis).slice(2)]);
      expect(timeFirst.shape).toEqual(numbers.get(name)!.shape);
      expectClose(name, timeFirst.dataSync(), numbers.get(name)!.values);
    };
    tidy(() => {
      for (const s of SEGMENTS) {
        const options = { state, hiddenStates: true };
        const { lastHidden, hiddenStates } = model.encode({ inputIds: rows(s * T) }, options);
        for (const [i, states] of hiddenStates!.entries()) matches(`seg${s}.hidden.${i}`, states);
        matches(`seg${s}.nll`, nllOf(model, lastHidden, s));
        matches(`seg${s}.logprobs`, logSoftmax(model.scorer.logits(lastHidden)));
        for (const layer of [0, 1, 2]) {
          const remembered = Math.min(state.length, 8);
          matches(`seg${s}.mems.${layer}`, slice(state.read(layer), [0, 8 - remembered, 0]));
        }
      }
    });
  });

  test('losses in both orders of the clusters', () => {
    for (const [order, expected] of [
      ['original', meta.segment_losses],
      ['huggingFace', meta.cross_check_hf46.hf_segment_losses],
    ] as const) {
      using model = reference(order);
      tidy(() => {
        const actual = losses(model).map((loss) => loss.dataSync()[0]!);
        expectClose(order, actual, expected, { absolute: 1e-6, relative: 1e-5 });
      });
    }
  });

  test('the gradient of every parameter', () => {
    using model = reference();
    const expected = golden.tensors('grads.safetensors');
    const gradients = namedGradients(model, () => tidy(() => addN(losses(model)) as Scalar));
    expect(gradients.size).toBe(expected.size);
    for (const [name, gradient] of gradients) {
      const key = name.startsWith('crit.') ? name : `transformer.${name}`;
      expectClose(key, gradient.dataSync(), expected.get(key)!.values);
      gradient.dispose();
    }
  });
});
