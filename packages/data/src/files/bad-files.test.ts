// What is wrong with a file as a whole is an error, also where bad examples are left out.

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TenonError } from '@tenon/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAll } from '../example-stream.ts';
import type { Examples } from '../examples.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import type { ReadOptions } from './line-stream.ts';
import { readRows } from './read-rows.ts';
import { readSlots } from './slots.ts';
import { readSquad } from './squad.ts';
import { readTagged } from './tagged.ts';
import { readDocuments, readTexts } from './texts.ts';

type Read = (file: string, options: ReadOptions) => Examples<unknown> | Promise<Examples<unknown>>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-bad-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(content: string | Uint8Array): string {
  const file = join(folder, 'a');
  writeFileSync(file, content);
  return file;
}

/** What is said of a file, whether or not bad examples are left out. */
async function fault(read: Read, file: string): Promise<string> {
  const skipped = new SkippedExamples();
  const messages: string[] = [];
  for (const options of [{}, { onInvalid: skipped.report }]) {
    const attempt = async () => readAll(await read(file, options));
    const error = await attempt().then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    if (!(error instanceof TenonError)) throw error;
    messages.push(error.message.replace(file, basename(file)));
  }
  expect(skipped.count).toBe(0);
  expect(messages[1]).toBe(messages[0]);
  return messages[0]!;
}

const ofLines: [string, Read][] = [
  ['CSV', (file, options) => readRows(file, { ...options, format: 'csv' })],
  ['TSV', (file, options) => readRows(file, { ...options, format: 'tsv', header: ['a'] })],
  ['JSON lines', (file, options) => readRows(file, { ...options, format: 'jsonl' })],
  ['texts', readTexts],
  ['paragraphs', (file, options) => readTexts(file, { ...options, unit: 'paragraph' })],
  ['documents', readDocuments],
  ['CoNLL', readTagged],
];
/** Half a megabyte that the reader takes: three chunks. */
const contentFor = (name: string): string =>
  (name === 'JSON lines' ? '{"a": 11}\n\n' : 'a123456 O\n\n').repeat(50_000);
const parquet: [string, Read] = [
  'Parquet',
  (file, options) => readRows(file, { ...options, format: 'parquet' }),
];

describe.each([...ofLines, ['SQuAD', readSquad] as [string, Read]])('%s', (_, read) => {
  test.each<[string, string | Uint8Array, string]>([
    ['gzip', gzipSync('a\tO\n'.repeat(1000)), 'a: expected UTF-8 text, got a gzip file. Unpack it first'],
    [
      'a workbook',
      Buffer.from('PK\x03\x04\0\0'),
      'a: expected UTF-8 text, got a zip file, as workbooks are. Unpack it first, or save',
    ],
    [
      'UTF-16',
      Buffer.from('\ufeffa O\n', 'utf16le'),
      'a: expected UTF-8 text, got a mark of UTF-16. Save the file as UTF-8.',
    ],
    ['UTF-16, high bytes first', Buffer.from('\ufeffa O\n', 'utf16le').swap16(), 'got a mark of UTF-16.'],
  ])('%s', async (_, content, message) => expect(await fault(read, written(content))).toContain(message));
});

describe.each(ofLines)('%s', (name, read) => {
  test('line breaks of old Macintoshes', async () => {
    expect(await fault(read, written('{"a":1}\tO\r{"a":2}\tO\r'))).toContain(
      'a: expected lines that end with \\n or \\r\\n, got \\r alone. Convert the line breaks',
    );
  });

  test('cut off or rewritten while it is read', async () => {
    const content = contentFor(name);
    for (const change of [
      (file: string) => truncateSync(file, 11 * 40_000),
      (file: string) => writeFileSync(file, `x${content}`),
      (file: string) => writeFileSync(file, content.slice(0, 11 * 1000)),
    ]) {
      const file = written(content);
      const example = ((await read(file, {})) as Exclude<Examples<unknown>, readonly unknown[]>).open();
      await example.next();
      change(file);
      await expect(
        (async () => {
          while ((await example.next()) !== undefined);
        })(),
      ).rejects.toThrow(
        /a: expected the file that reading began with, got (other bytes before byte 262144|its end at byte 440000 of 550000)\. Leave it as it is until the run has ended\./,
      );
    }
  });

  test('gone while it is read', async () => {
    const file = written(contentFor(name));
    const example = ((await read(file, {})) as Exclude<Examples<unknown>, readonly unknown[]>).open();
    await example.next();
    unlinkSync(file);
    await expect(
      (async () => {
        while ((await example.next()) !== undefined);
      })(),
    ).rejects.toThrow('a: expected a file to read, got nothing at that path. Check the path.');
  });
});

describe.each([
  ...ofLines.slice(1),
  ['CSV without names', (file, options) => readRows(file, { ...options, format: 'csv', header: false })] as [
    string,
    Read,
  ],
])('%s', (_, read) => {
  test.each(['', '\n\n\n'])('nothing in it: %j', async (content) => {
    expect(await fault(read, written(content))).toBe(
      `a: expected at least one example, got ${content === '' ? 'an empty file' : 'none'}. Check that it is the right file, and that it was written to its end.`,
    );
  });
});

test('a header without rows, questions without any', async () => {
  expect(await fault(ofLines[0]![1], written('a,b\n'))).toContain(
    'a: expected at least one example, got none. Check that',
  );
  expect(await fault(readSquad, written('{"data":[]}'))).toContain(
    'a: expected at least one example, got none.',
  );
  expect(await fault(readSquad, written(''))).toContain(
    'a: expected a SQuAD file, JSON in UTF-8, got an empty file.',
  );
  expect(await fault(readTagged, written('-DOCSTART- O\n\n'))).toContain(
    'expected at least one example, got none.',
  );
});

test('nothing but bad examples is no such error: each is told of', async () => {
  const skipped = new SkippedExamples();
  const options = { format: 'jsonl', onInvalid: skipped.report } as const;
  expect(await readAll(readRows(written('[1]\n[2]\n'), options))).toEqual([]);
  expect(skipped.count).toBe(2);
});

test('an empty folder of slots, and a file in place of the folder', async () => {
  const slots = join(folder, 'slots');
  mkdirSync(slots);
  for (const name of ['seq.in', 'seq.out', 'label']) writeFileSync(join(slots, name), '');
  expect(await fault(readSlots, slots)).toContain(
    `${join('slots', 'seq.in')}: expected at least one example, got an empty file.`,
  );
  expect(await fault(readSlots, written('a'))).toContain(
    'expected a file to read, got a path through what is no folder. Check the path.',
  );
});

test('Parquet: empty, and changed while it is read', async () => {
  expect(await fault(parquet[1], written(''))).toContain(
    'a: expected a Parquet file that can be read, got an empty file. Check that the file was copied whole.',
  );
  const bytes = readFileSync(join(import.meta.dirname, '__fixtures__', 'sentences.parquet'));
  const file = written(bytes);
  const rows = readRows(file, { format: 'parquet' });
  const cursor = rows.open();
  await cursor.next();
  writeFileSync(file, bytes.subarray(0, 900));
  const goOn = async () => {
    while ((await cursor.next()) !== undefined);
  };
  await expect(goOn()).rejects.toThrow(
    `a: expected a file of ${bytes.length} bytes, as it was when reading began, got 900. Leave it as it is until the run has ended.`,
  );
  writeFileSync(file, bytes);
  await expect(readAll({ open: () => rows.open(8) })).rejects.toThrow(
    'a: expected row 9, where reading stopped before, got a file of 7 rows. The file has changed since: go on with the file as it was, or start again.',
  );
});
