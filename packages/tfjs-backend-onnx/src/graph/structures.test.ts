import { expect, test } from 'vitest';
import type { Literal } from '../onnx/model.ts';
import { type Structure, Structures } from './structures.ts';
import { LazyValue } from './value.ts';

const x = (): LazyValue => new LazyValue([2, 3], 'float32');
const literal = (values: number | number[], more: Partial<Literal> = {}): Literal => ({
  type: 'float32',
  dims: typeof values === 'number' ? [] : [values.length],
  values,
  ...more,
});
const structure = (more: Partial<Structure> = {}): Structure => ({
  type: 'Op',
  domain: '',
  attributes: {},
  inputs: [x()],
  outputs: [{ shape: [2, 3] }],
  ...more,
});

const different: Structure[] = [
  structure(),
  structure({ type: 'Other' }),
  structure({ domain: 'com.microsoft' }),
  structure({ inputs: [x(), x()] }),
  structure({ outputs: [{ shape: [2, 3] }, { shape: [1] }] }),
  structure({ attributes: { axis: 0 } }),
  structure({ attributes: { axis: -0 } }),
  structure({ attributes: { axis: { float: 0 } } }),
  structure({ attributes: { axis: [0] } }),
  structure({ attributes: { axis: [0, 0] } }),
  structure({ attributes: { axis: 'zero' } }),
  structure({ attributes: { keepdims: 0 } }),
  structure({ attributes: { axis: 0, keepdims: 0 } }),
  structure({ inputs: [literal(0)] }),
  structure({ inputs: [literal(-0)] }),
  structure({ inputs: [literal(Number.NaN)] }),
  structure({ inputs: [literal(0.1)] }),
  structure({ inputs: [literal([0])] }),
  structure({ inputs: [literal([0], { dims: [1, 1] })] }),
  structure({ inputs: [literal(0, { type: 'int32' })] }),
  structure({ inputs: [literal(0, { mayChange: 'seldom' })] }),
  structure({ inputs: [literal(0, { mayChange: 'often' })] }),
  structure({ inputs: [literal(0, { mayChange: 'often' })], outputs: [{ shape: [3, 2] }] }),
];

test('equal structures have equal numbers, and others have others', () => {
  const structures = new Structures(100);
  const numbers = different.map((one) => structures.number(one));
  expect(new Set(numbers).size).toBe(different.length);
  // Copies of all their parts, and other values read.
  const again = different.map(({ inputs, outputs, ...rest }) => ({
    ...structuredClone(rest),
    inputs: inputs.map((input) => (input instanceof LazyValue ? x() : structuredClone(input))),
    outputs: structuredClone(outputs),
  }));
  expect(again.map((one) => structures.number(one))).toEqual(numbers);
  const changed = structure({ inputs: [literal(7, { mayChange: 'often' })] });
  expect(structures.number(changed)).toBe(numbers.at(-2));
});

test('a list that its owner changes afterwards is another structure', () => {
  const structures = new Structures(100);
  const perm = [1, 0];
  const before = structures.number(structure({ attributes: { perm } }));
  perm.reverse();
  expect(structures.number(structure({ attributes: { perm } }))).not.toBe(before);
  expect(structures.number(structure({ attributes: { perm: [1, 0] } }))).toBe(before);
});

test('a full table forgets, and gives no number twice', () => {
  const structures = new Structures(4);
  const numbers = Array.from({ length: 20 }, (_, i) =>
    structures.number(structure({ inputs: [literal(i % 10)] })),
  );
  expect(new Set(numbers).size).toBe(20);
  expect(structures.number(structure({ inputs: [literal(9)] }))).toBe(numbers[19]);
});
