import { TenonError } from '@tenon/core';
import { expect, test } from 'vitest';
import {
  concatExamples,
  eachExample,
  filterExamples,
  mapExamples,
  readAll,
  streamExamples,
  takeExamples,
} from './example-stream.ts';
import type { ExampleStream } from './examples.ts';
import { SkippedExamples } from './skipped-examples.ts';

const numbers = streamExamples([0, 1, 2, 3, 4, 5, 6, 7]);

function odd(value: number): number {
  if (value % 2 === 1) return value;
  throw new TenonError({
    subject: `n.txt, line ${value + 1}`,
    expected: 'an odd number',
    got: `${value}`,
    advice: 'Add 1.',
  });
}

const streams: [string, ExampleStream<number>, number[]][] = [
  ['a list', numbers, [0, 1, 2, 3, 4, 5, 6, 7]],
  ['map', mapExamples(numbers, async (value) => value * 2), [0, 2, 4, 6, 8, 10, 12, 14]],
  ['map with what is left out', mapExamples(numbers, odd, { onInvalid: () => {} }), [1, 3, 5, 7]],
  ['filter', filterExamples(numbers, (value) => value > 4), [5, 6, 7]],
  [
    'take',
    takeExamples(
      filterExamples(numbers, (value) => value > 1),
      3,
    ),
    [2, 3, 4],
  ],
  ['take more than there are', takeExamples(numbers, 100), [0, 1, 2, 3, 4, 5, 6, 7]],
  [
    'concat',
    concatExamples([numbers, streamExamples<number>([]), takeExamples(numbers, 2)]),
    [0, 1, 2, 3, 4, 5, 6, 7, 0, 1],
  ],
  ['concat of none', concatExamples<number>([]), []],
];

test.each(streams)('%s: all, and the rest from each place', async (_, stream, all) => {
  expect(await readAll(stream)).toEqual(all);
  const cursor = stream.open();
  for (let i = 0; i <= all.length; i++) {
    const resumed = stream.open(JSON.parse(JSON.stringify(cursor.position())));
    const rest: number[] = [];
    for (let next = await resumed.next(); next !== undefined; next = await resumed.next()) rest.push(next);
    expect(rest).toEqual(all.slice(i));
    expect(await cursor.next()).toBe(all[i]);
  }
  expect(await cursor.next()).toBeUndefined();
  await cursor.close();
});

test('a loop that is left closes its stream', async () => {
  let closed = 0;
  const stream: ExampleStream<number> = {
    open: (position) => ({ ...numbers.open(position), close: async () => void closed++ }),
  };
  for await (const value of eachExample(stream)) if (value === 2) break;
  await readAll(stream);
  expect(closed).toBe(2);
});

test('bad examples throw, or are left out and counted', async () => {
  await expect(readAll(mapExamples(numbers, odd))).rejects.toThrow(
    'n.txt, line 1: expected an odd number, got 0. Add 1.',
  );
  const skipped = new SkippedExamples();
  expect(skipped.summary()).toBe('0 skipped');
  await readAll(mapExamples(numbers, odd, { onInvalid: skipped.report }));
  skipped.report(new TenonError({ subject: 'a', expected: 'a text', got: 'none', advice: 'Fill it.' }));
  expect(skipped.count).toBe(5);
  expect(skipped.summary()).toBe(
    '5 skipped: 4 not an odd number (first: n.txt, line 1, got 0); 1 not a text (first: a, got none)',
  );
  const many = new SkippedExamples();
  for (let i = 0; i < 100; i++) {
    const expected = `kind ${Math.min(i, 90)}`;
    many.report(new TenonError({ subject: `s${i}`, expected, got: 'x', advice: 'Do.' }));
  }
  expect(many.summary()).toMatch(
    /^100 skipped: 10 not kind 90 \(first: s90, got x\); 1 not kind 0 \(first: s0, got x\);.*; 81 of 81 other kinds \(first: s9, got x\)$/,
  );
  const bug = mapExamples(numbers, () => JSON.parse('{'), { onInvalid: skipped.report });
  await expect(readAll(bug)).rejects.toThrow(SyntaxError);
});

test('what a change gives for an example is one: undefined would end the stream', async () => {
  const skipped = new SkippedExamples();
  const some = mapExamples(numbers, (n) => (n < 2 ? n : undefined), { onInvalid: skipped.report });
  await expect(readAll(some)).rejects.toThrow(
    'mapExamples: expected an example, got undefined. Leave examples out with filterExamples, or throw a TenonError and pass onInvalid.',
  );
});

test.each<[() => unknown, string]>([
  [
    () => numbers.open(11),
    'streamExamples: position: expected at most 8, the number of examples, got 11. Go on with the examples that the position comes from.',
  ],
  [
    () => concatExamples([numbers]).open({ count: 2, inner: 0 }),
    'concatExamples: position: expected at most 0, the last of the streams, got 2. Go on with the streams that the position comes from.',
  ],
  [() => numbers.open('2'), 'streamExamples: position: expected a whole number of at least 0, got NaN.'],
  [() => takeExamples(numbers, 1.5), 'takeExamples: count: expected a whole number of at least 0, got 1.5.'],
  [
    () => takeExamples(numbers, 2).open(3),
    "takeExamples: position: expected { count, inner }, got 3. Pass what the cursor's position() gave.",
  ],
  [
    () => concatExamples([numbers]).open({}),
    'concatExamples: position: expected a whole number of at least 0, got NaN.',
  ],
])('%#', (call, message) => expect(call).toThrow(message));
