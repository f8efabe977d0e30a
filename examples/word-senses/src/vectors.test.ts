import { expect, test } from 'vitest';
import { cosine, inPlane } from './vectors.ts';

test('the plane is that in which vectors differ most', () => {
  // Far apart along (1, 1, 0), less along (0, 0, 1), not at all along (1, -1, 0).
  const vectors = [
    [1, 1, 1],
    [1, 1, -1],
    [7, 7, 1],
    [7, 7, -1],
  ];
  const places = inPlane(vectors).map((place) => place.map((value) => Math.abs(value)));
  for (const [x, y] of places) {
    expect(x).toBeCloseTo(3 * Math.SQRT2);
    expect(y).toBeCloseTo(1);
  }
  expect(inPlane(vectors)[0]![0] * inPlane(vectors)[2]![0]).toBeLessThan(0);
});

test('vectors that are all alike lie in one point', () => {
  expect(
    inPlane([
      [1, 2],
      [1, 2],
    ])
      .flat()
      .map(Math.abs),
  ).toEqual([0, 0, 0, 0]); // prettier-ignore
});

test('angles', () => {
  expect(cosine([1, 1], [2, 0])).toBeCloseTo(Math.SQRT1_2);
});
