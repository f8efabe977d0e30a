import { expect, test } from 'vitest';
import { stories } from './stories.ts';

const count = { reading: 1000, train: 100, heldOut: 60 };

test('the same seed tells the same stories', () => {
  expect(stories(count, 3)).toEqual(stories(count, 3));
  expect(stories(count, 3).reading).not.toEqual(stories(count, 4).reading);
});

test('what is held out is neither read nor learned from', () => {
  const { reading, questions } = stories(count, 3);
  const read = new Set(reading);
  for (const { train, heldOut } of Object.values(questions)) {
    const learned = new Set(train.map(({ words }) => words.join(' ')));
    for (const { words } of heldOut) {
      expect(read.has(words.join(' '))).toBe(false);
      expect(learned.has(words.join(' '))).toBe(false);
    }
  }
});

test('every word has an answer, and but for its sort no word alone tells it', () => {
  const { reading, questions } = stories(count, 3);
  for (const text of reading) expect(text.split(' ').length).toBeLessThanOrEqual(14);
  for (const [question, { heldOut }] of Object.entries(questions)) {
    for (const { words, tags } of heldOut) {
      expect(tags).toHaveLength(words.length);
      expect(words.length).toBeLessThanOrEqual(14); // with two marks, one graph for all
      expect(tags).not.toContain('B-undefined');
    }
    if (question === 'sort') continue; // which the word itself tells
    const word = { kind: 'watch', role: 'cat', reference: 'she' }[question];
    const answers = new Set(heldOut.flatMap(({ words, tags }) => tags!.filter((_, i) => words[i] === word)));
    expect(answers.size).toBe(2);
  }
});
