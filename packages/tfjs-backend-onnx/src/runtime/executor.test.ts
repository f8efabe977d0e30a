import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onnxBackend } from '../index.ts';

beforeEach(async () => {
  await tf.setBackend('onnx');
  tf.engine().startScope();
});
afterEach(() => {
  onnxBackend().configure({ cachedSessions: 64, pendingOperations: 16_384 });
  tf.engine().endScope();
});

const runs = (): number => onnxBackend().statistics.runs;

describe('memory', () => {
  test('thousands of shapes leave sessions and buffers bounded', () => {
    onnxBackend().configure({ cachedSessions: 8 });
    const grow = (from: number, to: number): void => {
      for (let size = from; size < to; size++)
        tf.tidy(() => tf.add(tf.ones([size]), tf.scalar(1)).dataSync());
    };
    grow(1, 1000); // Node 24 takes 70 MB once, while it compiles
    const before = process.memoryUsage.rss();
    grow(1000, 1800);
    expect(onnxBackend().statistics.cachedSessions).toBe(8);
    expect(onnxBackend().statistics.idleBytes).toBeLessThan(200_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 2 ** 20);
  });

  test('outputs live where dead outputs of the same size did', () => {
    const step = (): void => {
      tf.tidy(() => tf.exp(tf.ones([123_457])).dataSync());
    };
    for (let i = 0; i < 12; i++) step();
    const idle = onnxBackend().statistics.idleBytes;
    for (let i = 0; i < 20; i++) step();
    expect(onnxBackend().statistics.idleBytes).toBe(idle);
  });

  test('a dead buffer that the graph still reads is not an output of that graph', () => {
    const size = 1000;
    let x: tf.Tensor = tf.exp(tf.zeros([size]));
    x.dataSync();
    for (let i = 0; i < 10; i++) {
      const next = tf.add(tf.add(tf.mul(x, 2), tf.reverse(tf.range(0, size))), tf.mul(x, -1));
      const other = tf.sub(x, 1);
      x.dispose();
      x = tf.sub(next, tf.reverse(tf.range(0, size)));
      next.dispose();
      expect(x.dataSync().every((number) => number === 1)).toBe(true);
      expect(other.dataSync().every((number) => number === 0)).toBe(true);
      other.dispose();
    }
  });

  test('what is recorded without being read is run before it grows without end', () => {
    onnxBackend().configure({ pendingOperations: 100 });
    const before = runs();
    let sum: tf.Tensor = tf.scalar(0);
    for (let i = 0; i < 1000; i++) {
      const next = tf.add(sum, tf.tensor1d([i, i]));
      sum.dispose();
      sum = next;
    }
    expect(runs() - before).toBeGreaterThanOrEqual(9);
    expect([...sum.dataSync()]).toEqual([499_500, 499_500]);
  });

  test('disposing of everything before a read computes nothing', () => {
    const before = runs();
    tf.tidy(() => {
      tf.exp(tf.ones([10]));
    });
    tf.tensor1d([1]).dataSync();
    expect(runs()).toBe(before);
  });
});
