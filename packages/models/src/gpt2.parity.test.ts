// GPT-2 against the numbers of the reference implementation.
import { fileURLToPath } from 'node:url';
import { expectClose, goldenCase, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { decoderParity, expectTensor, referenceModel } from './__fixtures__/decoder-parity.ts';
import { type GPT2, gpt2 } from './gpt2.ts';

// A copy of goldens/gpt2/lm: huggingface/transformers at the commit that meta.json names, tiny random weights.
const golden = goldenCase(fileURLToPath(new URL('__fixtures__/gpt2-lm', import.meta.url)));

const reference = (): GPT2 => referenceModel(gpt2, golden);

const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');
const inputs = golden.json('inputs.json') as { input_ids: number[][] };
const leftpad = golden.json('leftpad.json') as {
  input_ids: number[][];
  attention_mask: number[][];
  position_ids: number[][];
};

const numbers = golden.tensors('golden.safetensors');

const matches = (name: string, actual: Tensor): void => expectTensor(name, actual, numbers);

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  for (const { name, run } of decoderParity(gpt2, golden)) test(name, run);

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
