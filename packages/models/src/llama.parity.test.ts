// Llama against the numbers of the reference implementation.
import { fileURLToPath } from 'node:url';
import { goldenCase, selectBackend, testBackends } from '@tenon/testing';
import { beforeAll, describe, test } from 'vitest';
import { decoderParity } from './__fixtures__/decoder-parity.ts';
import { llama } from './llama.ts';

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  // Made for this test by Hugging Face's LlamaForCausalLM (meta.json names the versions), with tiny random weights.
  describe.each(['llama-plain', 'llama-tied-scaled'])('%s', (name) => {
    const golden = goldenCase(fileURLToPath(new URL(`__fixtures__/${name}`, import.meta.url)));
    for (const { name, run } of decoderParity(llama, golden)) test(name, run);
  });
});
