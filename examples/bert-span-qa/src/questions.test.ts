import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@tenon/testing';
import { describe, expect, test } from 'vitest';
import { baselines, firstName, madeQuestions, ownQuestions } from './questions.ts';

const made = madeQuestions({ short: false, seed: 3 });
const all = [...made.train, ...made.heldOut];

test('the same seed asks the same, and no document is in both parts', () => {
  expect(madeQuestions({ short: false, seed: 3 })).toEqual(made);
  const documents = new Set(made.train.map(({ context }) => context));
  expect(documents.size).toBe(8000);
  expect(made.heldOut.filter(({ context }) => documents.has(context))).toEqual([]);
});

test('an answer is where it is said to be, and one question in four has none', () => {
  for (const { context, answers, isImpossible } of all) {
    expect(answers.length).toBe(isImpossible ? 0 : 1);
    for (const { text, start } of answers) expect(context.slice(start, start + text.length)).toBe(text);
  }
  expect(all.filter(({ isImpossible }) => isImpossible).length / all.length).toBeCloseTo(0.25, 1);
});

test('no person or town of a held-out document is known from training', () => {
  const named = (questions: typeof all): string[] =>
    questions.flatMap(({ answers }) => answers.flatMap(({ text }) => text.match(/\p{Lu}\p{L}+/gu) ?? []));
  const known = new Set(named(made.train as typeof all));
  expect(known.size).toBeGreaterThan(1000);
  expect(named(made.heldOut as typeof all).filter((name) => known.has(name))).toEqual([]);
});

test('a house is opened before anything else happens to it', () => {
  const opened = /(?:first guests came in|been open since) (\d+)|In (\d+) the doors were opened/;
  const later = /In (\d+) it burned|fire of (\d+)|destroyed it in (\d+)/g;
  const year = (match: RegExpMatchArray): number => Number(match.slice(1).find((text) => text !== undefined));
  for (const { context } of all) {
    const first = opened.exec(context);
    for (const match of first === null ? [] : context.matchAll(later)) {
      expect(year(match)).toBeGreaterThanOrEqual(year(first!));
    }
  }
});

test('what reads nothing is scored', () => {
  expect(firstName({ context: 'The Red Owl. Today it belongs to Marena Tovalo.' })).toBe('Marena Tovalo');
  expect(firstName({ context: 'Nobody knows.' })).toBe('');
  const { 'no answer': none } = baselines(made.heldOut, 'english');
  const impossible = made.heldOut.filter(({ isImpossible }) => isImpossible).length;
  expect(none!['exactMatch']).toBeCloseTo((100 * impossible) / made.heldOut.length);
});

const folder = join(sharedFolder() ?? '', 'data');

describe.runIf(existsSync(folder))('files of others (skipped without the shared folder)', () => {
  test.each([
    ['xquad/xquad.en.json', 'english'],
    ['cmrc2018/trial.json', 'chinese'],
  ])('%s', async (file, language) => {
    const { train, heldOut, ...questions } = await ownQuestions(join(folder, file), 42);
    expect(questions.language).toBe(language);
    const documents = new Set(train.map(({ context }) => context));
    expect(heldOut.length).toBeGreaterThan(50);
    expect(heldOut.filter(({ context }) => documents.has(context))).toEqual([]);
  });
});
