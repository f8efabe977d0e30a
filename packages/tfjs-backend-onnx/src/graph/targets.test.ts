import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onnxBackend } from '../index.ts';
import { schedule } from './schedule.ts';

beforeEach(async () => {
  await tf.setBackend('onnx');
  tf.engine().startScope();
});
afterEach(() => tf.engine().endScope());

const numbers = (x: tf.Tensor): number[] => [...x.dataSync()];

/** The ONNX operators that would compute these tensors. */
function operators(...tensors: tf.Tensor[]): string[] {
  const values = tensors.map((tensor) => onnxBackend().value(tensor));
  return schedule(values, true).operations.map(({ type }) => type);
}

describe('rows joined to an output', () => {
  test('are computed where they belong in it, without a Concat', () => {
    const [x, y] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])];
    const joined = tf.concat([tf.exp(x), tf.square(x), tf.transpose(tf.neg(y)) as tf.Tensor2D]);
    expect(operators(joined)).not.toContain('Concat');
    expect(numbers(joined)).toEqual([Math.fround(Math.E), expect.closeTo(Math.E ** 2, 5), 1, 4, -3, -4]);
  });

  test('are joined in the graph where a part is an output itself, comes twice, or lies along another axis', () => {
    const x = tf.tensor2d([[1, 2]]);
    const square = tf.square(x);
    const cases: [() => tf.Tensor[], number[]][] = [
      [() => [tf.concat([square, tf.neg(x)]), square], [1, 4, -1, -2]],
      [() => [tf.concat([tf.neg(x), tf.neg(x)])], [-1, -2, -1, -2]],
      [() => [tf.concat([tf.neg(x), tf.exp(tf.zeros([1, 1]))], 1)], [-1, -2, 1]],
    ];
    for (const [make, expected] of cases) {
      const tensors = make();
      expect(operators(...tensors)).toContain('Concat');
      expect(numbers(tensors[0]!)).toEqual(expected);
    }
    expect(numbers(square)).toEqual([1, 4]);
  });

  test('may be read by the graph as well', () => {
    const x = tf.tensor2d([[1, 2]]);
    const part = tf.square(x);
    const [joined, total] = [tf.concat([part, tf.neg(x)]), tf.sum(tf.exp(part))];
    part.dispose();
    expect(total.dataSync()[0]).toBeCloseTo(Math.E + Math.E ** 4, 3);
    expect(numbers(joined)).toEqual([1, 4, -1, -2]);
  });
});

describe('rows of a table', () => {
  const words = 300_000;

  test('are added up on the host where the table is large: alone, into a sum, and two sets into one', () => {
    const ids = tf.tensor1d([7, 299_999, 7], 'int32');
    const rows = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [3, 4]);
    const gradientOf = (table: tf.Tensor, dy: tf.Tensor): tf.Tensor => {
      const result: tf.Tensor | tf.Tensor[] = tf
        .engine()
        .runKernel('TenonEmbeddingGrad', { weight: table, ids, dy });
      return result as tf.Tensor; // this kernel has one output
    };
    const gradient = (dy: tf.Tensor): tf.Tensor => gradientOf(tf.zeros([words, 4]), dy);
    const row = (x: tf.Tensor, id: number): number[] => numbers(tf.slice(x as tf.Tensor2D, [id, 0], [1, 4]));
    const alone = gradient(rows);
    expect(row(alone, 7)).toEqual([10, 12, 14, 16]);
    expect(row(alone, 299_999)).toEqual([5, 6, 7, 8]);
    expect(tf.sum(alone).dataSync()[0]).toBe(78);

    const base = tf.exp(tf.zeros([words, 4]));
    const both = tf.add(tf.add(base, gradient(rows)), gradient(tf.neg(tf.mul(rows, 2))));
    expect(operators(both).sort()).toEqual(['AddRows', 'Exp', 'Mul', 'Neg']);
    expect(row(both, 7)).toEqual([-9, -11, -13, -15]);
    expect(row(both, 8)).toEqual([1, 1, 1, 1]);
    expect(row(base, 7)).toEqual([1, 1, 1, 1]);

    // The gradient of an activation goes on in the graph.
    const activation = gradientOf(tf.exp(tf.zeros([words, 4])), rows);
    expect(operators(activation)).toContain('ScatterElements');
    expect(row(activation, 7)).toEqual([10, 12, 14, 16]);
  });

  test('a row number that is not there is an error', () => {
    const ids = tf.tensor1d([words], 'int32');
    const dy = tf.ones([1, 4]);
    const bad: tf.Tensor | tf.Tensor[] = tf
      .engine()
      .runKernel('TenonEmbeddingGrad', { weight: tf.zeros([words, 4]), ids, dy });
    expect(() => (bad as tf.Tensor).dataSync()).toThrow('expected row numbers in [0, 299999], got 300000');
  });
});
