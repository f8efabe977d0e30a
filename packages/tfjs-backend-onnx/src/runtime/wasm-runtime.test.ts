import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { tinyGpt, trainStep } from '../__fixtures__/tiny-gpt.ts';
import { onnxBackend } from '../index.ts';

test('without the native library the backend trains on WebAssembly, and says so in one line', async () => {
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [path('../../../../scripts/run.mjs'), path('../__fixtures__/train-without-library.ts')],
    { encoding: 'utf8' },
  );
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^onnx backend: expected onnxruntime-node 1\.30\.0 with a native library for .*Run `npm install onnxruntime-node@1\.30\.0`.*Until then it runs on WebAssembly/,
    ),
  ]);
  expect(status).toBe(0);
  const run = JSON.parse(stdout) as Record<string, unknown> & { losses: number[] };
  expect(run).toMatchObject({ leaked: 0, distinct: [2, 6, 4], fallbacks: ['Unique'], worker: 'undefined' });
  expect(run['refused']).toEqual([
    expect.stringContaining('expected provider cpu, got webgpu: ONNX Runtime in WebAssembly'),
    expect.stringMatching(/could not run the tfjs kernel GatherV2.*out of data bounds/s),
  ]);
  expect(run['description']).toMatch(/^ONNX Runtime in WebAssembly \(onnxruntime-web\), \d+ threads?$/);

  await tf.setBackend('onnx');
  expect(onnxBackend().description).toBe('ONNX Runtime 1.30.0, native');
  const model = tinyGpt();
  const moments = new Map<string, tf.Variable[]>();
  run.losses.forEach((loss, step) => {
    expect(Math.abs(loss - trainStep(model, moments, step))).toBeLessThan(1e-5);
  });
}, 240_000); // a process of its own, which compiles TypeScript
