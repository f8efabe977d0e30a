import { RandomKey, TenonError } from '@tenon/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batches, processedBatches } from './batches.ts';
import { mapExamples, streamExamples } from './example-stream.ts';
import type { ExampleStream } from './examples.ts';

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
          subject: 'letters',
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
  expect(reported).toEqual(['examples[1], letters: expected a text, got none. Fill it.']);
});

test('what a processor gives: its features, by length where asked', async () => {
  const processor = {
    name: 'letters',
    features(text: string): string[] {
      return this.name === 'letters' && text !== '' ? [text, text.toUpperCase()] : [];
    },
    collate: (texts: readonly string[]) => texts.join(' '),
    length: (text: string) => text.length,
  };
  const words = ['a', 'bbb', '', 'cc'];
  expect(await takeAll(processedBatches(words, processor, { batchSize: 3 }))).toEqual([
    'a A bbb',
    'BBB cc CC',
  ]);
  expect(await takeAll(processedBatches(words, processor, { batchSize: 3, groupByLength: true }))).toEqual([
    'bbb BBB cc',
    'CC a A',
  ]);
});

test('by length: each run of 50 batches is sorted, and every example comes once', async () => {
  const lengths = Array.from(new RandomKey(1).bits(1000), (bits) => bits % 100);
  const options = { batchSize: 4, collate, length: (index: number) => lengths[index]!, shuffle: true };
  const all = await takeAll(batches(list(1000), options));
  expect(all.flat().toSorted((a, b) => a - b)).toEqual(list(1000));
  const spread = (batch: readonly number[]): number => {
    const of = batch.map((index) => lengths[index]!);
    return Math.max(...of) - Math.min(...of);
  };
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const unsorted = await takeAll(batches(list(1000), { batchSize: 4, collate, shuffle: true }));
  expect(mean(all.map(spread))).toBeLessThan(3);
  expect(mean(unsorted.map(spread))).toBeGreaterThan(40);
  const firsts = all.map((batch) => lengths[batch[0]!]!);
  expect(firsts).not.toEqual(firsts.toSorted((a, b) => b - a)); // the batches have changed places
});

test('a stream in blocks gives every example once, and no block is larger than asked for', async () => {
  let given = 0;
  let taken = 0;
  let ahead = 0;
  const counted: ExampleStream<number> = mapExamples(streamExamples(list(103)), (value) => {
    ahead = Math.max(ahead, ++given - taken);
    return value;
  });
  const source = batches(counted, { batchSize: 4, shuffle: true, shuffleBuffer: 20, collate });
  expect(source.batchesPerEpoch).toBeUndefined();
  const all: number[][] = [];
  for (let batch = await source.next(); batch !== undefined; batch = await source.next()) {
    all.push(batch);
    taken += batch.length;
  }
  expect(all.map((batch) => batch.length)).toEqual([...Array(25).fill(4), 3]);
  expect(all.flat().toSorted((a, b) => a - b)).toEqual(list(103));
  expect(
    all
      .slice(0, 5)
      .flat()
      .toSorted((a, b) => a - b),
  ).toEqual(list(20)); // the first block
  expect(ahead).toBe(20);
  expect(source.position()).toEqual({ epoch: 1, batch: 0, block: null });
});

test('streams that are not shuffled give the batches of lists', async () => {
  for (const dropLast of [false, true]) {
    const options = { batchSize: 4, dropLast, collate, epochs: 2 };
    expect(await takeAll(batches(streamExamples(list(11)), options))).toEqual(
      await takeAll(batches(list(11), options)),
    );
  }
});

test('from every position: the same batches, whatever the options', async () => {
  const options = fc.record({
    examples: fc.array(fc.nat(4), { minLength: 1, maxLength: 30 }),
    batchSize: fc.integer({ min: 1, max: 4 }),
    shuffle: fc.boolean(),
    shuffleBuffer: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
    dropLast: fc.boolean(),
    byLength: fc.boolean(),
    stream: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(options, async ({ examples, byLength, stream, ...rest }) => {
      const count = examples.reduce((sum, value) => sum + value, 0);
      fc.pre(count >= (rest.dropLast ? rest.batchSize : 1));
      const items = examples.map((features, index) => ({ features, index }));
      const make = () =>
        batches(stream ? streamExamples(items) : items, {
          ...rest,
          epochs: 3,
          // As many features as the example says, each told apart.
          features: ({ features, index }: { features: number; index: number }) =>
            list(features).map((part) => `${index}.${part}`),
          collate: (names, random) => [...names, random.next().integer(1000)].join(' '),
          ...(byLength && { length: (name: string) => Number(name.split('.')[1]) }),
        });
      const source = make();
      const positions = [source.position()];
      const all: string[] = [];
      for (let batch = await source.next(); batch !== undefined; batch = await source.next()) {
        all.push(batch);
        positions.push(source.position());
      }
      const batchesPerEpoch = rest.dropLast
        ? Math.floor(count / rest.batchSize)
        : Math.ceil(count / rest.batchSize);
      expect(all).toHaveLength(3 * batchesPerEpoch);
      expect(positions.map((position) => (position as { epoch: number }).epoch)).toEqual(
        positions.map((_, index) => Math.floor(index / batchesPerEpoch)),
      );
      const used = make();
      await used.next();
      for (const [index, position] of positions.entries()) {
        const resumed = index % 2 === 0 ? make() : used;
        resumed.seek(JSON.parse(JSON.stringify(position)));
        expect(resumed.position()).toEqual(position);
        expect([await resumed.next(), await resumed.next()]).toEqual([all[index], all[index + 1]]);
      }
    }),
    { numRuns: 80 },
  );
});

test('batches for ever', async () => {
  const source = batches([1, 2], { batchSize: 2, collate, epochs: Number.POSITIVE_INFINITY });
  source.seek({ epoch: 1_000_000, batch: 0 });
  expect(await source.next()).toEqual([1, 2]);
  expect(source.position()).toEqual({ epoch: 1_000_001, batch: 0 });
});

test('a stream is closed at the end of each epoch, and after it was left for another place', async () => {
  let open = 0;
  const stream: ExampleStream<number> = {
    open(position) {
      open++;
      return { ...streamExamples(list(6)).open(position), close: async () => void open-- };
    },
  };
  const source = batches(stream, { batchSize: 2, collate, epochs: 2 });
  await source.next();
  const position = source.position();
  await source.next();
  source.seek(position);
  await source.next();
  expect(open).toBe(1);
  await takeAll(source);
  expect(open).toBe(0);
});

test.each<[string, () => unknown, string]>([
  [
    'no examples',
    () => batches<number, number[]>([], { batchSize: 1, collate }).next(),
    'batches: expected at least one example, got 0 of 0 examples. Pass more examples',
  ],
  [
    'no examples in a stream',
    () => batches(streamExamples<number>([]), { batchSize: 1, collate, epochs: Infinity }).next(),
    'batches: expected at least one example, got 0 at this place of the stream.',
  ],
  [
    'too few for a batch',
    () => batches([1], { batchSize: 2, dropLast: true, collate }).next(),
    'batches: expected at least batchSize = 2 features, with dropLast, got 1 of 1 examples.',
  ],
  [
    'no batch size',
    () => batches([1], { batchSize: 0, collate }),
    'batches: batchSize: expected a whole number of at least 1, got 0.',
  ],
  [
    'half an epoch',
    () => batches([1], { batchSize: 1, epochs: 0.5, collate }),
    'batches: epochs: expected a whole number of at least 0, got 0.5.',
  ],
  [
    'no buffer',
    () => batches(streamExamples([1]), { batchSize: 1, shuffleBuffer: 0, collate }),
    'batches: shuffleBuffer: expected a whole number of at least 1, got 0.',
  ],
  [
    'a position of another kind',
    () => batches([1], { batchSize: 1, collate }).seek(3),
    'batches: position: epoch: expected a whole number of at least 0, got NaN.',
  ],
  [
    'a position beyond the epoch',
    () => batches([1], { batchSize: 1, collate }).seek({ epoch: 0, batch: 1 }),
    'batches: position: expected a batch below 1, the batches of an epoch, got 1. Go on with the examples',
  ],
  [
    'a position of other examples',
    async () => {
      const source = batches(list(7), { batchSize: 2, collate });
      await source.next();
      batches(list(9), { batchSize: 2, collate }).seek(source.position());
    },
    'batches: position: expected one of an epoch of 5 batches, got one of 4. Go on with the examples, the batch size',
  ],
  [
    'a position of a list in a stream',
    () => batches(streamExamples([1, 2]), { batchSize: 1, collate }).seek({ epoch: 0, batch: 1, of: 2 }),
    'batches: position: block: first: expected a whole number of at least 0, got NaN.',
  ],
  [
    'a position of blocks of another size',
    async () => {
      const options = { batchSize: 2, shuffle: true, collate };
      const source = batches(streamExamples(list(40)), { ...options, shuffleBuffer: 12 });
      for (let i = 0; i < 8; i++) await source.next();
      batches(streamExamples(list(40)), { ...options, shuffleBuffer: 8 }).seek(source.position());
    },
    'batches: position: expected batch 8 in a block that begins at batch 8, got one that begins at 6. Go on with the batchSize, the shuffleBuffer and the features that the position comes from.',
  ],
  [
    'a position of a larger block',
    async () => {
      const options = { batchSize: 2, shuffle: true, collate };
      const source = batches(streamExamples(list(40)), options);
      for (let i = 0; i < 8; i++) await source.next();
      batches(streamExamples(list(40)), { ...options, shuffleBuffer: 8 }).seek(source.position());
    },
    'batches: position: expected batch 8 in a block that begins at batch 8, got one that begins at 0.',
  ],
  [
    'a block of another kind',
    () => batches(streamExamples([1]), { batchSize: 1, collate }).seek({ epoch: 0, batch: 1, block: 2 }),
    'batches: position: block: first: expected a whole number',
  ],
])('%s', async (_, call, message) => {
  await expect((async () => call())()).rejects.toThrow(message);
});
