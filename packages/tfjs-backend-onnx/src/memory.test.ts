import './index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostOperation } from './graph/host-operation.ts';
import { compile, onnxBackend } from './index.ts';

// Who may write which memory when: what one part of the engine frees or changes, others may still want to read.

beforeEach(async () => {
  await tf.setBackend('onnx');
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

/** A size of its own for each test, so that the memory it frees is the memory it gets. */
let size = 2000;
beforeEach(() => {
  size++;
});

const numbers = (x: tf.Tensor): number[] => [...x.dataSync()];
const counting = (from = 0): tf.Tensor1D => tf.range(from, from + size);

/** Fails where two of several new tensors share memory. */
function expectMemoryOfTheirOwn(): void {
  const tensors = [1, 2, 3, 4, 5].map((value) => tf.fill([size], value));
  tf.addN(tensors).dataSync();
  const memories = tensors.map((tensor) => onnxBackend().memoryOf(tensor).array!.buffer);
  expect(new Set(memories).size).toBe(5);
  expect(tensors.map((tensor) => tensor.dataSync()[0])).toEqual([1, 2, 3, 4, 5]);
}

/** x plus its numbers in reverse, in x' memory where that is possible. */
function addReversed(x: tf.Tensor): tf.Tensor {
  const value = onnxBackend().value(x);
  const [sum] = hostOperation({
    type: 'AddReversed',
    attributes: {},
    inputs: [value, value],
    outputs: [{ shape: x.shape, type: 'float32' }],
    inPlace: [0],
    run([, other], [out]) {
      const count = out!.length;
      for (let i = 0; i < count; i++) out![i]! += other![count - 1 - i]!;
    },
  });
  return tf.engine().makeTensorFromTensorInfo(onnxBackend().adopt(sum!));
}

/** x + 1 on the host. */
function addOne(x: tf.Tensor): tf.Tensor {
  const [sum] = hostOperation({
    type: 'AddOne',
    attributes: {},
    inputs: [onnxBackend().value(x)],
    outputs: [{ shape: x.shape, type: 'float32' }],
    inPlace: [null],
    run([from], [out]) {
      for (let i = 0; i < out!.length; i++) out![i] = from![i]! + 1;
    },
  });
  return tf.engine().makeTensorFromTensorInfo(onnxBackend().adopt(sum!));
}

function adamW(parameter: tf.Tensor, first: tf.Tensor, second: tf.Tensor): tf.Tensor[] {
  const inputs = {
    parameter,
    firstMoment: first,
    secondMoment: second,
    gradient: tf.onesLike(parameter),
    scale: tf.scalar(1),
  };
  const attrs = {
    learningRate: 0.5,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    biasCorrection1: 0.1,
    biasCorrection2: 0.001,
  };
  return tf.engine().runKernel('TenonAdamWUpdate', inputs, attrs) as tf.Tensor[];
}

describe('host operations', () => {
  test('read the rows of a tensor that were cut out of it, not its first ones', () => {
    const table = tf.range(0, 12);
    const plus = tf.tidy(() => addOne(tf.slice(table, [4], [3])));
    expect(numbers(plus)).toEqual([5, 6, 7]);
  });

  test('do not work in place on what they read under another name', () => {
    const x = tf.tidy(() => addReversed(tf.sqrt(tf.tensor1d([1, 4, 9, 16]))));
    expect(numbers(x)).toEqual([5, 5, 5, 5]);
    const f = compile((y: tf.Tensor) => addReversed(tf.sqrt(y)));
    for (let i = 0; i < 3; i++) expect(numbers(f(tf.tensor1d([1, 4, 9, 16])))).toEqual([5, 5, 5, 5]);
    f.dispose();
  });

  test('stand beside rows that are joined in memory', () => {
    const x = tf.tensor2d([[1, 2]]);
    const joined = tf.tidy(() =>
      tf.concat([tf.neg(x), tf.square(addOne(tf.exp(tf.sub(x, x))) as tf.Tensor2D)]),
    );
    expect(numbers(joined)).toEqual([-1, -2, 4, 4]);
    const both = [tf.tidy(() => tf.concat([tf.neg(x), tf.square(x)])), addOne(tf.neg(x))] as const;
    expect(numbers(both[0])).toEqual([-1, -2, 1, 4]);
    expect(numbers(both[1])).toEqual([0, -1]);
  });
});

describe('memory', () => {
  test('that lost its last holder twice is lent once', () => {
    const x = tf.tensor2d(Float32Array.from({ length: size }, Math.sqrt), [size, 1]);
    const wide = tf.tensor2d(Float32Array.from({ length: size * 2 }, Math.sqrt), [size, 2]);
    const other = tf.neg(x);
    const transposed = tf.transpose(wide);
    wide.dispose();
    const back = tf.transpose(transposed);
    back.dispose();
    transposed.dispose();
    other.dataSync();
    size *= 2;
    expectMemoryOfTheirOwn();
  });

  test('that a recording let go of twice is lent once', () => {
    const f = compile((x: tf.Tensor) => {
      const wide = tf.tensor2d(Float32Array.from({ length: size }, Math.sqrt), [size / 2, 2]);
      const transposed = tf.transpose(wide);
      wide.dispose();
      tf.transpose(transposed).dispose();
      return tf.neg(x);
    });
    size *= 2;
    f(tf.scalar(1));
    expectMemoryOfTheirOwn();
    f.dispose();
  });

  test('of an argument that is computed for the call stays the argument', () => {
    const f = compile((x: tf.Tensor) => tf.add(addOne(tf.mul(x, 0)), x));
    for (let i = 0; i < 3; i++) {
      const argument = tf.tidy(() => tf.reshape(addOne(counting()), [size, 1]));
      expect(numbers(f(argument)).slice(0, 3)).toEqual([2, 3, 4]);
    }
    f.dispose();
  });
});

describe('a compiled step', () => {
  test('gives back what a variable held before it assigned another value', () => {
    const v = tf.variable(counting());
    const f = compile(() => {
      const before = tf.clone(v);
      v.assign(tf.add(v, 1) as tf.Tensor1D);
      return before;
    });
    const results = [0, 1, 2, 3, 4].map(() => f());
    expect(results.map((result) => result.dataSync()[0])).toEqual([0, 1, 2, 3, 4]);
    expectMemoryOfTheirOwn();
    expect(results.map((result) => result.dataSync()[0])).toEqual([0, 1, 2, 3, 4]);
    f.dispose();
  });

  test('updates in place and assigns what it made of that', () => {
    const [p, m, v] = [counting(), tf.zeros([size]), tf.zeros([size])].map((x) => tf.variable(x));
    const f = compile(() => {
      const [p2, m2, v2] = adamW(p!, m!, v!);
      p!.assign(tf.mul(p2!, 2));
      m!.assign(m2!);
      v!.assign(v2!);
    });
    for (let i = 0; i < 5; i++) {
      f();
      expectMemoryOfTheirOwn();
    }
    expect(new Set([p!, m!, v!].map((x) => onnxBackend().memoryOf(x))).size).toBe(3);
    const atZero = p!.dataSync()[0]!;
    const copy = numbers(p!);
    expectMemoryOfTheirOwn();
    expect(numbers(p!)).toEqual(copy);
    expect(atZero).toBeLessThan(0);
    f.dispose();
  });

  test('updates in place after what was recorded before it has read the old numbers', () => {
    const [p, m, v] = [counting(), tf.zeros([size]), tf.zeros([size])].map((x) => tf.variable(x));
    const f = compile(() => {
      const row = tf.slice(p! as tf.Tensor1D, [1], [2]);
      const updated = adamW(p!, m!, v!);
      [p!, m!, v!].forEach((variable, i) => {
        variable.assign(updated[i]!);
      });
      return row;
    });
    for (let i = 0; i < 7; i++) {
      const before = p!.dataSync().slice(1, 3);
      const outside = tf.tidy(() => tf.slice(p! as tf.Tensor1D, [1], [2]));
      const inside = f();
      expect(numbers(outside)).toEqual([...before]);
      expect(numbers(inside)).toEqual([...before]);
      expect(p!.dataSync()[1]).toBeLessThan(before[0]!);
    }
    f.dispose();
  });

  test('that fails after an update in place leaves the variable its memory', () => {
    const [p, m, v] = [counting(), tf.zeros([size]), tf.zeros([size])].map((x) => tf.variable(x));
    const f = compile((id: tf.Tensor1D) => {
      const updated = adamW(p!, m!, v!);
      const row = tf.gather(tf.mul(updated[0]!, 3), id);
      [p!, m!, v!].forEach((variable) => {
        variable.assign(tf.mul(variable, 1));
      });
      return row;
    });
    f(tf.tensor1d([0], 'int32'));
    for (let i = 0; i < 3; i++) {
      expect(() => f(tf.tensor1d([size], 'int32'))).toThrow('GatherV2');
      const kept = [p!, m!, v!].map(numbers);
      expectMemoryOfTheirOwn();
      expect([p!, m!, v!].map(numbers)).toEqual(kept);
    }
    f.dispose();
  });

  test('tells variables apart that began as one tensor', () => {
    const online = tf.variable(counting());
    const average = tf.variable(online as tf.Tensor1D);
    const f = compile(() => {
      online.assign(tf.add(online, 2) as tf.Tensor1D);
      average.assign(tf.add(tf.mul(average, 0.5), tf.mul(online, 0.5)) as tf.Tensor1D);
      return tf.add(average, online);
    });
    let [a, b] = [0, 0];
    for (let i = 0; i < 5; i++) {
      a += 2;
      b = (a + b) / 2;
      expect(f().dataSync()[0]).toBe(a + b);
      expect([online.dataSync()[0], average.dataSync()[0]]).toEqual([a, b]);
      if (i !== 2) continue;
      average.assign(online);
      b = a;
    }
    f.dispose();
  });

  test('lets kernels on the host read what they know, as often as they like', () => {
    const f = compile((x: tf.Tensor) => {
      const known = tf.add(tf.range(0, 4), 1);
      return tf.add(x, tf.add(tf.mod(known, 2), tf.mod(known, 3)));
    });
    for (let i = 0; i < 5; i++) expect(numbers(f(tf.scalar(i)))).toEqual([2 + i, 2 + i, 1 + i, 1 + i]);
    f.dispose();
  });

  test('is recorded anew on a backend that was made anew', async () => {
    const f = compile((x: tf.Tensor) => tf.add(x, tf.tensor1d([1, 2])));
    for (let i = 0; i < 2; i++) f(tf.scalar(1));
    const factory = tf.findBackendFactory('onnx');
    tf.removeBackend('onnx');
    tf.registerBackend('onnx', factory);
    await tf.setBackend('onnx');
    for (let i = 0; i < 3; i++) expect(numbers(f(tf.scalar(i)))).toEqual([1 + i, 2 + i]);
    expect(onnxBackend().statistics.runs).toBe(3);
    f.dispose();
  });
});
