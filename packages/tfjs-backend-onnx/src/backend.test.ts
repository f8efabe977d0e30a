import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { onnxBackend } from './index.ts';
import { nativeRuntime } from './runtime/native-runtime.ts';

beforeEach(() => tf.setBackend('onnx'));

describe('the backend', () => {
  test('tensors move to another backend and back', async () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const lazy = tf.mul(x, 2);
    await tf.setBackend('cpu');
    const onCpu = tf.add(lazy, 1);
    expect([...onCpu.dataSync()]).toEqual([3, 5, 7, 9]);
    await tf.setBackend('onnx');
    expect([...tf.sub(onCpu, x).dataSync()]).toEqual([2, 3, 4, 5]);
    expect([...lazy.dataSync()]).toEqual([2, 4, 6, 8]);
    const z = tf.complex(tf.tensor1d([1]), tf.tensor1d([2]));
    await tf.setBackend('cpu');
    await tf.setBackend('onnx');
    expect([...z.dataSync()]).toEqual([1, 2]);
  });

  test('a cast that the cpu backend made without a copy keeps its type here', async () => {
    await tf.setBackend('cpu');
    const whole = tf.tensor1d([1, 4], 'int32');
    const cast = tf.cast(whole, 'float32');
    await tf.setBackend('onnx');
    expect([...tf.div(cast, 8).dataSync()]).toEqual([0.125, 0.5]);
    expect(tf.add(whole, whole).dtype).toBe('int32');
    expect(tf.abs(cast).dtype).toBe('float32');
  });

  test('data() and dataSync() agree, and what they give may be changed', async () => {
    const x = tf.exp(tf.tensor1d([0, 1]));
    const read = await x.data();
    read[0] = 100;
    expect(x.dataSync()[0]).toBe(1);
  });

  test('a tensor is a snapshot of the array it was made from', () => {
    const array = Float32Array.of(1, 2);
    const doubled = tf.mul(tf.tensor1d(array), 2);
    array.fill(50);
    expect([...doubled.dataSync()]).toEqual([2, 4]);
  });

  test('reading a disposed tensor fails, disposing twice does not', () => {
    const x = tf.add(tf.tensor1d([1]), 1);
    x.dispose();
    x.dispose();
    expect(() => x.dataSync()).toThrow('Tensor is disposed');
  });

  test('disposing of an input keeps what was recorded on it', () => {
    const x = tf.tensor1d([1, 2]);
    const y = tf.add(x, 1);
    x.dispose();
    const other = tf.tensor1d([7, 7]);
    expect([...y.dataSync()]).toEqual([2, 3]);
    expect([...other.dataSync()]).toEqual([7, 7]);
  });

  test('memory is bounded where data comes and goes and nothing runs', () => {
    const array = new Float32Array(2 ** 18);
    const before = onnxBackend().statistics;
    for (let i = 0; i < 300; i++) tf.tensor1d(array.subarray(i)).dispose();
    const after = onnxBackend().statistics;
    expect(after.runs).toBe(before.runs);
    expect(after.idleBytes).toBeGreaterThan(0);
    expect(after.idleBytes).toBeLessThan(200e6);
  });

  test('memory is bounded where what reads it is never asked for', () => {
    const { pendingBytes } = onnxBackend().options;
    onnxBackend().configure({ pendingBytes: 400_000 });
    const { runs } = onnxBackend().statistics;
    const sums = Array.from({ length: 6 }, (_, i) =>
      tf.tidy(() => tf.sum(tf.tensor1d(new Float32Array(25_000).fill(i)))),
    );
    expect(onnxBackend().statistics.runs).toBe(runs + 1);
    expect(sums.map((sum) => sum.dataSync()[0])).toEqual([0, 25_000, 50_000, 75_000, 100_000, 125_000]);
    tf.dispose(sums);
    onnxBackend().configure({ pendingBytes });
  });

  test('tf.time and tf.memory', async () => {
    let called = false;
    const timed = onnxBackend().time(() => {
      called = true;
    });
    expect(called).toBe(true);
    await timed;
    const { kernelMs } = await tf.time(() => tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])));
    expect(kernelMs).toBeGreaterThan(0);
    expect(tf.memory().unreliable).toBe(true);
  });

  test('NaN and infinity pass through', () => {
    const x = tf.tensor1d([Number.NaN, Infinity, -Infinity]);
    expect([...tf.add(x, 1).dataSync()]).toEqual([Number.NaN, Infinity, -Infinity]);
    expect(tf.sum(x).dataSync()[0]).toBeNaN();
  });

  test('an error of ONNX Runtime names the tfjs kernel and the shapes', () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const bad = tf.gather(x, tf.neg(tf.tensor1d([-5], 'int32')));
    expect(() => bad.dataSync()).toThrow(
      /could not run the tfjs kernel GatherV2 \(as Gather\(float32 \[2,2\], int32 \[1\]\) -> float32 \[1,2\]\).*out of data bounds/s,
    );
    bad.dispose();
    expect([...tf.add(x, 1).dataSync()]).toEqual([2, 3, 4, 5]);
  });

  test('so does an error when the graph is built', () => {
    const bad = tf.softmax(tf.scalar(1));
    expect(() => bad.dataSync()).toThrow(
      'could not run the tfjs kernel Softmax (as Softmax(float32 []) -> float32 [])',
    );
    bad.dispose();
  });

  test('options are checked', () => {
    expect(() => onnxBackend().configure({ threads: 0 })).toThrow(
      'expected threads to be a positive integer, got 0',
    );
    expect(() => onnxBackend().configure({ thread: 2 } as object)).toThrow(
      'expected an option among provider, threads, cachedSessions, pendingOperations, pendingBytes, got thread',
    );
  });
});

describe('without a usable ONNX Runtime', () => {
  test('a missing library is one clear error', () => {
    const missing = (path: string): never => {
      throw new Error(`Cannot find module '${path}'\nRequire stack: ...`);
    };
    expect(() => nativeRuntime('cpu', missing)).toThrow(
      /expected onnxruntime-node 1\.30\.0 with a native library for .*got: Cannot find module 'onnxruntime-node\/package\.json'\. Run `npm install/,
    );
  });

  test('another version is refused', () => {
    const modules: Record<string, unknown> = {
      'onnxruntime-node/package.json': { version: '1.29.0' },
      'onnxruntime-node/dist/binding.js': { initOrt() {} },
      'onnxruntime-node': {},
    };
    expect(() => nativeRuntime('cpu', (path) => modules[path])).toThrow(
      'expected onnxruntime-node 1.30.0, got 1.29.0',
    );
  });
});
