// GPT against the numbers of the reference implementation.
import { fileURLToPath } from 'node:url';
import { expectClose, goldenCase, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import { decoderParity, referenceModel } from './__fixtures__/decoder-parity.ts';
import { gpt } from './gpt.ts';

// A copy of goldens/gpt/lm: huggingface/transformers at the commit that meta.json names, tiny random weights.
const golden = goldenCase(fileURLToPath(new URL('__fixtures__/gpt-lm', import.meta.url)));

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  for (const { name, run } of decoderParity(gpt, golden)) test(name, run);

  test('the last token by the cache, from a first pass and the tokens after', () => {
    using model = referenceModel(gpt, golden);
    using state = model.initialState(4, 16);
    const { input_ids } = golden.json('inputs.json') as { input_ids: number[][] };
    tidy(() => {
      const pieces = [
        [0, 10],
        [10, 15],
        [15, 16],
      ].map(([from, to]) => {
        const inputIds = tensor2d(
          input_ids.map((row) => row.slice(from, to)),
          undefined,
          'int32',
        );
        return model.encode({ inputIds }, { state }).lastHidden;
      });
      const last = golden.tensors('golden.safetensors').get('hidden_states.3')!.values;
      const expected = [0, 1, 2, 3].flatMap((b) => [...last.slice((b * 16 + 15) * 32, (b * 16 + 16) * 32)]);
      expectClose('last token', pieces.at(-1)!.dataSync(), expected);
    });
  });
});
