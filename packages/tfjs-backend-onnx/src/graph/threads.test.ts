import { expect, test } from 'vitest';
import { matMul } from './mat-mul.ts';
import { add, reduce, sliceSteps, unary } from './operations.ts';
import { schedule } from './schedule.ts';
import { threadsFor } from './threads.ts';
import { type LazyValue, leaf, newMemory } from './value.ts';

const input = (...shape: number[]): LazyValue => leaf(shape, 'float32', newMemory(new Float32Array(1)));
const threads = (...outputs: LazyValue[]): number => threadsFor(schedule(outputs), 8);

test('a graph has one thread as long as all that it works on is small', () => {
  expect(threads(unary('Relu', input(256, 256)))).toBe(1);
  expect(threads(unary('Relu', input(257, 256)))).toBe(8);
  expect(threads(add(input(4), 1), unary('Relu', input(257, 256)))).toBe(8);
  // A product of small size over much, and a sum of much; but rows of much are little.
  expect(threads(matMul(input(4, 512), input(512, 4)))).toBe(1);
  expect(threads(matMul(input(4, 1 << 20), input(1 << 20, 4)))).toBe(8);
  expect(threads(reduce('ReduceSum', input(1 << 20), [0], false))).toBe(8);
  expect(threads(sliceSteps(input(1 << 20), [0], [5], [10], [1]))).toBe(1);
});
