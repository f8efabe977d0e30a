// GPT-2 against the numbers of the reference implementation.
import { fileURLToPath } from 'node:url';
import { type StateDict, storedTensor } from '@tenon/core';
import {
  expectClose,
  type GoldenTensors,
  goldenCase,
  namedGradients,
  selectBackend,
  testBackends,
} from '@tenon/testing';
import {
  div,
  type Rank,
  reshape,
  type Scalar,
  sum,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GPT2, gpt2 } from './gpt2.ts';

// A copy of goldens/gpt2/lm: huggingface/transformers at the commit that meta.json names, tiny random weights.
const golden = goldenCase(fileURLToPath(new URL('__fixtures__/gpt2-lm', import.meta.url)));

function reference(): GPT2 {
  const model = gpt2(gpt2.parseConfig(golden.json('config.json')));
  model.loadStateDict(weightsOf(golden.tensors('model.safetensors')));
  return model;
}

function weightsOf(tensors: GoldenTensors): StateDict {
  return new Map(
    [...tensors].map(([name, { shape, values }]) => [
      name.replace('transformer.', ''),
      storedTensor(values as Float32Array, shape),
    ]),
  );
}

const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');
const inputs = golden.json('inputs.json') as { input_ids: number[][]; labels: number[][] };
const leftpad = golden.json('leftpad.json') as {
  input_ids: number[][];
  attention_mask: number[][];
  position_ids: number[][];
};

const numbers = golden.tensors('golden.safetensors');

function matches(name: string, actual: Tensor, expected: GoldenTensors = numbers): void {
  expect(actual.shape).toEqual(expected.get(name)!.shape);
  expectClose(name, actual.dataSync(), expected.get(name)!.values);
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('hidden states, attention weights and logits', () => {
    using model = reference();
    tidy(() => {
      const options = { hiddenStates: true, attentions: true };
      const encoded = model.encode({ inputIds: ids(inputs.input_ids) }, options);
      expect(encoded.hiddenStates).toHaveLength(4);
      for (const [i, states] of encoded.hiddenStates!.entries()) matches(`hidden_states.${i}`, states);
      for (const [i, weights] of encoded.attentions!.entries()) matches(`attentions.${i}`, weights);
      matches('logits', model.scorer.logits(encoded.lastHidden));
    });
  });

  test('loss and the gradient of every parameter', () => {
    using model = reference();
    const { loss } = golden.json('meta.json') as { loss: number };
    const grads = golden.tensors('grads.safetensors');
    const compute = (): Scalar => tidy(() => meanLoss(model));
    expectClose('loss', [tidy(() => compute().dataSync()[0]!)], [loss], { absolute: 1e-6, relative: 1e-5 });
    const gradients = namedGradients(model, compute);
    expect(gradients.size).toBe(grads.size);
    for (const [name, gradient] of gradients) {
      matches(`transformer.${name}`, gradient, grads);
      gradient.dispose();
    }
  });

  test('left padding', () => {
    using model = reference();
    const padded = golden.tensors('leftpad.safetensors');
    tidy(() => {
      const encoded = model.encode(
        {
          inputIds: ids(leftpad.input_ids),
          attentionMask: ids(leftpad.attention_mask),
          positionIds: ids(leftpad.position_ids),
        },
        { hiddenStates: true, attentions: true },
      );
      // Rows of padding differ by convention, so the real tokens' values are picked.
      const real = (values: ArrayLike<number>, size: number, heads = 1): number[] =>
        leftpad.attention_mask.flatMap((row, b) =>
          Array.from({ length: heads }, (_, head) => head).flatMap((head) =>
            row.flatMap((counts, t) => {
              const start = ((b * heads + head) * row.length + t) * size;
              return counts === 1 ? Array.from(values).slice(start, start + size) : [];
            }),
          ),
        );
      const realMatches = (name: string, actual: Tensor, size: number, heads?: number): void =>
        expectClose(name, real(actual.dataSync(), size, heads), real(padded.get(name)!.values, size, heads));
      for (const [i, states] of encoded.hiddenStates!.entries())
        realMatches(`hidden_states.${i}`, states, 32);
      for (const [i, weights] of encoded.attentions!.entries())
        realMatches(`attentions.${i}`, weights, 11, 4);
      realMatches('logits', model.scorer.logits(encoded.lastHidden), 89);
      expect(encoded.lastHidden.dataSync().every(Number.isFinite)).toBe(true);
    });
  });

  test('keys and values in the cache, from a first pass and the tokens after', () => {
    using model = reference();
    using state = model.initialState(4, 20);
    tidy(() => {
      const columns = (from: number, to: number) => ids(inputs.input_ids.map((row) => row.slice(from, to)));
      model.encode({ inputIds: columns(0, 14) }, { state });
      model.encode({ inputIds: columns(14, 15) }, { state });
      const { lastHidden } = model.encode({ inputIds: columns(15, 16) }, { state });
      const last = numbers.get('hidden_states.3')!.values;
      const expected = [0, 1, 2, 3].flatMap((b) => [...last.slice((b * 16 + 15) * 32, (b * 16 + 16) * 32)]);
      expectClose('last token', lastHidden.dataSync(), expected);
      for (let layer = 0; layer < 3; layer++) {
        const { keys, values } = state.read(layer);
        matches(`past.${layer}.key`, keys);
        matches(`past.${layer}.value`, values);
      }
    });
  });
});

/** The mean of −log p of each next token that has a label, in the layout of Hugging Face. */
function meanLoss(model: GPT2): Scalar {
  const targets = inputs.labels.flatMap((row) => [...row.slice(1), -100]);
  const { lastHidden } = model.encode({ inputIds: ids(inputs.input_ids) });
  const hidden = reshape<Rank.R2>(lastHidden, [targets.length, model.hiddenSize]);
  const nll = model.scorer.negativeLogLikelihood(hidden, tensor1d(targets, 'int32'));
  return div(sum(nll), targets.filter((target) => target >= 0).length);
}
