import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectBackend, sharedFolder } from '@tenon/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { gptBatch } from './gpt-batch.ts';
import {
  type GPTRow,
  type GPTRowOptions,
  gptChoiceRows,
  gptPairRow,
  gptSimilarityRows,
  gptTextRow,
} from './gpt-rows.ts';

const tokens = { start: 97, delimiter: 98, extract: 99 };

test('the sequences of figure 1', () => {
  expect(gptTextRow([1, 2], { tokens })).toEqual({ ids: [97, 1, 2, 99], extractIndex: 3 });
  expect(gptPairRow([1, 2], [3], { tokens })).toEqual({ ids: [97, 1, 2, 98, 3, 99], extractIndex: 5 });
  expect(gptSimilarityRows([1, 2], [3], { tokens }).map(({ ids }) => ids)).toEqual([
    [97, 1, 2, 98, 3, 99],
    [97, 3, 98, 1, 2, 99],
  ]);
  expect(gptChoiceRows([1], [[2], [3, 4]], { tokens }).map(({ ids }) => ids)).toEqual([
    [97, 1, 98, 2, 99],
    [97, 1, 98, 3, 4, 99],
  ]);
  expect(gptTextRow([], { tokens }).ids).toEqual([97, 99]);
});

describe('what is too long', () => {
  test.each<[number[], number[], number[]]>([
    [[1, 2, 3, 4, 5], [6], [97, 1, 2, 3, 98, 6, 99]],
    [[1], [2, 3, 4, 5, 6], [97, 1, 98, 2, 3, 4, 99]],
    [
      [1, 2, 3],
      [4, 5, 6],
      [97, 1, 2, 98, 4, 5, 99],
    ],
    [[], [4, 5, 6, 7, 8], [97, 98, 4, 5, 6, 7, 99]],
  ])('loses the end of the longer text: %j, %j', (a, b, ids) =>
    expect(gptPairRow(a, b, { tokens, maxLength: 7 }).ids).toEqual(ids),
  );

  test('of equal texts with an odd room the second keeps one more', () => {
    expect(gptPairRow([1, 2, 3], [4, 5, 6], { tokens, maxLength: 8 }).ids).toEqual([
      97, 1, 2, 98, 4, 5, 6, 99,
    ]);
    expect(gptTextRow([1, 2, 3], { tokens, maxLength: 4 }).ids).toEqual([97, 1, 2, 99]);
  });

  test('fills the room, begins and ends as it should, and shortens the longer text first', () => {
    const text = fc.array(fc.nat(90), { maxLength: 20 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 5, max: 30 }), (a, b, maxLength) => {
        const { ids, extractIndex } = gptPairRow(a, b, { tokens, maxLength });
        expect(ids.length).toBe(Math.min(maxLength, a.length + b.length + 3));
        expect([ids[0], ids.at(-1), extractIndex]).toEqual([97, 99, ids.length - 1]);
        const cut = ids.indexOf(98);
        const [first, second] = [ids.slice(1, cut), ids.slice(cut + 1, -1)];
        expect(first).toEqual(a.slice(0, first.length));
        expect(second).toEqual(b.slice(0, second.length));
        if (first.length < a.length) expect(first.length).toBeGreaterThanOrEqual(second.length - 1);
        if (second.length < b.length) expect(second.length).toBeGreaterThanOrEqual(first.length);
      }),
    );
  });

  test.each<[() => unknown, string]>([
    [
      () => gptTextRow([1], { tokens, maxLength: 2 }),
      'GPT row: maxLength: expected a whole number of at least 3, got 2',
    ],
    [
      () => gptPairRow([1], [2], { tokens, maxLength: 4 }),
      'GPT row: maxLength: expected a whole number of at least 5, got 4',
    ],
    [
      () => gptChoiceRows([1], [], { tokens }),
      'gptChoiceRows: expected at least one answer, got none. Pass the token ids of every answer.',
    ],
  ])('%#', (call, message) => expect(call).toThrow(message));
});

describe('batches', () => {
  beforeAll(() => selectBackend('cpu'));
  const rows = [gptTextRow([1, 2, 3], { tokens }), gptTextRow([4], { tokens })];
  const read = (batch: ReturnType<typeof gptBatch>) => {
    const values = Object.fromEntries(
      Object.entries(batch).map(([name, value]) => [name, value.arraySync()]),
    );
    for (const tensor of Object.values(batch)) tensor.dispose();
    return values;
  };

  test('are filled up on the right', () => {
    expect(read(gptBatch(rows, { padding: 50 }))).toEqual({
      inputIds: [
        [97, 1, 2, 3, 99],
        [97, 4, 99, 50, 50],
      ],
      attentionMask: [
        [1, 1, 1, 1, 1],
        [1, 1, 1, 0, 0],
      ],
      extractIndices: [4, 2],
      lmLabels: [
        [97, 1, 2, 3, 99],
        [97, 4, 99, -100, -100],
      ],
    });
    expect(read(gptBatch(rows, { length: 6 }))['inputIds']).toEqual([
      [97, 1, 2, 3, 99, 0],
      [97, 4, 99, 0, 0, 0],
    ]);
  });

  test('need rows that fit', () => {
    expect(() => gptBatch(rows, { length: 4 })).toThrow(
      'gptBatch: expected rows of at most length = 4 tokens, got 5. Make the rows with maxLength = length.',
    );
    expect(() => gptBatch([])).toThrow(
      'gptBatch: expected at least one row, got none. Pass the rows of a task.',
    );
  });
});

const shared = sharedFolder();
const goldens = shared === undefined ? '' : join(shared, 'goldens', 'gpt');
const cases = existsSync(goldens) ? readdirSync(goldens).filter((name) => name.startsWith('task_')) : [];

type Text = Record<string, number[] & number[][]>;
const ROWS: Record<string, (text: Text, options: GPTRowOptions) => readonly GPTRow[]> = {
  classification: (text, options) => [gptTextRow(text['text']!, options)],
  inference: (text, options) => [gptPairRow(text['premise']!, text['hypothesis']!, options)],
  similarity: (text, options) => gptSimilarityRows(text['a']!, text['b']!, options),
  multiple_choice: (text, options) => gptChoiceRows(text['context']!, text['answers']!, options),
};

test.runIf(cases.length > 0)(
  'the sequences of the reference implementation (skipped without the shared goldens)',
  () => {
    for (const name of cases) {
      const inputs = JSON.parse(readFileSync(join(goldens, name, 'inputs.json'), 'utf8'));
      const { start, delim, clf } = inputs.specials;
      const options = { tokens: { start, delimiter: delim, extract: clf } };
      const rows = inputs.texts.map((text: Text) => ROWS[name.replace('task_', '')]!(text, options));
      expect(rows.map((group: GPTRow[]) => group.map(({ ids }) => ids))).toEqual(inputs.sequences);
    }
  },
);
