import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { type TokenWindowOptions, tokenWindows } from './token-windows.ts';

const text = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

/** The next batch as plain lists. */
async function take(source: ReturnType<typeof tokenWindows>) {
  const batch = await source.next();
  if (batch === undefined) return undefined;
  const { inputIds, targets } = batch;
  expect([inputIds.dtype, targets.dtype]).toEqual(['int32', 'int32']);
  const lists = { inputIds: await inputIds.array(), targets: await targets.array() };
  inputIds.dispose();
  targets.dispose();
  return lists;
}

async function takeAll(source: ReturnType<typeof tokenWindows>) {
  const batches = [];
  for (let batch = await take(source); batch !== undefined; batch = await take(source)) batches.push(batch);
  return batches;
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('random windows lie in the text, and targets are one ahead', async () => {
    const batches = await takeAll(tokenWindows(text(20), { length: 5, batchSize: 3, seed: 1, limit: 100 }));
    expect(batches).toHaveLength(100);
    const starts = new Set<number>();
    for (const { inputIds, targets } of batches) {
      inputIds.forEach((row, i) => {
        expect(row).toEqual([0, 1, 2, 3, 4].map((t) => row[0]! + t));
        expect(targets[i]).toEqual(row.map((id) => id + 1));
        starts.add(row[0]!);
      });
    }
    expect([...starts].sort((a, b) => a - b)).toEqual([...Array(15).keys()]); // each place comes up
  });

  test('the batches depend on seed and position alone', async () => {
    const options = { length: 4, batchSize: 2, seed: 3 } as const;
    const through = tokenWindows(text(1000), options);
    const first = [await take(through), await take(through)];
    const position = through.position();
    expect(position).toEqual({
      batch: 2,
      of: { tokens: 1000, length: 4, batchSize: 2, order: 'random', seed: 3 },
    });
    const rest = [await take(through), await take(through)];

    const resumed = tokenWindows(text(1000), options);
    resumed.seek(position);
    expect([await take(resumed), await take(resumed)]).toEqual(rest);
    expect(await take(tokenWindows(text(1000), { ...options, seed: 4 }))).not.toEqual(first[0]);
  });

  test('sequential windows cover the text once and end with a smaller batch', async () => {
    const source = tokenWindows(text(23), { length: 4, batchSize: 2, order: 'sequential' });
    const start = source.position();
    const batches = await takeAll(source);
    expect(batches.map(({ inputIds }) => inputIds.length)).toEqual([2, 2, 1]);
    // 22 targets: five windows of 4, and two that fill no window.
    expect(batches.flatMap(({ targets }) => targets.flat())).toEqual([...text(21)].slice(1));
    expect(await source.next()).toBeUndefined();
    source.seek(start);
    expect(await take(source)).toEqual(batches[0]);
  });

  test('limit ends either order', async () => {
    const options: TokenWindowOptions = { length: 2, batchSize: 1, limit: 2 };
    expect(await takeAll(tokenWindows(text(50), options))).toHaveLength(2);
    expect(await takeAll(tokenWindows(text(50), { ...options, order: 'sequential' }))).toHaveLength(2);
  });

  test('a text of one window is enough', async () => {
    expect(await take(tokenWindows(text(5), { length: 4, batchSize: 2 }))).toEqual({
      inputIds: [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
      targets: [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
    });
  });

  test('nothing but the batch is kept', () =>
    leakFree(async () => {
      await takeAll(tokenWindows(text(30), { length: 4, batchSize: 2, order: 'sequential' }));
    }));
});

test('a context longer than the text is refused', () => {
  expect(() => tokenWindows(text(8), { length: 8, batchSize: 1 })).toThrow(
    'tokenWindows: text: expected at least length + 1 = 9 tokens, got 8. Pass a longer text or a shorter length.',
  );
});

test('options and positions must be whole numbers', () => {
  expect(() => tokenWindows(text(9), { length: 0, batchSize: 1 })).toThrow('tokenWindows: length: expected');
  expect(() => tokenWindows(text(9), { length: 1, batchSize: 1.5 })).toThrow(
    'tokenWindows: batchSize: expected',
  );
  const source = tokenWindows(text(9), { length: 1, batchSize: 1 });
  expect(() => source.seek('2')).toThrow(
    'tokenWindows: position: batch: expected a whole number of at least 0, got NaN.',
  );
});

test.each([
  [{ tokens: 10 }, 'tokens is 9, got 10.'],
  [{ length: 2 }, 'length is 1, got 2.'],
  [{ batchSize: 3 }, 'batchSize is 1, got 3.'],
  [{ order: 'sequential' }, 'order is random, got "sequential".'],
  [{ seed: 1 }, 'seed is 42, got 1.'],
])('a position of other windows is refused: %j', (change, message) => {
  const source = tokenWindows(text(9), { length: 1, batchSize: 1 });
  const of = { tokens: 9, length: 1, batchSize: 1, order: 'random', seed: 42, ...change };
  expect(() => source.seek({ batch: 3, of })).toThrow(
    `tokenWindows: position: expected one of batches whose ${message} Go on with the text and the options that the position comes from.`,
  );
  source.seek({ batch: 0, of }); // the beginning is everyone's
});
