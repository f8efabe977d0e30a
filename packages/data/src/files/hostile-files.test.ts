// Whatever is in a file, it is read, or ends in an error of ours that names the file; never in another error, or none at all.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { TenonError } from '@tenon/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eachExample } from '../example-stream.ts';
import type { Examples } from '../examples.ts';
import type { ReadOptions } from './line-stream.ts';
import { readRows } from './read-rows.ts';
import { textExamples } from './row-examples.ts';
import { readSlots } from './slots.ts';
import { readSquad } from './squad.ts';
import { readTagged } from './tagged.ts';
import { readDocuments, readTexts } from './texts.ts';

/** More of them where FUZZ_RUNS says so. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-hostile-'));
  mkdirSync(join(folder, 'slots'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

const squad = {
  version: '1.1',
  data: [
    {
      title: 'T',
      paragraphs: [
        {
          context: 'It is 😀 here.',
          qas: [{ id: 'q', question: 'Where?', answers: [{ text: 'here', answer_start: 8 }] }],
        },
      ],
    },
  ],
};

interface Case {
  /** The file that is damaged. */
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly read: (options: ReadOptions) => Examples<unknown> | Promise<Examples<unknown>>;
}

const table = '"text",label\n"a ""b"", c",1\r\né 😀,0\n';
const sentences = readFileSync(join(import.meta.dirname, '__fixtures__', 'sentences.parquet'));
const cases: Case[] = [
  {
    name: 'a.csv',
    content: `\ufeff${table}`,
    read: (options) => textExamples(readRows(at('a.csv'), options), { text: 'text', ...options }),
  },
  {
    name: 'a.tsv',
    content: 'text\tlabel\nx\t1\né\t0\n',
    read: (options) => readRows(at('a.tsv'), { ...options, columns: ['label'] }),
  },
  {
    name: 'a.jsonl',
    content: '{"text":"x","n":[1]}\n\n{"text":"é","n":{}}\n',
    read: (options) => readRows(at('a.jsonl'), options),
  },
  {
    name: 'a.txt',
    content: 'one\ntwo\n\nthree 😀\n',
    read: (options) => readTexts(at('a.txt'), { ...options, unit: 'paragraph' }),
  },
  {
    name: 'b.txt',
    content: 'one\ntwo\n\nthree 😀\n',
    read: (options) => readDocuments(at('b.txt'), options),
  },
  {
    name: 'a.conll',
    content: '-DOCSTART- O\n\nto O\nNew B-c\nYork I-c\n\nüber O\n',
    read: (options) => readTagged(at('a.conll'), options),
  },
  {
    name: 'b.conll',
    content: 'to O\nNew B-c\nYork E-c\nRome S-c\n',
    read: (options) => readTagged(at('b.conll'), { ...options, scheme: 'bioes' }),
  },
  { name: 'slots/seq.out', content: 'O O\nB-x I-x\n', read: (options) => readSlots(at('slots'), options) },
  {
    name: 'squad.json',
    content: JSON.stringify(squad),
    read: (options) => readSquad(at('squad.json'), options),
  },
  { name: 'a.parquet', content: sentences, read: (options) => readRows(at('a.parquet'), options) },
];

type Damage = (bytes: Buffer) => Buffer;
const byte = fc.constantFrom(...Buffer.from('\0\t\n\r ",-0BIO[]{}\x80\xc3\xf0\xff', 'latin1'));
const place = fc.double({ min: 0, max: 1, noNaN: true });
/** A change at a place: bytes for bytes, or one piece of the file again. */
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(place, fc.nat(4), fc.array(byte, { maxLength: 4 })).map(
    ([where, lost, put]): Damage =>
      (bytes) => {
        const start = Math.floor(where * bytes.length);
        return Buffer.concat([bytes.subarray(0, start), Buffer.from(put), bytes.subarray(start + lost)]);
      },
  ),
  fc.tuple(place, place, place).map(
    ([from, to, where]): Damage =>
      (bytes) => {
        const [a, b, start] = [from, to, where].map((share) => Math.floor(share * bytes.length)) as [
          number,
          number,
          number,
        ];
        return Buffer.concat([
          bytes.subarray(0, start),
          bytes.subarray(a, Math.max(a, b)),
          bytes.subarray(start),
        ]);
      },
  ),
  place.map(
    (where): Damage =>
      (bytes) =>
        bytes.subarray(0, Math.floor(where * bytes.length)),
  ),
);

async function examplesOf(examples: Examples<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const example of eachExample(examples)) {
    all.push(example);
    if (all.length > 100_000) throw new Error('a reader that does not come to an end');
  }
  return all;
}

describe.each(cases)('$name', ({ name, content, read }) => {
  test('damaged at any place', async () => {
    for (const [file, lines] of [
      ['seq.in', 'a b\nc d\n'],
      ['label', 'x\ny\n'],
    ] as const)
      writeFileSync(at(join('slots', file)), lines);
    writeFileSync(at(name), content);
    const whole = await examplesOf(await read({}));
    expect(whole.length).toBeGreaterThan(0);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        writeFileSync(
          at(name),
          damages.reduce<Buffer>((bytes, change) => change(bytes), Buffer.from(content)),
        );
        const ours = (error: unknown): undefined => {
          if (!(error instanceof TenonError)) throw error;
          expect(error.message).toContain(name === 'slots/seq.out' ? folder : basename(name));
          expect(error.message).toMatch(/: expected .*, got .*\. \w/s);
        };
        const attempt = async (options: ReadOptions) => examplesOf(await read(options));
        const skipped: unknown[] = [];
        const strict = await attempt({}).catch(ours);
        const lenient = await attempt({ onInvalid: (error) => skipped.push(error) }).catch(ours);
        skipped.forEach(ours);
        if (strict === undefined) refused++;
        // What is read without an error is read with nothing left out, and the same.
        if (strict !== undefined) expect([lenient, skipped]).toEqual([strict, []]);
        else if (lenient !== undefined) expect(skipped.length).toBeGreaterThan(0);
      }),
      { numRuns: RUNS },
    );
    expect(refused).toBeGreaterThan(0);
  });
});
