// BERT against the numbers of the reference implementation: what the model itself gives.
import { fileURLToPath } from 'node:url';
import { storedTensor } from '@tenon/core';
import { expectClose, goldenCase, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bert, bert } from './bert.ts';

// A copy of goldens/bert/pretraining: huggingface/transformers at the commit that meta.json names, tiny random weights.
// The scores of its heads, its loss and its gradients are compared in @tenon/heads.
const golden = goldenCase(fileURLToPath(new URL('__fixtures__/bert-pretraining', import.meta.url)));
const inputs = golden.json('inputs.json') as Record<string, number[][]>;
const ids = (name: string): Tensor2D => tensor2d(inputs[name]!, undefined, 'int32');

function reference(): Bert {
  const model = bert(bert.parseConfig(golden.json('config.json')));
  const weights = [...golden.tensors('model.safetensors')].filter(([name]) => name.startsWith(bert.prefix));
  model.loadStateDict(
    new Map(
      weights.map(([name, { shape, values }]) => [
        name.slice(bert.prefix.length),
        storedTensor(values as Float32Array, shape),
      ]),
    ),
  );
  return model;
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('hidden states, padding included, attention weights and the pooled output', () => {
    using model = reference();
    const numbers = golden.tensors('golden.safetensors');
    const matches = (name: string, actual: Tensor): void => {
      expect(actual.shape).toEqual(numbers.get(name)!.shape);
      expectClose(name, actual.dataSync(), numbers.get(name)!.values);
    };
    tidy(() => {
      const encoded = model.encode(
        {
          inputIds: ids('input_ids'),
          attentionMask: ids('attention_mask'),
          tokenTypeIds: ids('token_type_ids'),
        },
        { hiddenStates: true, attentions: true },
      );
      expect(encoded.hiddenStates).toHaveLength(4);
      for (const [i, states] of encoded.hiddenStates!.entries()) matches(`hidden_states.${i}`, states);
      for (const [i, weights] of encoded.attentions!.entries()) matches(`attentions.${i}`, weights);
      matches('pooler_output', encoded.pooled!);
    });
  });
});
