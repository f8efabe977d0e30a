import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OnnxBackend } from './backend.ts';
import { onnxBackend } from './index.ts';
import { register } from './register.ts';
import { expectFreeMemory } from './runtime/free-memory.ts';
import { nativeRuntime } from './runtime/native-runtime.ts';
import type { AsynchronousRuntime, Fetches, SynchronousRuntime } from './runtime/runtime.ts';

beforeEach(async () => {
  await tf.setBackend('onnx');
  tf.engine().startScope();
});
afterEach(() => tf.engine().endScope());

/** Rows of a matrix of two, picked by an index that only the graph knows. */
function picked(index: number): tf.Tensor {
  const indices = tf.add(tf.tensor1d([index - 1], 'int32'), tf.scalar(1, 'int32'));
  return tf.gather(tf.tensor2d([1, 2, 3, 4], [2, 2]), indices);
}

describe('what cannot be computed', () => {
  test('fails when it is read, each time, and so does what depends on it', () => {
    const bad = picked(5);
    const worse = tf.mul(bad, 2);
    for (const tensor of [bad, worse, bad, worse]) {
      expect(() => tensor.dataSync()).toThrow(
        /could not run the tfjs kernel GatherV2 \(as Gather\(float32 \[2,2\], int32 \[1\]\) -> float32 \[1,2\]\)/,
      );
    }
    expect(() => tf.add(worse, 1).dataSync()).toThrow('the tfjs kernel GatherV2');
  });

  test('leaves alone what does not depend on it', () => {
    const before = tf.mul(tf.tensor1d([1, 2]), 3);
    const bad = picked(5);
    const after = tf.sum(tf.exp(tf.tensor1d([0, 0])));
    const alsoBad = picked(-7);
    expect([...before.dataSync()]).toEqual([3, 6]);
    expect(after.dataSync()[0]).toBe(2);
    expect(() => bad.dataSync()).toThrow('idx=5');
    expect(() => alsoBad.dataSync()).toThrow('GatherV2');
    expect([...picked(1).dataSync()]).toEqual([3, 4]);
  });

  test('is not run a second time', () => {
    const bad = picked(5);
    expect(() => bad.dataSync()).toThrow('GatherV2');
    const { runs, runMs } = onnxBackend().statistics;
    expect(() => bad.dataSync()).toThrow('GatherV2');
    expect(onnxBackend().statistics).toMatchObject({ runs, runMs });
  });

  test('takes nothing away that others read, though these are computed at a second try', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const sums = [1, 2, 3].map((factor) => tf.add(tf.mul(x, factor), tf.exp(tf.zeros([3]))));
    const bad = picked(9);
    x.dispose();
    expect(sums.map((sum) => [...sum.dataSync()])).toEqual([
      [2, 3, 4],
      [3, 5, 7],
      [4, 7, 10],
    ]);
    expect(() => bad.dataSync()).toThrow('GatherV2');
  });

  test('fails in a kernel that falls back, which goes on with other tensors', () => {
    const bad = picked(5);
    expect(() => tf.cumprod(tf.reshape(bad, [2]))).toThrow('the tfjs kernel GatherV2');
    expect([...tf.cumprod(tf.tensor1d([1, 2])).dataSync()]).toEqual([1, 2]);
  });

  test('fails with data() and in tf.time too', async () => {
    await expect(picked(5).data()).rejects.toThrow('the tfjs kernel GatherV2');
    await tf.time(() => picked(5));
    expect([...picked(1).dataSync()]).toEqual([3, 4]);
  });
});

describe('memory that is not there is an error', () => {
  const size = 2 ** 19; // squared and times four bytes: 1 TB
  const column = (): tf.Tensor2D => tf.reshape(tf.range(0, size), [size, 1]);

  test('for an output', () => {
    const huge = tf.matMul(column(), tf.ones([1, size]));
    const small = tf.add(tf.ones([2]), 1);
    expect(() => huge.dataSync()).toThrow(
      /the tfjs kernel BatchMatMul \(as MatMul\(float32 \[524288,1\], float32 \[1,524288\]\) -> float32 \[524288,524288\]\)\. Got: expected 1099\.5 GB of free memory, got .* GB\. Dispose of tensors/,
    );
    expect([...small.dataSync()]).toEqual([2, 2]);
  });

  test('for a value inside a graph', () => {
    const sum = tf.tidy(() => tf.sum(tf.matMul(column(), tf.ones([1, size]))));
    expect(() => sum.dataSync()).toThrow('expected 1099.5 GB of free memory');
    expect([...tf.add(tf.ones([2]), 1).dataSync()]).toEqual([2, 2]);
  });

  test('for a tensor filled with a number', () => {
    const huge = tf.fill([size, size], 1);
    expect(() => huge.dataSync()).toThrow('expected 1099.5 GB of free memory');
  });

  test('is looked for again after what can be freed is free', () => {
    let freed = false;
    expect(() =>
      expectFreeMemory(1e15, () => {
        freed = true;
      }),
    ).toThrow(/^expected 1000000\.0 GB of free memory, got/);
    expect(freed).toBe(true);
    expectFreeMemory(1, () => expect.unreachable());
  });
});

describe('an error that names no operation', () => {
  const native = nativeRuntime('cpu');
  /** Fails wherever three numbers are asked for. */
  const refuseThree = (fetches: Fetches): void => {
    if (Object.values(fetches).some((tensor) => String(tensor?.dims) === '3'))
      throw new Error('no threes today');
  };
  const synchronous: SynchronousRuntime = {
    ...native,
    build(model, options) {
      const session = native.build(model, options);
      return {
        run(feeds, fetches) {
          refuseThree(fetches);
          return session.run(feeds, fetches);
        },
        dispose: () => session.dispose(),
      };
    },
  };
  const asynchronous: AsynchronousRuntime = {
    ...native,
    synchronous: false,
    build: async (model, options) => {
      const session = synchronous.build(model, options);
      return { run: async (feeds, fetches) => session.run(feeds, fetches), dispose: () => session.dispose() };
    },
  };

  test.each([
    ['synchronously', synchronous],
    ['asynchronously', asynchronous],
  ])('is narrowed down to the tensor that it belongs to, %s', async (name, runtime) => {
    register(name, () => new OnnxBackend(runtime, 1));
    await tf.setBackend(name);
    const tensors = [1, 2, 3, 4, 5].map((size) => {
      // What is read is gone by then, and stays where it is until all has been tried.
      const x = tf.range(0, size);
      const sum = tf.add(tf.mul(x, 2), 1);
      x.dispose();
      return sum;
    });
    for (const [index, tensor] of tensors.entries()) {
      if (index === 2)
        await expect(tensor.data()).rejects.toThrow(
          'could not run a graph of 2 operations recorded by Multiply, Add. Got: no threes today',
        );
      else expect([...(await tensor.data())]).toEqual([1, 3, 5, 7, 9].slice(0, index + 1));
    }
    await tf.setBackend('onnx');
    tf.removeBackend(name);
  });
});
