import { expect, test } from 'vitest';
import { accuracy } from './accuracy.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { matthews } from './matthews.ts';
import { f1Score, precisionRecallF1 } from './precision-recall-f1.ts';

// Figures from NumPy: the confusion matrix counted, and R_K as the correlation of one-hot rows.
const labels = [0, 1, 2, 2, 1, 0, 3, 2, 1, 1, 0, 2];
const predictions = [0, 2, 2, 2, 1, 1, 3, 0, 1, 1, 0, 1];

test('accuracy counts what is right', () => {
  expect(accuracy(labels, predictions)).toBeCloseTo(8 / 12, 12);
  expect(accuracy(Int32Array.of(1, 2), [1, 3])).toBe(0.5);
});

test('with lists of labels all have to be right, in any order', () => {
  expect(accuracy([['a', 'b'], ['a'], []], [['b', 'a'], ['a', 'b'], []])).toBeCloseTo(2 / 3, 12);
});

test('the confusion matrix has labels down and predictions across', () => {
  expect(confusionMatrix(labels, predictions)).toEqual({
    classes: [0, 1, 2, 3],
    counts: [
      [2, 1, 0, 0],
      [0, 3, 1, 0],
      [1, 1, 2, 0],
      [0, 0, 0, 1],
    ],
  });
  expect(confusionMatrix(['b', 'a'], ['b', 'b'], { classes: ['b', 'a', 'c'] }).counts).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [0, 0, 0],
  ]);
});

test('classes sort by number, then by name', () => {
  expect(confusionMatrix<number | string>([10, 'b', 9], ['a', 10, 9]).classes).toEqual([9, 10, 'a', 'b']);
});

test('precision, recall and F1 of each class and their averages', () => {
  const macro = precisionRecallF1(labels, predictions, { average: 'macro' });
  expect([...macro.perClass.values()].map(({ f1 }) => f1)).toEqual(
    [2 / 3, 2 / 3, 4 / 7, 1].map((f1) => expect.closeTo(f1, 12)),
  );
  expect([macro.precision, macro.recall, macro.f1]).toEqual(
    [0.7333333333333333, 0.7291666666666666, 0.7261904761904762].map((score) => expect.closeTo(score, 12)),
  );
  const weighted = precisionRecallF1(labels, predictions, { average: 'weighted' });
  expect([weighted.precision, weighted.recall, weighted.f1, weighted.support]).toEqual(
    [0.6722222222222222, 0.6666666666666666, 0.6626984126984127, 12].map((score) =>
      expect.closeTo(score, 12),
    ),
  );
  expect(f1Score(labels, predictions, { average: 'micro' })).toBeCloseTo(accuracy(labels, predictions), 12);
});

test('binary scores the positive class', () => {
  const [expected, got] = [
    ['no', 'yes', 'yes', 'yes', 'no'],
    ['yes', 'yes', 'no', 'no', 'no'],
  ];
  const { precision, recall, f1, support } = precisionRecallF1(expected, got, { positive: 'yes' });
  expect([precision, recall, f1, support]).toEqual([1 / 2, 1 / 3, 2 / 5, 3]);
  expect(f1Score([0, 0], [0, 0])).toBe(0); // none is positive
});

test('several labels an example are counted one by one', () => {
  const expected = [['a', 'b'], ['b'], [], ['c']];
  const got = [['a'], ['b', 'c'], ['a'], ['c']];
  const { perClass, precision, recall } = precisionRecallF1(expected, got, { average: 'micro' });
  expect([precision, recall]).toEqual([3 / 5, 3 / 4]);
  expect([...perClass].map(([label, scores]) => [label, scores.precision, scores.recall])).toEqual([
    ['a', 1 / 2, 1],
    ['b', 1, 1 / 2],
    ['c', 1 / 2, 1],
  ]);
});

test('a class that never occurs counts as 0 in macro where it is named', () => {
  expect(f1Score([0, 1], [0, 1], { average: 'macro', classes: [0, 1, 2, 3] })).toBe(0.5);
});

test('Matthews: two classes, more, and none to tell apart', () => {
  expect(matthews([1, 0, 1, 1, 0, 0, 1, 0, 1], [1, 0, 0, 1, 1, 0, 1, 0, 0])).toBeCloseTo(0.35, 12);
  expect(matthews(labels, predictions)).toBeCloseTo(0.534679673207404, 12);
  expect(matthews([1, 1, 0], [1, 1, 1])).toBe(0);
  expect(matthews(['a', 'b', 'b'], ['b', 'a', 'a'])).toBeCloseTo(-1, 12);
});

test.each<[() => unknown, string]>([
  [
    () => accuracy([1, 2], [1]),
    'accuracy: expected as many predictions as labels, at least one, got 1 and 2. Pass the labels, then the predictions, in the same order.',
  ],
  [
    () => matthews([], []),
    'confusionMatrix: expected as many predictions as labels, at least one, got 0 and 0.',
  ],
  [
    () => confusionMatrix(['a'], ['b'], { classes: ['a'] }),
    'confusionMatrix: expected one of the classes "a", got "b". Pass every class in `classes`, or leave it out.',
  ],
  [
    () => f1Score(labels, predictions),
    "precisionRecallF1: average 'binary': expected two classes, got 0, 1, 2, 3. Pass average: 'macro', 'micro' or 'weighted'.",
  ],
  [
    () => f1Score(['no', 'yes'], ['no', 'yes']),
    'precisionRecallF1: positive: expected one of the classes "no", "yes", got 1. Pass the class to score as `positive`.',
  ],
])('errors: %#', (call, message) => expect(call).toThrow(message));
