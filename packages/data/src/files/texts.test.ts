import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAll } from '../example-stream.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import { MOST_BYTES } from './line-reader.ts';
import { readDocuments, readTexts } from './texts.ts';

let file: string;
beforeAll(() => {
  file = join(mkdtempSync(join(tmpdir(), 'tenon-texts-')), 'a.txt');
});
afterAll(() => rmSync(join(file, '..'), { recursive: true, force: true }));

const content = '\ufeffone\r\n two \r\n\r\n \r\nthree\nfour';

test('lines, paragraphs and documents, each with its line', async () => {
  writeFileSync(file, content);
  expect((await readAll(readTexts(file))).map(({ text, origin }) => [text, origin?.line])).toEqual([
    ['one', 1],
    [' two ', 2],
    ['three', 5],
    ['four', 6],
  ]);
  expect(await readAll(readTexts(file, { unit: 'paragraph' }))).toEqual([
    { text: 'one\n two ', origin: { file, line: 1 } },
    { text: 'three\nfour', origin: { file, line: 5 } },
  ]);
  expect(await readAll(readDocuments(file))).toEqual([
    { sentences: ['one', 'two'], origin: { file, line: 1 } },
    { sentences: ['three', 'four'], origin: { file, line: 5 } },
  ]);
});

test('from every place', async () => {
  for (const stream of [readTexts(file), readTexts(file, { unit: 'paragraph' }), readDocuments(file)]) {
    const all = await readAll<unknown>(stream);
    const cursor = stream.open();
    for (let i = 0; i <= all.length; i++) {
      const position = JSON.parse(JSON.stringify(cursor.position()));
      expect(await readAll<unknown>({ open: () => stream.open(position) })).toEqual(all.slice(i));
      await cursor.next();
    }
  }
});

test('a file is read as far as it is asked for', async () => {
  writeFileSync(file, 'a line of some length\n'.repeat(100_000));
  const cursor = readTexts(file).open();
  await cursor.next();
  appendFileSync(file, 'the last line\n'); // after the first line was given
  let last: string | undefined;
  for (let next = await cursor.next(); next !== undefined; next = await cursor.next()) last = next.text;
  expect(last).toBe('the last line');
});

test('a document that would fill the memory is left out as a whole', async () => {
  writeFileSync(file, `${`${'x'.repeat(1 << 20)}\n`.repeat(17)}\nshort\n`);
  const skipped = new SkippedExamples();
  expect(await readAll(readDocuments(file, { onInvalid: skipped.report }))).toMatchObject([
    { sentences: ['short'] },
  ]);
  await expect(readAll(readDocuments(file))).rejects.toThrow(
    `a.txt, line 1: expected an empty line after at most ${MOST_BYTES} bytes, got more lines without one. Put an empty line between examples.`,
  );
});
