import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAll } from '../example-stream.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import { readRows } from './read-rows.ts';
import { readSquad, squadExamples } from './squad.ts';

let file: string;
beforeAll(() => {
  file = join(mkdtempSync(join(tmpdir(), 'tenon-squad-')), 'squad.json');
});
afterAll(() => rmSync(join(file, '..'), { recursive: true, force: true }));

const read = (content: unknown, options = {}) => {
  writeFileSync(
    file,
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
  );
  return readSquad(file, options);
};
const question = (answers: unknown, more = {}) => ({ id: 'q1', question: ' Where? ', answers, ...more });
const squad = (...qas: unknown[]) => ({
  version: '2.0',
  data: [{ title: 'T', paragraphs: [{ context: 'a 😀 b 😀', qas }] }],
});

test('questions of both versions; places count characters, and are given in UTF-16 units', async () => {
  const answers = [
    { text: 'b', answer_start: 4 },
    { text: '😀', answer_start: 2 },
  ];
  expect(await read(`\ufeff${JSON.stringify(squad(question(answers)))}`)).toEqual([
    {
      id: 'q1',
      question: 'Where?',
      context: 'a 😀 b 😀',
      answers: [
        { text: 'b', start: 5 },
        { text: '😀', start: 2 },
      ],
      title: 'T',
      origin: { file, id: 'q1' },
    },
  ]);
  const plausible = question([{ text: 'x', answer_start: 0 }], { is_impossible: true });
  expect(await read(squad(plausible))).toMatchObject([{ answers: [], isImpossible: true }]);
  expect(await read(squad(question([{ text: 'b', answer_start: 5 }])))).toMatchObject([
    { answers: [{ start: 5 }] },
  ]);
});

test('a flat list of questions', async () => {
  const rows = { data: [question({ text: ['b', 'a'], answer_start: [2, 0] }, { context: 'a b' })] };
  expect(await read(rows)).toMatchObject([
    {
      context: 'a b',
      answers: [
        { text: 'b', start: 2 },
        { text: 'a', start: 0 },
      ],
    },
  ]);
});

test.each<[string, unknown, string]>([
  [
    'an answer that is elsewhere',
    squad(question([{ text: 'b', answer_start: 3 }])),
    ', id q1: expected the answer "b" at character 3 of its context, got " ". Correct answer_start, or leave the question out.',
  ],
  [
    'an answer beyond the context',
    squad(question([{ text: 'b', answer_start: 99 }])),
    ', id q1: expected the answer "b" at character 99 of its context, got "".',
  ],
  [
    'a place that is no number',
    squad(question([{ text: 'b', answer_start: '4' }])),
    ': expected a whole number of at least 0 at data[0].paragraphs[0].qas[0].answers[0].answer_start, got "4". Keep to',
  ],
  [
    'an empty answer',
    squad(question([{ text: '', answer_start: 0 }])),
    ': expected a text at data[0].paragraphs[0].qas[0].answers[0].text, got "".',
  ],
  [
    'no answers',
    squad({ id: 'q', question: 'x' }),
    ': expected a list at data[0].paragraphs[0].qas[0].answers, got nothing.',
  ],
  [
    'a question without a name',
    squad({ question: 'x', answers: [] }),
    ': expected a text at data[0].paragraphs[0].qas[0].id, got nothing.',
  ],
  ['a question that is none', squad(null), ': expected an object at data[0].paragraphs[0].qas[0], got null.'],
  [
    'a mark that is none',
    squad(question([], { is_impossible: 'no' })),
    ': expected true or false at data[0].paragraphs[0].qas[0].is_impossible, got "no".',
  ],
  [
    'rows of different length',
    { data: [question({ text: ['b'], answer_start: [] }, { context: 'b' })] },
    ': expected lists text and answer_start of the same length at data[0].answers, got {',
  ],
  [
    'no context',
    { data: [{ paragraphs: [{ qas: [] }] }] },
    ': expected a text at data[0].paragraphs[0].context, got nothing.',
  ],
  ['no paragraphs', { data: [{}] }, ': expected a list at data[0].paragraphs, got nothing.'],
  [
    'no data',
    {},
    ": expected a list at data, got nothing. Keep to SQuAD's layout: data, paragraphs, qas, answers.",
  ],
  ['a list', [], ': expected an object at the file, got [].'],
  [
    'broken JSON',
    '{"data":',
    ': expected a SQuAD file, JSON in UTF-8, got broken JSON (Unexpected end of JSON input). Check that it was copied whole.',
  ],
  [
    'bytes',
    Buffer.from([0x7b, 0xff]),
    ': expected a SQuAD file, JSON in UTF-8, got bytes that are not UTF-8.',
  ],
])('%s', async (_, content, message) => expect(read(content)).rejects.toThrow(`squad.json${message}`));

test('what cannot be used is left out and counted, and the rest is not', async () => {
  const skipped = new SkippedExamples();
  const good = question([{ text: 'a', answer_start: 0 }]);
  const { data } = squad(question([{ text: 'b', answer_start: 0 }]), good, 3);
  const content = { data: [{ title: 'none' }, { paragraphs: [{ qas: [] }, ...data[0]!.paragraphs] }] };
  expect(await read(content, { onInvalid: skipped.report })).toHaveLength(1);
  expect(skipped.count).toBe(4);
  await expect(readSquad(join(file, '..'), { onInvalid: skipped.report })).rejects.toThrow(
    'expected a file to read, got a folder.',
  );
});

test('a number as id', async () => {
  expect(await read(squad(question([{ text: 'a', answer_start: 0 }], { id: 17 })))).toMatchObject([
    { id: '17', origin: { id: '17' } },
  ]);
});

describe('questions in rows', () => {
  const row = { id: 'q1', title: '', context: 'a 😀 b', question: 'Where?' };
  const rowsOf = (...fields: unknown[]) => {
    const lines = join(file, '..', 'rows.jsonl');
    writeFileSync(lines, fields.map((one) => JSON.stringify(one)).join('\n'));
    return readRows(lines);
  };

  test("as Hugging Face's data sets have them", async () => {
    const rows = rowsOf(
      { ...row, answers: { text: ['b'], answer_start: [4] } },
      { ...row, id: 2, answers: [{ text: '😀', answer_start: 2 }] },
      { ...row, answers: { text: [], answer_start: [] } },
    );
    const origin = { file: join(file, '..', 'rows.jsonl') };
    const example = { id: 'q1', question: 'Where?', context: 'a 😀 b' };
    expect(await readAll(squadExamples(rows))).toEqual([
      { ...example, answers: [{ text: 'b', start: 5 }], origin: { ...origin, line: 1, id: 'q1' } },
      { ...example, id: '2', answers: [{ text: '😀', start: 2 }], origin: { ...origin, line: 2, id: '2' } },
      { ...example, answers: [], origin: { ...origin, line: 3, id: 'q1' } },
    ]);
    const versionTwo = await readAll(squadExamples(rows, { versionTwo: true }));
    expect(versionTwo.map(({ isImpossible }) => isImpossible)).toEqual([false, false, true]);
  });

  test.each<[object, string]>([
    [
      { ...row, answers: { text: ['x'], answer_start: [4] } },
      'rows.jsonl, line 1, id q1: expected the answer "x" at character 4 of its context, got "b".',
    ],
    [
      { ...row, answers: 'b' },
      'rows.jsonl, line 1: expected a list at answers, got "b". Keep to SQuAD\'s columns: id, question, context, answers.',
    ],
    [{ ...row, context: '', answers: [] }, 'rows.jsonl, line 1: expected a text at context, got "".'],
    [
      row,
      'rows.jsonl, line 1: expected a column "answers", got the columns "id", "title", "context", "question". Keep to SQuAD\'s columns: id, question, context, answers.',
    ],
    [
      { ...row, answers: { text: ['b'], answer_start: ['4'] } },
      'line 1: expected a whole number of at least 0 at answers[0].answer_start, got "4".',
    ],
  ])('%j', async (fields, message) => {
    await expect(readAll(squadExamples(rowsOf(fields)))).rejects.toThrow(message);
    const skipped = new SkippedExamples();
    const good = { ...row, answers: { text: ['b'], answer_start: [4] } };
    const options = { onInvalid: skipped.report };
    expect(await readAll(squadExamples(rowsOf(fields, good), options))).toHaveLength(1);
    expect(skipped.count).toBe(1);
  });
});
