import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelNames } from '@tenon/data';
import { expect, test } from 'vitest';
import { choicesOf, textsOf } from './data/examples.ts';

const source = { seed: 3, short: false, columns: undefined };

test.each([
  ['classification', ['complaint', 'offer', 'refusal', 'request', 'thanks']],
  ['entailment', ['false', 'true', 'unknown']],
  ['similarity', ['different', 'same']],
] as const)(
  '%s: the same seed draws the same, all labels are as frequent, and nothing is in both parts',
  async (task, labels) => {
    const { train, heldOut, reading } = await textsOf(task, source);
    expect(await textsOf(task, source)).toEqual({ train, heldOut, reading });
    expect(labelNames(train)).toEqual(labels);
    expect(heldOut.length).toBe(300);
    for (const label of labels) {
      expect(heldOut.filter((example) => example.label === label).length).toBe(300 / labels.length);
    }
    const key = ({ text, textPair }: (typeof train)[number]): string => `${text}\t${textPair}`;
    const known = new Set(train.map(key));
    expect(known.size).toBe(train.length);
    expect(heldOut.filter((example) => known.has(key(example)))).toEqual([]);
    expect(heldOut.filter(({ text, textPair }) => reading.includes(`${text} ${textPair}`))).toEqual([]);
  },
);

test('choice: no held-out story is seen or read with its ending, whoever it is about', async () => {
  const { train, heldOut, reading } = await choicesOf(source);
  expect(await choicesOf(source)).toEqual({ train, heldOut, reading });
  const names = /\b(Ada|Ben|Cleo|Dora|Emil|Finn|Greta|Hugo)\b/g;
  const told = ({ text, choices, label }: (typeof train)[number]): string =>
    `${text} ${choices[label!]}`.replaceAll(names, '@');
  const known = new Set([...train.map(told), ...reading.map((text) => text.replaceAll(names, '@'))]);
  expect(known.size).toBe(300); // 10 situations with 6 stories, and 5 of 6 endings for each
  expect(heldOut.filter((example) => known.has(told(example)))).toEqual([]);
  for (const { choices } of heldOut) expect(new Set(choices).size).toBe(4);
});

test('a table of your own, with its columns named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-tables-'));
  try {
    const file = join(folder, 'pairs.txt');
    const rows = Array.from({ length: 20 }, (_, i) => `it rains ${i}\tit is wet\t${i % 2 ? 'yes' : 'no'}`);
    writeFileSync(file, ['a\tb\tanswer', ...rows].join('\n'));
    const { train, heldOut } = await textsOf('entailment', { ...source, data: file, columns: 'a,b,answer' });
    expect([train.length, heldOut.length]).toEqual([18, 2]);
    expect(train[0]).toMatchObject({ text: 'it rains 0', textPair: 'it is wet', label: 'no' });
    await expect(textsOf('entailment', { ...source, data: file })).rejects.toThrow(
      'expected a column "premise"',
    );

    const choices = join(folder, 'choices.jsonl');
    const lines = Array.from({ length: 20 }, (_, label) =>
      JSON.stringify({ premise: 'it rains', choice1: 'dry', choice2: `wet ${label}`, label: label % 2 }),
    );
    writeFileSync(choices, lines.join('\n'));
    const own = await choicesOf({ ...source, data: choices });
    expect(own.train.length).toBe(18);
    for (const {
      text,
      choices: [first, second],
      label,
    } of own.train) {
      expect([text, first, second]).toEqual(['it rains', 'dry', expect.stringMatching(/^wet \d+$/)]);
      expect(Number(second!.slice(4)) % 2).toBe(label);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
