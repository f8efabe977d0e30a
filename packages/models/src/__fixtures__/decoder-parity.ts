// What a decoder is compared by with a golden of Hugging Face's language model: GPT's and GPT-2's.
import { type Backbone, type BaseModel, type ModelSpec, type Scorer, storedTensor } from '@tenon/core';
import {
  type ContractCheck,
  expectClose,
  type GoldenCase,
  type GoldenTensors,
  namedGradients,
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
import { expect } from 'vitest';

/** The model with the golden's weights. */
export function referenceModel<Config, Model extends BaseModel>(
  spec: ModelSpec<Config, Model>,
  golden: GoldenCase,
): Model {
  const config = spec.parseConfig(golden.json('config.json'));
  const model = spec(config);
  const weights = [...golden.tensors('model.safetensors')].map(
    ([name, { shape, values }]) =>
      [name.replace(spec.prefix, ''), storedTensor(values as Float32Array, shape)] as const,
  );
  model.loadStateDict(spec.sanitize?.(new Map(weights), config) ?? new Map(weights));
  return model;
}

export function expectTensor(name: string, actual: Tensor, expected: GoldenTensors): void {
  expect(actual.shape).toEqual(expected.get(name)!.shape);
  expectClose(name, actual.dataSync(), expected.get(name)!.values);
}

/** Hidden states, attention weights, logits, the loss and every gradient. */
export function decoderParity<Config, Model extends Backbone & { readonly scorer: Scorer }>(
  spec: ModelSpec<Config, Model>,
  golden: GoldenCase,
): ContractCheck[] {
  const inputs = golden.json('inputs.json') as { input_ids: number[][]; labels: number[][] };
  return [
    {
      name: 'hidden states, attention weights and logits',
      run() {
        using model = referenceModel(spec, golden);
        const numbers = golden.tensors('golden.safetensors');
        tidy(() => {
          const inputIds = tensor2d(inputs.input_ids, undefined, 'int32');
          const encoded = model.encode({ inputIds }, { hiddenStates: true, attentions: true });
          const all = [
            ...encoded.hiddenStates!.map((states, i) => [`hidden_states.${i}`, states] as const),
            ...encoded.attentions!.map((weights, i) => [`attentions.${i}`, weights] as const),
            ['logits', model.scorer.logits(encoded.lastHidden)] as const,
          ];
          for (const [name, tensor] of all) expectTensor(name, tensor, numbers);
          expect(encoded.lastHidden.dataSync()).toEqual(encoded.hiddenStates!.at(-1)!.dataSync());
          const expected = [...numbers.keys()].filter((name) => !name.startsWith('past.'));
          expect(all.map(([name]) => name).sort()).toEqual(expected.sort());
        });
      },
    },
    {
      name: 'the loss and the gradient of every parameter',
      run() {
        using model = referenceModel(spec, golden);
        const { loss } = golden.json('meta.json') as { loss: number };
        const expected = golden.tensors('grads.safetensors');
        const compute = (): Scalar => tidy(() => meanLoss(model, inputs));
        const got = tidy(() => compute().dataSync());
        expectClose('loss', got, [loss], { absolute: 1e-6, relative: 1e-5 });
        const gradients = namedGradients(model, compute);
        expect(gradients.size).toBe(expected.size);
        for (const [name, gradient] of gradients) {
          expectTensor(expected.has(name) ? name : spec.prefix + name, gradient, expected);
          gradient.dispose();
        }
      },
    },
  ];
}

/** The mean of −log p of each next token that has a label, in the layout of Hugging Face. */
function meanLoss(
  model: Backbone & { readonly scorer: Scorer },
  inputs: { readonly input_ids: number[][]; readonly labels: number[][] },
): Scalar {
  const targets = inputs.labels.flatMap((row) => [...row.slice(1), -100]);
  const { lastHidden } = model.encode({ inputIds: tensor2d(inputs.input_ids, undefined, 'int32') });
  const hidden = reshape<Rank.R2>(lastHidden, [targets.length, model.hiddenSize]);
  const nll = model.scorer.negativeLogLikelihood(hidden, tensor1d(targets, 'int32'));
  return div(sum(nll), targets.filter((target) => target >= 0).length);
}
