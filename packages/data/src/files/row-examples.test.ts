import { describe, expect, test } from 'vitest';
import { readAll, streamExamples } from '../example-stream.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import {
  type ChoiceColumns,
  choiceExamples,
  type TextColumns,
  taggedExamples,
  textExamples,
} from './row-examples.ts';

const origin = { file: 'a.csv', line: 2 };
const rows = (...all: Record<string, unknown>[]) => streamExamples(all.map((fields) => ({ fields, origin })));
const texts = (fields: Record<string, unknown>, columns: TextColumns) =>
  readAll(textExamples(rows(fields), columns));
const choices = (fields: Record<string, unknown>, columns: ChoiceColumns) =>
  readAll(choiceExamples(rows(fields), columns));

describe('texts', () => {
  const pair = { a: 'one', b: 'two', y: '1' };

  test('one, two, and with what is to be learnt', async () => {
    expect(await texts(pair, { text: 'a' })).toEqual([{ text: 'one', origin }]);
    expect(await texts(pair, { text: 'a', textPair: 'b', label: 'y' })).toEqual([
      { text: 'one', textPair: 'two', label: '1', origin },
    ]);
    expect(await texts({ a: 'x', y: false }, { text: 'a', label: 'y' })).toMatchObject([{ label: 'false' }]);
    expect(await texts({ a: 'x', y: 3 }, { text: 'a', label: 'y' })).toMatchObject([{ label: '3' }]);
    const regression = { text: 'a', label: 'y', problemType: 'regression' } as const;
    expect(await texts({ a: 'x', y: ' -2.5e-1' }, regression)).toMatchObject([{ label: -0.25 }]);
    expect(await texts({ a: 'x', y: 4 }, regression)).toMatchObject([{ label: 4 }]);
    const several = { text: 'a', label: 'y', problemType: 'multiLabelClassification' } as const;
    expect(await texts({ a: 'x', y: 'joy, fear' }, several)).toMatchObject([{ label: ['joy', 'fear'] }]);
    expect(await texts({ a: 'x', y: '' }, several)).toMatchObject([{ label: [] }]);
    expect(await texts({ a: 'x', y: ['joy'] }, several)).toMatchObject([{ label: ['joy'] }]);
    expect(await texts({ a: 'x', y: [2, 'joy', true] }, several)).toMatchObject([
      { label: ['2', 'joy', 'true'] },
    ]);
  });

  test.each<[Record<string, unknown>, TextColumns, string]>([
    [
      pair,
      { text: 'c' },
      'a.csv, line 2: expected a column "c", got the columns "a", "b", "y". Pass the name of one of them.',
    ],
    [
      { a: ' ' },
      { text: 'a' },
      'a.csv, line 2: expected a text in "a", got an empty one. Fill it, or take the row out.',
    ],
    [{ a: null }, { text: 'a' }, 'expected a text in "a", got null.'],
    [{ a: 'x', y: '' }, { text: 'a', label: 'y' }, 'a.csv, line 2: expected a label in "y", got "". Fill it'],
    [{ a: 'x', y: Number.NaN }, { text: 'a', label: 'y' }, 'expected a label in "y", got NaN. Fill it'],
    [
      { a: 'x', y: Number.NaN },
      { text: 'a', label: 'y', problemType: 'regression' },
      'expected a number in "y", got NaN.',
    ],
    [{ a: 'x', y: {} }, { text: 'a', label: 'y' }, 'expected a label in "y", got an object.'],
    [
      { a: 'x', y: '1,5' },
      { text: 'a', label: 'y', problemType: 'regression' },
      'expected a number in "y", got "1,5". Write digits, with a point before decimals.',
    ],
    [
      { a: 'x', y: 2n ** 60n },
      { text: 'a', label: 'y', problemType: 'regression' },
      'expected a number in "y", got 1152921504606846976.',
    ],
    [
      { a: 'x', y: 3 },
      { text: 'a', label: 'y', problemType: 'multiLabelClassification' },
      'expected labels in "y", got 3. Give the classes as a list',
    ],
    [
      { a: 'x', y: ['joy', ''] },
      { text: 'a', label: 'y', problemType: 'multiLabelClassification' },
      'expected labels in "y", got a list of 2, with "" at [1].',
    ],
    [
      { 'a;y': 'x;1' },
      { text: 'a' },
      'expected a column "a", got the columns "a;y". Pass delimiter: ";" to readRows.',
    ],
  ])('%#', async (fields, columns, message) => expect(texts(fields, columns)).rejects.toThrow(message));

  test('empty ones are left out and counted', async () => {
    const skipped = new SkippedExamples();
    const stream = textExamples(rows({ a: '' }, { a: 'x' }, { a: '' }), {
      text: 'a',
      onInvalid: skipped.report,
    });
    expect(await readAll(stream)).toEqual([{ text: 'x', origin }]);
    expect(skipped.summary()).toBe('2 skipped: 2 not a text in "a" (first: a.csv, line 2, got an empty one)');
  });
});

describe('choices', () => {
  const fields = { q: 'why', c1: 'so', c2: '1', list: ['so', '1'], at: '1', right: 'so' };

  test('in columns of their own or in a list, and the right one by place or text', async () => {
    const example = { text: 'why', choices: ['so', '1'], origin };
    expect(await choices(fields, { text: 'q', choices: ['c1', 'c2'] })).toEqual([example]);
    expect(await choices(fields, { text: 'q', choices: 'list', label: 'at' })).toEqual([
      { ...example, label: 1 },
    ]);
    const numbers = { ...fields, list: ['1', '0'], at: 1 };
    expect(await choices(numbers, { text: 'q', choices: 'list', label: 'at' })).toMatchObject([{ label: 1 }]);
    expect(await choices(fields, { text: 'q', choices: 'list', label: 'right' })).toEqual([
      { ...example, label: 0 },
    ]);
  });

  test.each<[Record<string, unknown>, string]>([
    [
      { at: 2 },
      'a.csv, line 2: expected one of 2 choices in "at", got 2. Count choices from 0, or give the text of the right one.',
    ],
    [
      { at: 'neither' },
      'expected one of 2 choices in "at", got "neither". Count choices from 0, or give the text',
    ],
    [
      { list: ['1', '0'] },
      'expected one of 2 choices in "at", got "1", the text of choice 0 and the index of choice 1. Make it a number with mapExamples, which is always an index.',
    ],
    [{ list: [] }, 'expected a list of texts in "list", got a list of 0.'],
    [{ list: 'so' }, 'expected a list of texts in "list", got "so".'],
  ])('%j', async (changed, message) =>
    expect(choices({ ...fields, ...changed }, { text: 'q', choices: 'list', label: 'at' })).rejects.toThrow(
      message,
    ),
  );
});

test('words and tags, in lists or texts, and intents', async () => {
  const stream = taggedExamples(rows({ w: ['to', 'rome'], t: 'O  B-city', i: 'go' }), {
    words: 'w',
    tags: 't',
    intent: 'i',
  });
  expect(await readAll(stream)).toEqual([
    { words: ['to', 'rome'], tags: ['O', 'B-city'], intent: 'go', origin },
  ]);
  expect(await readAll(taggedExamples(rows({ w: ' a b ' }), { words: 'w' }))).toEqual([
    { words: ['a', 'b'], origin },
  ]);
});
