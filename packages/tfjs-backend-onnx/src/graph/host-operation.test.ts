import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OnnxBackend } from '../backend.ts';
import { onnxBackend } from '../index.ts';
import { hostOperation } from './host-operation.ts';
import type { HostArray } from './value.ts';

beforeEach(async () => {
  await tf.setBackend('onnx');
  tf.engine().startScope();
});
afterEach(() => tf.engine().endScope());

/** How often each host operation ran, and on which memory. */
const calls: { name: string; memory: HostArray }[] = [];
beforeEach(() => {
  calls.length = 0;
});

/** x + amount on the host, in place where that is possible. */
function addOnHost(x: tf.Tensor, amount: number, name = 'add'): tf.Tensor {
  const backend: OnnxBackend = onnxBackend();
  const [sum] = hostOperation({
    type: name,
    attributes: { amount },
    inputs: [backend.value(x)],
    outputs: [{ shape: x.shape, type: 'float32' }],
    inPlace: [0],
    run(_, [out]) {
      calls.push({ name, memory: out! });
      out!.forEach((value, i) => {
        out![i] = value + amount;
      });
    },
  });
  return tf.engine().makeTensorFromTensorInfo(backend.adopt(sum!));
}

const runs = (): number => onnxBackend().statistics.runs;
const numbers = (x: tf.Tensor): number[] => [...x.dataSync()];
const vector = (): tf.Tensor1D => tf.tensor1d([1, 2, 3]);

describe('a host operation', () => {
  test('that reads leaves runs before the graph, in one session run', () => {
    const before = runs();
    expect(numbers(tf.mul(addOnHost(vector(), 1), tf.exp(tf.zeros([3]))))).toEqual([2, 3, 4]);
    expect(runs() - before).toBe(1);
  });

  test('that reads the graph runs after it; what depends on it is a second graph', () => {
    const x = vector();
    const first = runs();
    const after = addOnHost(tf.square(x), 1);
    expect(numbers(after)).toEqual([2, 5, 10]);
    expect(runs() - first).toBe(1);
    const second = runs();
    const [a, b] = [tf.mul(addOnHost(tf.square(x), 1), tf.add(x, 1)), tf.sub(x, 1)];
    expect(numbers(a)).toEqual([4, 15, 40]);
    expect(numbers(b)).toEqual([0, 1, 2]);
    expect(runs() - second).toBe(2);
  });

  test('alternates with graphs as often as the dependencies ask', () => {
    let x: tf.Tensor = vector();
    for (let i = 0; i < 4; i++) x = addOnHost(tf.mul(x, 2), i);
    const before = runs();
    expect(numbers(x)).toEqual([16 + 11, 32 + 11, 48 + 11]);
    expect(runs() - before).toBe(4);
  });

  test('works in place on what nobody else sees, and on a copy of all else', () => {
    const x = vector();
    x.dataSync();
    expect(numbers(addOnHost(x, 1))).toEqual([2, 3, 4]);
    expect(numbers(x)).toEqual([1, 2, 3]);

    const squares = tf.square(x);
    const [plusOne, doubled] = [addOnHost(squares, 1), tf.mul(squares, 2)];
    const plusTwo = addOnHost(squares, 2, 'other');
    squares.dispose();
    expect(numbers(plusOne)).toEqual([2, 5, 10]);
    expect(numbers(doubled)).toEqual([2, 8, 18]);
    expect(numbers(plusTwo)).toEqual([3, 6, 11]);

    const chain = tf.tidy(() => addOnHost(addOnHost(tf.sqrt(x), 1), 2));
    calls.length = 0;
    expect(chain.dataSync()[0]).toBe(4);
    expect(calls[0]!.memory).toBe(calls[1]!.memory);
  });

  test('a later graph that reads the old numbers keeps them', () => {
    const x = tf.sqrt(vector());
    const changed = addOnHost(x, 1);
    const late = tf.mul(x, addOnHost(tf.exp(changed), 0));
    x.dispose();
    expect(late.dataSync()[0]).toBeCloseTo(Math.exp(2), 4);
    expect(changed.dataSync()[0]).toBe(2);
  });

  test('indices of a type that never leaves a graph are made again where a second graph reads them', () => {
    const ids = tf.tensor1d([1, 0, 1], 'int32');
    const rows = (x: tf.Tensor): tf.Tensor =>
      tf.engine().runKernel('TenonEmbeddingGrad', { weight: tf.zeros([2, 1]), ids, dy: x });
    const dy = tf.sqrt(tf.tensor2d([[1], [4], [9]]));
    const first = rows(dy);
    const second = rows(addOnHost(dy, 1));
    expect([numbers(first), numbers(second)]).toEqual([
      [2, 4],
      [3, 6],
    ]);
  });

  test('takes over a dead memory that waits for the pool, once', () => {
    const x = tf.exp(tf.zeros([1001]));
    x.dataSync();
    const idle = onnxBackend().statistics.idleBytes;
    const y = addOnHost(x, 1);
    x.dispose();
    expect(y.dataSync()[1000]).toBe(2);
    expect(onnxBackend().statistics.idleBytes).toBe(idle);
    const [a, b] = [tf.exp(tf.ones([1001])), tf.exp(tf.ones([1001]))];
    expect(a.dataSync()[0]).toBeCloseTo(Math.E, 5);
    expect(b.dataSync()[0]).toBeCloseTo(Math.E, 5);
    expect(y.dataSync()[0]).toBe(2);
  });

  test('is recorded once for equal inputs and attributes', () => {
    const x = vector();
    const [a, b] = [addOnHost(x, 1), addOnHost(x, 1)];
    expect([...numbers(a), ...numbers(b)]).toEqual([2, 3, 4, 2, 3, 4]);
    expect(calls).toHaveLength(1);
  });

  test('leaves no memory behind from run to run', () => {
    const step = (): void => {
      tf.tidy(() => tf.sum(tf.mul(addOnHost(tf.square(tf.ones([4321])), 1), 2)).dataSync());
    };
    for (let i = 0; i < 12; i++) step();
    const idle = onnxBackend().statistics.idleBytes;
    for (let i = 0; i < 20; i++) step();
    expect(onnxBackend().statistics.idleBytes).toBe(idle);
  });

  test('that fails names its kernel, and says so at every read', () => {
    const backend = onnxBackend();
    const [broken] = hostOperation({
      type: 'Broken',
      attributes: {},
      inputs: [backend.value(vector())],
      outputs: [{ shape: [1], type: 'float32' }],
      inPlace: [null],
      run() {
        throw new Error('no such row');
      },
    });
    const x = tf.engine().makeTensorFromTensorInfo(backend.adopt(broken!));
    for (let i = 0; i < 2; i++) {
      expect(() => x.dataSync()).toThrow(
        '(as Broken(float32 [3]) -> float32 [1] on the host) failed. Got: no such row',
      );
    }
  });
});
