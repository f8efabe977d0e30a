import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitExamples } from './split-examples.ts';

const list = (count: number): number[] => [...Array(count).keys()];

test('nothing is lost or shared, sizes are the shares, and the seed decides', () => {
  const { train, validation, test: last } = splitExamples(list(100), { validation: 0.29, test: 0.1 });
  expect([train.length, validation.length, last.length]).toEqual([61, 29, 10]);
  expect([...train, ...validation, ...last].toSorted((a, b) => a - b)).toEqual(list(100));
  expect(validation).toEqual(validation.toSorted((a, b) => a - b));
  expect(splitExamples(list(100), { validation: 0.29, test: 0.1 }).validation).toEqual(validation);
  expect(splitExamples(list(100), { validation: 0.29, test: 0.1, seed: 1 }).validation).not.toEqual(
    validation,
  );
});

test('each group is shared out in proportion', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 20, maxLength: 200 }), fc.nat(), (groups, seed) => {
      const examples = groups.map((group, index) => ({ group, index }));
      const { validation } = splitExamples(examples, {
        validation: 0.25,
        seed,
        stratify: ({ group }) => group,
      });
      for (const group of new Set(groups)) {
        const count = (items: readonly { group: number }[]): number =>
          items.filter((item) => item.group === group).length;
        expect(Math.abs(count(validation) - count(examples) * 0.25)).toBeLessThan(1);
      }
    }),
  );
});

test.each<[() => unknown, string]>([
  [
    () => splitExamples(list(9), {}),
    'splitExamples: validation and test: expected shares of which one is above 0, and together below 1, got 0 and 0.',
  ],
  [
    () => splitExamples(list(9), { validation: 0.5, test: 0.5 }),
    'got 0.5 and 0.5. Pass validation: 0.1 to keep a tenth.',
  ],
  [() => splitExamples(list(9), { validation: Number.NaN }), 'got NaN and 0.'],
  [
    () => splitExamples(list(9), { validation: 0.1 }),
    'splitExamples: expected enough examples for a part of validation, got 9. Pass more examples, or larger shares.',
  ],
  [
    () => splitExamples([], { test: 0.1 }),
    'splitExamples: expected enough examples for a part of train, got 0.',
  ],
])('%#', (call, message) => expect(call).toThrow(message));
