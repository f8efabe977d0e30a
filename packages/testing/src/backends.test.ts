import { getBackend } from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';
import { selectBackend, testBackends } from './backends.ts';

afterEach(() => vi.unstubAllEnvs());

test('names onnx and cpu, or what the environment says', () => {
  vi.stubEnv('TENON_TEST_BACKENDS', undefined);
  expect(testBackends()).toEqual(['onnx', 'cpu']);
  vi.stubEnv('TENON_TEST_BACKENDS', 'wasm, cpu');
  expect(testBackends()).toEqual(['wasm', 'cpu']);
});

test('selects one', async () => {
  await selectBackend('cpu');
  expect(getBackend()).toBe('cpu');
  await expect(selectBackend('abacus')).rejects.toThrow('got abacus');
});
