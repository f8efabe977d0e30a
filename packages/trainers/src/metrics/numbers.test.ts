import { expect, test } from 'vitest';
import { pearson, spearman } from './correlation.ts';
import { perplexity } from './perplexity.ts';

const x = [1.5, 2, 2, 3.25, -1, 7, 7, 7];
const y = [0.1, 0.4, 0.3, 0.3, -2, 5, 4, 6.5];

test('correlations with ties are those of SciPy 1.17', () => {
  expect(pearson(x, y)).toBeCloseTo(0.95842814182079, 12);
  expect(spearman(x, y)).toBeCloseTo(0.9200335844703181, 12);
});

test('they do not depend on scale and place, and reach their ends', () => {
  const far = x.map((value) => 1e8 + 1e-3 * value);
  expect(pearson(far, y)).toBeCloseTo(pearson(x, y), 4);
  expect(pearson([1, 2, 3], Float32Array.of(-2, -4, -6))).toBeCloseTo(-1, 12);
  expect(spearman([1, 2, 3], [1, 10, 1e9])).toBeCloseTo(1, 12);
  expect(pearson([1e100, -1e100], [1e100, -1e100])).toBeCloseTo(1, 12);
});

test('a constant side has no correlation', () => {
  expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
  expect(spearman([1, 2, 3], [5, 5, 5])).toBeNaN();
});

test('perplexity weighs each loss by its tokens', () => {
  expect(perplexity([Math.log(2), Math.log(8)])).toBeCloseTo(4, 12);
  expect(perplexity([Math.log(2), Math.log(8)], [2, 1])).toBeCloseTo(2 ** (5 / 3), 12);
});

test.each<[() => unknown, string]>([
  [
    () => pearson([1], [1]),
    'pearson: expected at least two numbers, got one. Score all examples together, not one by one.',
  ],
  [
    () => spearman([1, 2], [1, Number.NaN]),
    'spearman: expected finite numbers, got NaN. See why the model or the data gives it.',
  ],
  [() => pearson([1, 2], [1]), 'pearson: expected as many predictions as labels, at least one, got 1 and 2.'],
  [
    () => perplexity([1, 2], [1]),
    'perplexity: expected as many numbers of tokens as losses, at least one, got 1 and 2. Pass the losses, then the numbers of tokens, in the same order.',
  ],
  [
    () => perplexity([1], [0]),
    'perplexity: expected at least one token, got 0. Pass how many tokens each loss is a mean of.',
  ],
])('errors: %#', (call, message) => expect(call).toThrow(message));
