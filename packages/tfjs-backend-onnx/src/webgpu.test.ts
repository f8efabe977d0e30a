import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { tinyGpt, trainStep } from './__fixtures__/tiny-gpt.ts';
import { onnxBackend } from './index.ts';

// Runs where there is a graphics driver, a software one included: CI starts the tests with SwiftShader.
await tf.setBackend('onnx');
const missing = ((): string => {
  try {
    onnxBackend().configure({ provider: 'webgpu' });
    onnxBackend().configure({ provider: 'cpu' });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
})();
if (missing) console.log(`webgpu.test.ts skips what runs on WebGPU. ${missing}`);

const on = async (provider: 'cpu' | 'webgpu', body: () => unknown): Promise<void> => {
  onnxBackend().configure({ provider });
  tf.engine().startScope();
  try {
    await body();
  } finally {
    tf.engine().endScope();
    onnxBackend().configure({ provider: 'cpu' });
  }
};

describe.skipIf(missing)('on WebGPU', () => {
  test('the backend says so', () =>
    on('webgpu', () => expect(onnxBackend().description).toBe('ONNX Runtime 1.30.0, native, webgpu')));

  test('training agrees with cpu, and parameters and moments stay on the device', async () => {
    const losses = { cpu: [] as number[], webgpu: [] as number[] };
    let weights = 0;
    for (const provider of ['cpu', 'webgpu'] as const) {
      await on(provider, () => {
        const model = tinyGpt();
        const moments = new Map<string, tf.Variable[]>();
        weights = Object.values(model.weights).reduce((size, { size: more }) => size + more, 0);
        for (let step = 0; step < 4; step++) losses[provider].push(trainStep(model, moments, step));
        const before = onnxBackend().statistics;
        const { numTensors } = tf.memory();
        for (let step = 4; step < 8; step++) losses[provider].push(trainStep(model, moments, step));
        const after = onnxBackend().statistics;
        expect(after.sessionBuilds).toBe(before.sessionBuilds);
        expect(tf.memory().numTensors).toBe(numTensors);
        // Loss and norm come from the device; the batch, and constants that tfjs makes, go there.
        const [there, back] = [
          after.bytesToDevice - before.bytesToDevice,
          after.bytesFromDevice - before.bytesFromDevice,
        ];
        expect(back / 4).toBe(provider === 'webgpu' ? 8 : 0);
        expect(there / 4).toBeLessThan((4 * weights) / 3);
      });
    }
    losses.cpu.forEach((loss, step) => {
      expect(Math.abs(loss - losses.webgpu[step]!)).toBeLessThan(1e-5);
    });
  });
});
