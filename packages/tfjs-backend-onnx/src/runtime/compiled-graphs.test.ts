import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unary } from '../graph/operations.ts';
import { schedule } from '../graph/schedule.ts';
import { leaf, newMemory } from '../graph/value.ts';
import { onnxBackend } from '../index.ts';
import { defaultOptions } from '../options.ts';
import { Executor } from './executor.ts';
import type { Model, SynchronousRuntime } from './runtime.ts';

beforeEach(async () => {
  await tf.setBackend('onnx');
  tf.engine().startScope();
});
afterEach(() => {
  onnxBackend().configure({ cachedSessions: 64 });
  tf.engine().endScope();
});

const builds = (): number => onnxBackend().statistics.sessionBuilds;

/** Runs `body` and tells how many sessions it built. */
function built(body: () => void): number {
  const before = builds();
  body();
  return builds() - before;
}

describe('sessions', () => {
  const affine = (x: tf.Tensor, scale: number): number => tf.sum(tf.mul(x, scale)).dataSync()[0]!;

  test('are found again by structure, whatever the numbers', () => {
    expect(built(() => affine(tf.tensor1d([1, 2, 3, 4, 5, 6, 7]), 2))).toBe(1);
    expect(built(() => expect(affine(tf.tensor1d([1, 1, 1, 1, 1, 1, 1]), 2)).toBe(14))).toBe(0);
    expect(built(() => affine(tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8]), 2))).toBe(1);
  });

  test('are rebuilt once for a scalar that changes', () => {
    const x = tf.ones([9]);
    expect(affine(x, 2)).toBe(18);
    expect(built(() => expect(affine(x, 3)).toBe(27))).toBe(1);
    expect(built(() => expect([4, 5, 2].map((scale) => affine(x, scale))).toEqual([36, 45, 18]))).toBe(0);
  });

  test('are rebuilt once for a slice that moves, and for bounds that change', () => {
    const x = tf.range(0, 20);
    const window = (begin: number): number[] => {
      const row = tf.reshape(x, [1, 20]);
      return [
        ...tf
          .concat([tf.slice(row, [0, begin], [1, 2]), tf.slice(row, [0, 19 - begin], [1, 1])], 1)
          .dataSync(),
      ];
    };
    expect(built(() => expect(window(3)).toEqual([3, 4, 16]))).toBe(1);
    expect(built(() => expect(window(3)).toEqual([3, 4, 16]))).toBe(0);
    expect(built(() => expect(window(4)).toEqual([4, 5, 15]))).toBe(1);
    expect(
      built(() =>
        expect([window(9), window(0)]).toEqual([
          [9, 10, 10],
          [0, 1, 19],
        ]),
      ),
    ).toBe(0);

    const clipped = (bound: number): number => tf.sum(tf.clipByValue(x, -1, bound)).dataSync()[0]!;
    expect(built(() => expect([clipped(1), clipped(2)]).toEqual([19, 37]))).toBe(2);
    expect(built(() => expect([clipped(3), clipped(1)]).toEqual([54, 19]))).toBe(0);
  });

  test('tell slices of one tensor apart, and record equal ones once', () => {
    const x = tf.tensor2d([[1, 2, 3, 4]]);
    const columns = (begin: number, count: number): tf.Tensor => tf.slice(x, [0, begin], [1, count]);
    const sum = tf.tidy(() => tf.addN([columns(0, 2), columns(2, 2), columns(0, 2)]));
    expect([...sum.dataSync()]).toEqual([5, 8]);
    const lazy = (tensor: tf.Tensor): unknown => onnxBackend().value(tensor);
    // Of one structure but for the numbers of where they end: other shapes are other graphs.
    expect([columns(0, 2), columns(0, 3), columns(1, 3)].map((part) => [...part.dataSync()])).toEqual([
      [1, 2],
      [1, 2, 3],
      [2, 3, 4],
    ]);
    const rows = tf.tensor1d([1, 2, 3, 4]);
    expect([2, 3].map((count) => [...tf.slice(rows, 1, count).dataSync()])).toEqual([
      [2, 3],
      [2, 3, 4],
    ]);
    expect(lazy(columns(1, 3))).toBe(lazy(columns(1, 3)));
    expect(lazy(columns(1, 3))).not.toBe(lazy(columns(0, 3)));
  });

  test('the least recently used one makes room', () => {
    const use = (size: number): void => {
      affine(tf.ones([size]), 2);
    };
    onnxBackend().configure({ cachedSessions: 2 });
    use(101);
    use(102);
    use(101);
    use(103); // 102 goes
    expect(onnxBackend().statistics.cachedSessions).toBe(2);
    expect(built(() => use(101))).toBe(0);
    expect(built(() => use(102))).toBe(1);
  });

  test('of equal operations on equal inputs compute once', () => {
    const x = tf.tensor1d([1, 2]);
    const [a, b] = [tf.exp(x), tf.exp(x)];
    expect(a.dataId).not.toBe(b.dataId);
    a.dispose();
    expect(b.dataSync()[0]).toBeCloseTo(Math.E, 5);
  });
});

test('sessions of large graphs keep their memory, but only two at a time', () => {
  const built: Model[] = [];
  const runtime: SynchronousRuntime = {
    synchronous: true,
    description: 'a runtime that computes nothing',
    provider: 'cpu',
    outputs: 'filled',
    tensor: (type, data, dims) => ({ type, data, dims, location: 'cpu', dispose: () => {} }),
    view: (tensor) => tensor,
    build(model) {
      built.push(model);
      return { run: () => ({}), dispose: () => {} };
    },
    on: () => runtime,
  };
  const executor = new Executor(runtime, defaultOptions('cpu', 1));
  const build = (size: number) =>
    executor.graphs.build(schedule([unary('Neg', leaf([size], 'float32', newMemory(new Float32Array(1))))]), [
      null,
    ]);
  const large = 2 ** 24;
  const [first] = [build(large), build(large), build(large), build(16)];
  first!.dispose();
  build(large);
  expect(built.map(({ keepsMemory }) => keepsMemory)).toEqual([true, true, false, true, true]);
});
