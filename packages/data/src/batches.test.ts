import { TenonError } from '@tenon/core';
import { expect, test } from 'vitest';
import { batches } from './batches.ts';

const list = (count: number): number[] => [...Array(count).keys()];
const collate = (features: readonly number[]): number[] => [...features];

async function takeAll<Batch>(source: { next(): Promise<Batch | undefined> }): Promise<Batch[]> {
  const all: Batch[] = [];
  for (let batch = await source.next(); batch !== undefined; batch = await source.next()) all.push(batch);
  return all;
}

test('in order: every example once, a smaller batch at the end', async () => {
  const source = batches(list(5), { batchSize: 2, collate });
  expect(source.batchesPerEpoch).toBe(3);
  expect(await takeAll(source)).toEqual([[0, 1], [2, 3], [4]]);
  expect(source.position()).toEqual({ epoch: 1, batch: 0 });
});

test('shuffled: every example once an epoch, no epoch like another, and the seed decides', async () => {
  const options = { batchSize: 3, collate, shuffle: true, epochs: 2 };
  const all = await takeAll(batches(list(20), options));
  expect(all).toHaveLength(14);
  const [first, second] = [all.slice(0, 7).flat(), all.slice(7).flat()];
  for (const epoch of [first, second]) {
    expect(epoch).not.toEqual(list(20));
    expect(epoch.toSorted((a, b) => a - b)).toEqual(list(20));
  }
  expect(first).not.toEqual(second);
  expect(await takeAll(batches(list(20), options))).toEqual(all);
  expect(await takeAll(batches(list(20), { ...options, seed: 1 }))).not.toEqual(all);
});

test('an example may give several features, or be left out and reported', async () => {
  const reported: string[] = [];
  const source = batches(['ab', '', 'cde'], {
    batchSize: 2,
    features: (text: string) => {
      if (text === '')
        throw new TenonError({
          subject: 'a.tsv, line 2',
          expected: 'a text',
          got: 'none',
          advice: 'Fill it.',
        });
      return [...text];
    },
    collate: (letters) => letters.join(''),
    onInvalid: (error) => reported.push(error.message),
    epochs: 2,
  });
  expect(await takeAll(source)).toEqual(['ab', 'cd', 'e', 'ab', 'cd', 'e']);
  expect(reported).toEqual(['a.tsv, line 2: expected a text, got none. Fill it.']);
});
