import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@tenon/testing';
import { expect, test } from 'vitest';
import { normalizeAnswer } from './squad-answers.ts';
import { squadScore } from './squad-score.ts';

test('the nearest of several answers counts', () => {
  const score = squadScore([['in the year 1999', '1999'], ['one two two three']], ['1999.', 'two two four']);
  expect(score).toEqual({ exactMatch: 50, f1: expect.closeTo((100 + (100 * 4) / 7) / 2, 9), total: 2 });
});

test('normalisation is Python’s: whole words of any script, blanks of any kind, ASCII signs alone', () => {
  expect(normalizeAnswer('A\u00a0thé an\u0085athe The—end “x”_')).toBe('thé athe —end “x”');
  expect(normalizeAnswer('a')).toBe('');
});

test('questions without an answer are scored apart', () => {
  expect(squadScore([['Paris'], [], [], ['Rome']], ['Paris', '', 'Oslo', ''])).toEqual({
    exactMatch: 50,
    f1: 50,
    total: 4,
    hasAnswerExactMatch: 50,
    hasAnswerF1: 50,
    hasAnswerTotal: 2,
    noAnswerExactMatch: 50,
    noAnswerF1: 50,
    noAnswerTotal: 2,
  });
  expect(squadScore([[]], [''])).toEqual({
    exactMatch: 100,
    f1: 100,
    total: 1,
    noAnswerExactMatch: 100,
    noAnswerF1: 100,
    noAnswerTotal: 1,
  });
});

test('an answer of an article alone is no answer, as in the evaluation of 2.0', () => {
  expect(squadScore([['A', 'cat']], ['the'])).toEqual({ exactMatch: 0, f1: 0, total: 1 });
  expect(squadScore([['A']], ['the']).exactMatch).toBe(100);
});

// Worked out by hand from cmrc2018_evaluate.py: the longest common run of ideographs, numbers and words.
test.each<[string, string, number, number]>([
  ['《北京市》', '北京市。', 1, 1],
  ['尤金袋鼠分布在澳洲', '分布在澳洲', 0, 10 / 14],
  ['1628年船难', '1628年', 0, 4 / 6],
  ['AGG01蛋白', 'agg01 蛋白', 0, 1],
  ['东京', '京东', 0, 1 / 2],
  ['北京', '', 0, 0],
])('Chinese: %s, %s', (answer, prediction, exact, f1) => {
  const score = squadScore([[answer]], [prediction], { language: 'chinese' });
  expect([score.exactMatch, score.f1]).toEqual([100 * exact, expect.closeTo(100 * f1, 9)]);
});

test.each<[() => unknown, string]>([
  [
    () => squadScore([['a']], []),
    'squadScore: expected as many predictions as answers, at least one, got 0 and 1. Pass the answers, then the predictions, in the same order.',
  ],
  [
    () => squadScore([['a']], ['a'], { language: 'french' as 'english' }),
    "squadScore: language: expected english or chinese, got french. Leave it out for 'english'.",
  ],
])('errors: %#', (call, message) => expect(call).toThrow(message));

const shared = sharedFolder();
const golden = shared === undefined ? '' : join(shared, 'goldens', 'metrics', 'squad.json');

test.runIf(existsSync(golden))("SQuAD's own figures (skipped without the shared goldens)", () => {
  for (const row of JSON.parse(readFileSync(golden, 'utf8')).rows) {
    const { exactMatch, f1 } = squadScore(row.gold === '' ? [[]] : [[row.gold]], [row.pred]);
    expect([exactMatch / 100, f1 / 100]).toEqual([row.exact, expect.closeTo(row.f1, 12)]);
    expect([row.gold, row.pred].map(normalizeAnswer)).toEqual([row.norm_gold, row.norm_pred]);
  }
});
