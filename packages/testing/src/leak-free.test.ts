import { scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { selectBackend } from './backends.ts';
import { leakFree } from './leak-free.ts';

beforeAll(() => selectBackend('cpu'));

test('passes what disposes of its tensors, and what is made once', async () => {
  let kept: Tensor | undefined;
  await leakFree(() => {
    kept ??= scalar(1);
    tidy(() => void scalar(2));
  });
  kept?.dispose();
});

test('counts what is left', async () => {
  const left: Tensor[] = [];
  const leaks = leakFree(async () => void left.push(scalar(1), scalar(2)));
  await expect(leaks).rejects.toThrow(
    'live tensors: expected as many after the work as before, got 2 more tensors and 2 more buffers. Dispose of them, or wrap the work in tidy.',
  );
  for (const tensor of left) tensor.dispose();
});
