import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, TenonError } from '@tenon/core';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAll } from '../example-stream.ts';
import type { ExampleStream } from '../examples.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import { MOST_BYTES } from './line-reader.ts';
import { readRows } from './read-rows.ts';
import type { Row, RowsOptions } from './rows.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function written(content: string | Uint8Array, ending = 'tsv'): string {
  const file = join(folder, `${files++}.${ending}`);
  writeFileSync(file, content);
  return file;
}

async function fieldsOf(
  content: string | Uint8Array,
  ending: string,
  options: RowsOptions = {},
): Promise<unknown[]> {
  return (await readAll(readRows(written(content, ending), options))).map(({ fields }) => fields);
}

/** What a file's error says after the file's name. */
async function fault(
  content: string | Uint8Array,
  ending: string,
  options: RowsOptions = {},
): Promise<string> {
  const file = written(content, ending);
  const error: TenonError = await readAll(readRows(file, options)).then(
    () => expect.unreachable(),
    (reason) => reason,
  );
  expect(error.message.startsWith(file)).toBe(true);
  return error.message.slice(file.length);
}

describe('CSV and TSV', () => {
  test.each<[string, string, string, RowsOptions]>([
    ['a plain file', 'a,b\n1,2\n3,4\n', 'csv', {}],
    ['no line break at the end', 'a,b\n1,2\n3,4', 'csv', {}],
    ['a byte order mark and \\r\\n', '\ufeffa,b\r\n1,2\r\n3,4\r\n', 'csv', {}],
    ['empty lines', '\na,b\n\n1,2\n\n\n3,4\n\n', 'csv', {}],
    ['quoted fields', '"a","b"\n"1",2\n3,"4"\n', 'csv', {}],
    ['tabs', 'a\tb\n1\t2\n3\t4\n', 'tsv', {}],
    ['names of our own', '1\t2\n3\t4\n', 'tsv', { header: ['a', 'b'] }],
    ['another delimiter and quote', "a;b\n'1';2\n3;4\n", 'csv', { delimiter: ';', quote: "'" }],
    ['a delimiter of two characters', 'a||b\n"1"||2\n3||4\n', 'csv', { delimiter: '||' }],
  ])('%s', async (_, content, ending, options) => {
    expect(await fieldsOf(content, ending, options)).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  test('quotes are text in TSV, and hold delimiters, quotes and line breaks in CSV', async () => {
    expect(await fieldsOf('a\tb\n"x\ty"\n', 'tsv')).toEqual([{ a: '"x', b: 'y"' }]);
    expect(await fieldsOf('a,b\n"x,""y""\r\nz\n",5" pipe\n', 'csv')).toEqual([
      { a: 'x,"y"\r\nz\n', b: '5" pipe' },
    ]);
    expect(await fieldsOf('a,b\n"",\n', 'csv')).toEqual([{ a: '', b: '' }]);
  });

  test('columns by number, and some of them', async () => {
    expect(await fieldsOf('x,y\n1,2\n', 'csv', { header: false })).toEqual([
      { 0: 'x', 1: 'y' },
      { 0: '1', 1: '2' },
    ]);
    expect(await fieldsOf('a,b\n1,2\n', 'csv', { columns: ['b'] })).toEqual([{ b: '2' }]);
    expect(await fieldsOf('__proto__,b\n1,2\n', 'csv')).toEqual([JSON.parse('{"__proto__":"1","b":"2"}')]);
  });

  test("the line is that of a record's beginning", async () => {
    const rows = await readAll(readRows(written('a,b\n"1\n\n",2\n\n3,4\n', 'csv')));
    expect(rows.map(({ origin }) => origin.line)).toEqual([2, 6]);
  });

  test('reads what csv-parse reads', async () => {
    const field = fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é', '😀'),
      maxLength: 6,
    });
    const table = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 5 });
    const quoted = (text: string): string =>
      /[",\r\n]|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), async (rows, ending) => {
        const content = rows.map((row) => row.map(quoted).join(',') + ending).join('');
        const header = ['a', 'b', 'c'];
        const read = await fieldsOf(content, 'csv', { header });
        expect(read).toEqual(parse(content, { columns: header, record_delimiter: ['\n', '\r\n'] }));
        expect(read).toEqual(rows.map(([a, b, c]) => ({ a, b, c })));
      }),
      { numRuns: 60 },
    );
  });

  test.each<[string, string | Uint8Array, string, RowsOptions, string]>([
    [
      'a missing column',
      'a,b\n1,2\n',
      'csv',
      { columns: ['c'] },
      ': expected a column "c", got the columns "a", "b". Pass the name of one of them; header: false',
    ],
    [
      'another delimiter',
      'a;b\n1;2\n',
      'csv',
      { columns: ['b'] },
      ': expected a column "b", got the columns "a;b". Pass delimiter: ";" to readRows.',
    ],
    [
      'a name twice',
      'a,b,a\n',
      'csv',
      {},
      ': expected every column to have a name of its own, got "a" twice. Rename one',
    ],
    [
      'no header',
      '',
      'csv',
      {},
      ': expected a first line with the names of the columns, got an empty file. Check the file.',
    ],
    [
      'too few fields',
      'a,b\n1,2\n3\n',
      'csv',
      {},
      ', line 3: expected 2 fields ("a", "b"), got 1. Check delimiters and quotes of this line',
    ],
    [
      'another delimiter, and the usual one in a text',
      'text;label\nwell, well;1\n',
      'csv',
      {},
      ', line 2: expected 1 field ("text;label"), got 2. Pass delimiter: ";" to readRows.',
    ],
    ['too many fields', 'a\tb\n1\t2\t3\n', 'tsv', {}, ', line 2: expected 2 fields ("a", "b"), got 3.'],
    [
      'an open quote',
      'a,b\n1,"2\n3,4\n',
      'csv',
      {},
      ', line 2: expected a closing ", got the end of the file. Close the quote, double quotes within it, or pass quote: false',
    ],
    [
      'text after a quote',
      'a,b\n"1"x,2\n',
      'csv',
      {},
      ', line 2: expected a delimiter or the end of the line after a closing ", got "x,2". Double quotes',
    ],
    [
      'broken UTF-8',
      Buffer.from('a,b\n1,2\nxé,\xff\n', 'latin1'),
      'csv',
      {},
      ', line 3: expected UTF-8 text, got 0xe9 after 1 bytes. Save the file as UTF-8 text',
    ],
    [
      'UTF-16',
      Buffer.from('\ufeffa,b\n', 'utf16le'),
      'csv',
      {},
      ': expected UTF-8 text, got a mark of UTF-16. Save',
    ],
    ['a NUL byte', 'a,b\n1,\0\n', 'csv', {}, ', line 2: expected UTF-8 text, got a NUL byte. Save'],
    [
      'a delimiter that is a quote',
      'a',
      'csv',
      { delimiter: '"' },
      ': delimiter and quote: expected a text without line breaks, and another character or false, got "\\"" and "\\"".',
    ],
  ])('%s', async (_, content, ending, options, message) => {
    expect(await fault(content, ending, options).catch((error) => error.message)).toContain(message);
  });
});

describe('JSON lines', () => {
  test('objects of any values', async () => {
    expect(await fieldsOf('{"a":1}\n\n {"b":[null,"x"]}\r\n', 'jsonl')).toEqual([
      { a: 1 },
      { b: [null, 'x'] },
    ]);
    expect(await fieldsOf('{"a":1,"b":2}\n{"b":3}\n', 'ndjson', { columns: ['a'] })).toEqual([{ a: 1 }, {}]);
  });

  test.each<[string, string]>([
    [
      '{"a":1}\n{"a":\n',
      ', line 2: expected a JSON object, got broken JSON (Unexpected end of JSON input). Correct the line: each is an object of its own.',
    ],
    [
      '[\n{"a":1}\n]\n',
      ', line 1: expected a JSON object, got the beginning of a list. Put each object of the list in a line of its own.',
    ],
    [
      '[1]\n',
      ', line 1: expected a JSON object, got a list. Put each object of the list in a line of its own.',
    ],
    ['null\n', ', line 1: expected a JSON object, got null.'],
    ['3\n', ', line 1: expected a JSON object, got a number.'],
  ])('%j', async (content, message) => expect(await fault(content, 'jsonl')).toContain(message));
});

describe('Parquet', () => {
  const file = join(import.meta.dirname, '__fixtures__', 'sentences.parquet');

  test('rows of several groups, lists, objects and nulls', async () => {
    const rows = await readAll(readRows(file));
    expect(rows).toHaveLength(7);
    expect(rows[4]).toEqual({
      fields: {
        sentence: 'sentence 4 ü',
        label: 0,
        score: 1,
        tags: ['O', 'O', 'O', 'O', 'B-x'],
        answers: { text: ['s4'], answer_start: [4] },
        note: '',
        large: 2n ** 60n,
      },
      origin: { file, row: 5 },
    });
    expect(rows.map(({ fields }) => fields['note'])).toEqual([null, 'a', null, 'b', '', null, 'c']);
  });

  test('some columns', async () => {
    const rows = await readAll(readRows(file, { columns: ['label'] }));
    expect(rows.map(({ fields }) => fields)).toEqual([0, 1, 0, 1, 0, 1, 0].map((label) => ({ label })));
    await expect(readAll(readRows(file, { columns: ['text'] }))).rejects.toThrow(
      'expected a column "text", got the columns "sentence", "label", "score", "tags", "answers", "note", "large".',
    );
  });

  test('a column without a value, packed by LZ4', async () => {
    const nulls = join(import.meta.dirname, '__fixtures__', 'nulls-lz4.parquet'); // by pyarrow 25
    expect((await readAll(readRows(nulls))).map(({ fields }) => fields)).toEqual([
      { text: 'a', note: null },
      { text: 'b', note: null },
    ]);
  });

  test('files that are no Parquet, or not whole', async () => {
    const bytes = readFileSync(file);
    expect(await fault('text', 'parquet')).toContain(': expected a Parquet file that can be read, got ');
    expect(await fault('', 'parquet')).toContain(': expected a Parquet file that can be read, got ');
    expect(await fault(bytes.subarray(0, 1000), 'parquet')).toContain(
      'Check that the file was copied whole.',
    );
  });
});

describe('places', () => {
  const streams: [string, () => ExampleStream<Row>][] = [
    ['CSV', () => readRows(written('\ufeffa,b\r\n"1\r\n",2\r\n\r\n3,é\r\n5,6', 'csv'))],
    ['TSV without names', () => readRows(written('1\t2\n3\t4\n', 'tsv'), { header: false })],
    ['JSON lines', () => readRows(written('{"a":1}\n{"a":2}\n\n', 'jsonl'))],
    ['bad lines left out', () => readRows(written('a,b\n1\n1,2\n"3\n4,5\n', 'csv'), { onInvalid: () => {} })],
    ['Parquet', () => readRows(join(import.meta.dirname, '__fixtures__', 'sentences.parquet'))],
  ];
  test.each(streams)('%s goes on from each', async (_, make) => {
    const stream = make();
    const all = await readAll(stream);
    expect(all.length).toBeGreaterThan(1);
    const cursor = stream.open();
    for (let i = 0; i <= all.length; i++) {
      const position: Json = JSON.parse(JSON.stringify(cursor.position()));
      expect(await readAll({ open: () => stream.open(position) })).toEqual(all.slice(i));
      expect(await cursor.next()).toEqual(all[i]);
    }
  });

  test('a file that has changed is refused', async () => {
    const file = written('a\tb\n1\t2\n3\t4\n');
    const stream = readRows(file);
    const cursor = stream.open();
    await cursor.next();
    const position = cursor.position();
    expect(position).toEqual({ offset: 8, lines: 2 });
    writeFileSync(file, 'a\tb\n1\t2222\n');
    await expect(stream.open(position).next()).rejects.toThrow(
      `${file}: expected line 3 at byte 8, where reading stopped before, got the middle of a line. The file has changed since`,
    );
    writeFileSync(file, 'a\tb\n');
    await expect(stream.open(position).next()).rejects.toThrow('got a file of 4 bytes');
    expect(() => stream.open('8')).toThrow(
      `${file}: position: offset: expected a whole number of at least 0, got NaN.`,
    );
  });
});

test('bad lines are left out and counted, and good ones after them are not', async () => {
  const skipped = new SkippedExamples();
  const content = Buffer.concat([
    Buffer.from('a,b\n1,2\n3\n"4,5\n6,7\n'),
    Buffer.from([0xff, 10]),
    Buffer.alloc(MOST_BYTES + 3, 'x'),
    Buffer.from('\n8,9\n'),
  ]);
  const file = written(content, 'csv');
  const rows = await readAll(readRows(file, { onInvalid: skipped.report }));
  expect(rows.map(({ fields, origin }) => [fields['a'], origin.line])).toEqual([
    ['1', 2],
    ['6', 5],
    ['8', 8],
  ]);
  expect(skipped.count).toBe(4);
});

test.each<[string, RowsOptions, string]>([
  ['none.csv', {}, 'none.csv: expected a file to read, got nothing at that path. Check the path.'],
  ['', { format: 'tsv' }, ': expected a file to read, got a folder. Check the path.'],
  [
    'a.csv.gz',
    {},
    'a.csv.gz: expected a file that ends with .csv, .tsv, .jsonl, .ndjson, .parquet, got .gz. Unpack it first, with gunzip for instance.',
  ],
  [
    'a.json',
    {},
    "a.json: expected a file that ends with .csv, .tsv, .jsonl, .ndjson, .parquet, got .json. Pass { format: 'jsonl' } where each line is an object; readSquad reads SQuAD's files.",
  ],
  ['a.xlsx', {}, 'got .xlsx. Save the sheet as CSV.'],
  ['none.parquet', {}, 'none.parquet: expected a file to read, got nothing at that path.'],
  [
    'reviews',
    {},
    'reviews: expected a file that ends with .csv, .tsv, .jsonl, .ndjson, .parquet, got no ending. Pass the format',
  ],
])('%j cannot be read', async (name, options, message) => {
  const skip = { ...options, onInvalid: () => {} };
  await expect((async () => readAll(readRows(join(folder, name), skip)))()).rejects.toThrow(message);
});
