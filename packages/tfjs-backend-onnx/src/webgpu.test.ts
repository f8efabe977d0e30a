import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { tinyGpt, trainStep } from './__fixtures__/tiny-gpt.ts';
import { onnxBackend } from './index.ts';
import { providerOptions } from './runtime/provider-options.ts';

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
        for (let step = 0; step < 3; step++) losses[provider].push(trainStep(model, moments, step));
        const before = onnxBackend().statistics;
        const { numTensors } = tf.memory();
        for (let step = 3; step < 5; step++) losses[provider].push(trainStep(model, moments, step));
        const after = onnxBackend().statistics;
        expect(after.sessionBuilds).toBe(before.sessionBuilds);
        expect(tf.memory().numTensors).toBe(numTensors);
        // Loss and norm come from the device; the batch, and constants that tfjs makes, go there.
        const [there, back] = [
          after.bytesToDevice - before.bytesToDevice,
          after.bytesFromDevice - before.bytesFromDevice,
        ];
        expect(back / 2).toBe(provider === 'webgpu' ? 8 : 0);
        expect(there / 2).toBeLessThan((4 * weights) / 3);
      });
    }
    losses.cpu.forEach((loss, step) => {
      expect(Math.abs(loss - losses.webgpu[step]!)).toBeLessThan(1e-5);
    });
  }, 240_000); // a software driver compiles a shader for every operator

  test('agrees with cpu on operators that the provider lacks or gets wrong', async () => {
    const numbers = (shape: number[], seed: number): tf.Tensor =>
      tf.tensor(
        Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(i * seed)),
        shape,
      );
    const compute = (): Record<string, tf.Tensor> => {
      const [a, b] = [numbers([3, 4], 1.1), numbers([5, 4], 1.3)] as [tf.Tensor2D, tf.Tensor2D];
      const image = numbers([1, 4, 4, 2], 1.7) as tf.Tensor4D;
      const filter = numbers([3, 3, 2, 2], 0.7) as tf.Tensor4D;
      const large = tf.mul(a, 100);
      return {
        transposedB: tf.matMul(a, b, false, true),
        transposedA: tf.matMul(a, a, true),
        batched: tf.matMul(numbers([2, 3, 4], 1), numbers([2, 5, 4], 2), false, true),
        batchedLeft: tf.matMul(numbers([2, 4, 3], 1), numbers([2, 4, 5], 2), true),
        logSoftmax: tf.logSoftmax(large),
        pooled: tf.grad((x) => tf.sum(tf.square(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))))(image),
        depthwise: tf.grad((x) => tf.sum(tf.square(tf.depthwiseConv2d(x as tf.Tensor4D, filter, 1, 'same'))))(
          image,
        ),
        rows: tf.grad((x) => tf.sum(tf.square(tf.gather(x, tf.tensor1d([0, 2, 0], 'int32')))))(a),
        either: tf.cast(tf.logicalOr(tf.greater(a, 0.5), tf.less(a, -0.5)), 'int32'),
        largest: tf.argMax(a, 1),
      };
    };
    const expected = new Map<string, ArrayLike<number>>();
    await on('cpu', () => {
      for (const [name, tensor] of Object.entries(compute())) expected.set(name, tensor.dataSync());
    });
    await on('webgpu', () => {
      for (const [name, tensor] of Object.entries(compute())) {
        tensor.dataSync().forEach((number, i) => {
          expect(Math.abs(number - expected.get(name)![i]!), `${name} ${i}`).toBeLessThan(1e-4);
        });
      }
    });
  });

  test('what is read again and again moves to the device once, and comes back when the provider changes', async () => {
    const weights = tf.tensor1d(new Float32Array(1000).fill(2));
    let kept = tf.scalar(0) as tf.Tensor;
    await on('webgpu', () => {
      const use = (): number => {
        const { bytesToDevice } = onnxBackend().statistics;
        tf.tidy(() => tf.sum(tf.mul(weights, 3)).dataSync());
        return onnxBackend().statistics.bytesToDevice - bytesToDevice;
      };
      expect([use(), use(), use(), use()]).toEqual([4000, 4000, 0, 0]);
      kept = tf.keep(tf.mul(weights, 4));
      tf.sum(kept).dataSync();
    });
    expect(kept.dataSync()[999]).toBe(8);
    tf.dispose([weights, kept]);
  });
});

describe('a machine without the provider', () => {
  test('is told what is missing and what to do', () => {
    const description = onnxBackend().description;
    // onnxruntime-node has no CUDA without a download from outside of the registry.
    expect(() => onnxBackend().configure({ provider: 'cuda' })).toThrow(
      /^onnx backend: expected a machine that runs ONNX Runtime 1\.30\.0, native, cuda, got: .+\. CUDA needs Linux on x64, an NVIDIA card/,
    );
    expect(onnxBackend().description).toBe(description);
    expect(onnxBackend().options.provider).toBe('cpu');
  });

  test('names are checked', () => {
    expect(() => onnxBackend().configure({ provider: 'metal' as 'cpu' })).toThrow(
      'expected the provider to be one of cpu, webgpu, cuda, got metal. ' +
        'Choose one by configure({ provider }) or the environment variable TENON_ONNX_PROVIDER.',
    );
  });

  test('sessions are told the provider, what stays on the device and what it shall leave alone', () => {
    const model = { bytes: new Uint8Array(), onDevice: [], onCpu: [] };
    expect(providerOptions('cpu', 'cpu', model)).toEqual({ executionProviders: ['cpu'] });
    expect(providerOptions('cuda', 'cpu', model)).toEqual({ executionProviders: ['cuda', 'cpu'] });
    expect(providerOptions('webgpu', 'wasm', { ...model, onDevice: ['y'], onCpu: ['a#1'] })).toEqual({
      executionProviders: [{ name: 'webgpu', forceCpuNodeNames: ['a#1'] }, 'wasm'],
      preferredOutputLocation: { y: 'gpu-buffer' },
    });
  });
});
