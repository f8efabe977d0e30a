import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAll, streamExamples } from '../example-stream.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import { taggedExamples } from './row-examples.ts';
import { readSlots } from './slots.ts';
import { bioTags, type TagScheme } from './tag-scheme.ts';
import { type ReadTaggedOptions, readTagged } from './tagged.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-tagged-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('schemes', () => {
  test.each<[TagScheme, string, string]>([
    ['bio', 'O B-a I-a B-a B-b I-b', 'O B-a I-a B-a B-b I-b'],
    ['iob1', 'I-a I-a B-a I-a I-b O I-b', 'B-a I-a B-a I-a B-b O B-b'],
    ['bioes', 'S-a B-a E-a O B-b I-b E-b S-b', 'B-a B-a I-a O B-b I-b I-b B-b'],
    ['any', 'DT NN I-x', 'DT NN I-x'],
    ['bio', '', ''],
  ])('%s: %s', (scheme, tags, bio) => {
    const list = (text: string): string[] => text.split(' ').filter((tag) => tag !== '');
    expect(bioTags(list(tags), scheme)).toEqual(list(bio));
  });

  test.each<[TagScheme, string, number, string, string]>([
    ['bio', 'O I-a', 1, 'B-a at the first word of an entity', 'I-a'],
    ['bio', 'B-a I-b', 1, 'B-b at the first word of an entity', 'I-b'],
    ['bio', 'B-a E-a', 1, 'a BIO tag, O or one with B-, I-', '"E-a"'],
    ['bio', 'NN', 0, 'a BIO tag, O or one with B-, I-', '"NN"'],
    ['bio', 'B-', 0, 'a BIO tag, O or one with B-, I-', '"B-"'],
    ['iob1', 'O B-a', 1, 'I-a, or B- right after an entity of its type', 'B-a'],
    ['iob1', 'I-b B-a', 1, 'I-a, or B- right after an entity of its type', 'B-a'],
    ['iob1', 'S-a', 0, 'a IOB1 tag, O or one with B-, I-', '"S-a"'],
    ['bioes', 'B-a O', 1, 'I-a or E-a after B-a', 'O'],
    ['bioes', 'B-a E-b', 1, 'I-a or E-a after B-a', 'E-b'],
    ['bioes', 'B-a I-a', 1, "E-a at an entity's last word", 'I-a'],
    ['bioes', 'E-a', 0, 'B-a or S-a at the first word of an entity', 'E-a'],
  ])('%s refuses %s', (scheme, tags, index, expected, got) =>
    expect(bioTags(tags.split(' '), scheme)).toMatchObject({ index, expected, got }),
  );
});

describe('columns', () => {
  const read = (content: string | Uint8Array, options: ReadTaggedOptions = {}) => {
    writeFileSync(join(folder, 'a.conll'), content);
    return readAll(readTagged(join(folder, 'a.conll'), options));
  };

  test('sentences between empty lines, and their first lines', async () => {
    const examples = await read(
      '\ufeff-DOCSTART- -X- O\r\n\r\nin IN O\r\nNew NN B-c\r\nYork NN I-c \r\n \r\n\r\nend NN O',
    );
    expect(examples).toEqual([
      {
        words: ['in', 'New', 'York'],
        tags: ['O', 'B-c', 'I-c'],
        origin: { file: join(folder, 'a.conll'), line: 3 },
      },
      { words: ['end'], tags: ['O'], origin: { file: join(folder, 'a.conll'), line: 8 } },
    ]);
  });

  test('a mark of a document without an empty line after it takes no sentence with it', async () => {
    expect(await read('-DOCSTART- -X- O\nto O\nNew B-c\n\n-DOCSTART- -X- O\n\nend O\n')).toMatchObject([
      { words: ['to', 'New'], tags: ['O', 'B-c'] },
      { words: ['end'] },
    ]);
    expect(await read('-DOCSTART-\nto\n', { tagColumn: false })).toMatchObject([{ words: ['to'] }]);
  });

  test('other columns, separators, comments, and no tags', async () => {
    const conllu = '# text = a b\n1\ta\tx y\tDET\n2\tb\tz\tNOUN\n';
    const options = { separator: '\t', wordColumn: 1, tagColumn: 3, scheme: 'any', comment: '#' } as const;
    expect(await read(conllu, options)).toMatchObject([{ words: ['a', 'b'], tags: ['DET', 'NOUN'] }]);
    expect(await read('a\nb\n\nc\n', { tagColumn: false })).toMatchObject([
      { words: ['a', 'b'] },
      { words: ['c'] },
    ]);
  });

  test.each<[string, string]>([
    [
      'a O\n\nb O\nc\n',
      'a.conll, line 4: expected a tag in column -1, got 1 column. Put an empty line between sentences; separator, wordColumn',
    ],
    [
      'a O\nb I-x\n',
      "a.conll, line 2: expected B-x at the first word of an entity, got I-x. Correct the tag, or pass the scheme of this file: 'bio', 'iob1', 'bioes'",
    ],
    ['a O\nb \0\n', 'a.conll, line 2: expected UTF-8 text, got a NUL byte.'],
  ])('%j', async (content, message) => expect(read(content)).rejects.toThrow(message));

  test('a sentence with a bad line is left out as a whole', async () => {
    const skipped = new SkippedExamples();
    const content = Buffer.from('a O\nb \xff\nc O\n\nd O\n\ne I-x\n\nf O\n', 'latin1');
    const examples = await read(content, { onInvalid: skipped.report });
    expect(examples.map(({ words }) => words)).toEqual([['d'], ['f']]);
    expect(skipped.count).toBe(2);
  });
});

test('tags of rows are checked as those of files are', async () => {
  const rows = (tags: unknown) =>
    streamExamples([{ fields: { w: 'a b', t: tags }, origin: { file: 'n.tsv', line: 2 } }]);
  const read = (tags: unknown, scheme: TagScheme = 'bio') =>
    readAll(taggedExamples(rows(tags), { words: 'w', tags: 't', scheme }));
  expect(await read(['I-x', 'O'], 'iob1')).toMatchObject([{ words: ['a', 'b'], tags: ['B-x', 'O'] }]);
  await expect(read('O I-x')).rejects.toThrow(
    'n.tsv, line 2: expected B-x at the first word of an entity, got I-x as tag 2.',
  );
  await expect(read('O')).rejects.toThrow(
    'n.tsv, line 2: expected 2 tags, one for each word, got 1. Correct words or tags.',
  );
  await expect(read([])).rejects.toThrow('n.tsv, line 2: expected a list of texts in "t", got a list of 0.');
  await expect(read(['O', 3])).rejects.toThrow(
    'expected a list of texts in "t", got a list of 2, with 3 at [1].',
  );
});

describe('slots', () => {
  const write = (words: string, tags: string, intents: string): string => {
    const at = join(folder, 'slots');
    mkdirSync(at, { recursive: true });
    const files = { 'seq.in': words, 'seq.out': tags, label: intents };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(at, name), content);
    return at;
  };

  test('three files line by line, from any place', async () => {
    const at = write('fly to  rome \ngo\nhi there\n', 'O O B-city\nO\nO O', 'flight\r\nmove\r\ngreet\r\n');
    const stream = readSlots(at);
    const all = await readAll(stream);
    expect(all[0]).toEqual({
      words: ['fly', 'to', 'rome'],
      tags: ['O', 'O', 'B-city'],
      intent: 'flight',
      origin: { file: join(at, 'seq.in'), line: 1 },
    });
    const cursor = stream.open();
    for (let i = 0; i <= all.length; i++) {
      const position = JSON.parse(JSON.stringify(cursor.position()));
      expect(await readAll({ open: () => stream.open(position) })).toEqual(all.slice(i));
      await cursor.next();
    }
    expect(() => stream.open({ label: 1 })).toThrow('seq.in: position: offset: expected a whole number');
  });

  test.each<[string, [string, string, string], string]>([
    [
      'fewer lines',
      ['a\nb\n', 'O\nO\n', 'x\n'],
      'label, line 2: expected as many lines as the other files of the folder have, got the end of the file. The files go line by line',
    ],
    [
      'fewer tags',
      ['a\nb c\n', 'O\nO\n', 'x\nx\n'],
      'seq.out, line 2: expected 2 tags, one for each word of seq.in, got 1. Correct this line',
    ],
    [
      'no words',
      ['a\n\n', 'O\n\n', 'x\nx\n'],
      'seq.in, line 2: expected words, got an empty line. Take the line out of all three files.',
    ],
    ['no intent', ['a\n', 'O\n', ' \n'], 'label, line 1: expected an intent, one word, got an empty line.'],
    [
      'two intents',
      ['a\n', 'O\n', 'x y\n'],
      'label, line 1: expected an intent, one word, got 2 words. Join words with _ or #.',
    ],
    [
      'a tag inside nothing',
      ['a b\n', 'O I-c\n', 'x\n'],
      'seq.out, line 1: expected B-c at the first word of an entity, got I-c as tag 2.',
    ],
  ])('%s', async (_, files, message) => expect(readAll(readSlots(write(...files)))).rejects.toThrow(message));

  test('lines that are empty in all three files are none', async () => {
    const stream = readSlots(write('\na\n\nb\n\n', '\nO\n \r\nO\n\n', '\nx\n\ny\n\n'));
    expect((await readAll(stream)).map(({ intent, origin }) => [intent, origin?.line])).toEqual([
      ['x', 2],
      ['y', 4],
    ]);
  });

  test('a bad line is left out of all three files', async () => {
    const skipped = new SkippedExamples();
    const stream = readSlots(write('a\nb\0\nc\n', 'O\nO\nB-x\n', 'x\ny\nz\n'), { onInvalid: skipped.report });
    expect(await readAll(stream)).toMatchObject([
      { intent: 'x' },
      { words: ['c'], tags: ['B-x'], intent: 'z' },
    ]);
    expect(skipped.summary()).toMatch(
      /^1 skipped: 1 not UTF-8 text \(first: .*seq.in, line 2, got a NUL byte\)$/,
    );
    await expect(readAll(readSlots(join(folder, 'none'), { onInvalid: skipped.report }))).rejects.toThrow(
      'seq.in: expected a file to read, got nothing at that path.',
    );
  });
});
