import { expect, test } from 'vitest';
import type { DocumentExample } from '../examples.ts';
import { tinyBert as tokenizer } from '../processors/__fixtures__/tiny-bert.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import { nextSentenceExamples } from './next-sentence.ts';

/** Documents of one letter each, so that a pair shows where it is from. */
const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const documents: DocumentExample[] = letters.map((letter) => ({
  sentences: Array.from({ length: 40 }, (_, i) =>
    Array(1 + (i % 7))
      .fill(letter)
      .join(' '),
  ),
}));
const options = { tokenizer, maxLength: 23 };

test('half follow one another, half are from two documents', () => {
  const pairs = nextSentenceExamples(documents, { ...options, dupeFactor: 5 });
  expect(pairs.length).toBeGreaterThan(200);
  const share = pairs.filter(({ follows }) => follows).length / pairs.length;
  expect(share).toBeGreaterThan(0.35);
  expect(share).toBeLessThan(0.6);
  for (const { first, second, follows } of pairs) {
    expect(first.length).toBeGreaterThan(0);
    expect(second.length).toBeGreaterThan(0);
    expect(first.length + second.length).toBeLessThanOrEqual(20);
    expect(new Set(first).size).toBe(1);
    expect(first[0] === second[0]).toBe(follows);
  }
  const full = pairs.filter(({ first, second }) => first.length + second.length === 20).length;
  expect(full / pairs.length).toBeGreaterThan(0.6); // the rest aim at less, or end their document
});

test('no sentence is lost where nothing has to be cut', () => {
  // Sentences of one token, each of its own, and pairs of any length: what does not follow is taken up again.
  const one: DocumentExample[] = [{ sentences: letters }, { sentences: ['x', 'go', 'to', 'go'] }];
  for (let seed = 0; seed < 20; seed++) {
    const pairs = nextSentenceExamples(one, { ...options, maxLength: 64, seed });
    const own = pairs.filter(({ first }) => first[0]! <= 10);
    expect(own.flatMap(({ first, second, follows }) => [...first, ...(follows ? second : [])])).toEqual([
      5, 6, 7, 8, 9, 10,
    ]);
  }
});

test('a text that follows is what comes next', () => {
  const counting: DocumentExample[] = [{ sentences: ['a b', 'c', 'd e', 'f'] }, { sentences: ['go'] }];
  for (let seed = 0; seed < 20; seed++) {
    for (const { first, second, follows } of nextSentenceExamples(counting, { ...options, seed })) {
      if (follows) expect(second[0]).toBe(first.at(-1)! + 1);
    }
  }
});

test('the pairs depend on the seed alone, and differ from round to round', () => {
  const twice = nextSentenceExamples(documents, { ...options, dupeFactor: 2 });
  expect(nextSentenceExamples(documents, { ...options, dupeFactor: 2 })).toEqual(twice);
  const once = nextSentenceExamples(documents, options);
  expect(twice.slice(0, once.length)).toEqual(once);
  expect(twice.slice(once.length)).not.toEqual(once);
  expect(nextSentenceExamples(documents, { ...options, seed: 1 })).not.toEqual(once);
});

test('documents without a sentence are errors, or left out and counted', () => {
  const broken = [...documents, { sentences: ['', ' '], origin: { file: 'wiki.txt', line: 90 } }];
  expect(() => nextSentenceExamples(broken, options)).toThrow(
    'wiki.txt, line 90: expected a document with a sentence, got nothing to read. Leave it out, or pass onInvalid',
  );
  const skipped = new SkippedExamples();
  const pairs = nextSentenceExamples(broken, { ...options, onInvalid: skipped.report });
  expect(pairs).toEqual(nextSentenceExamples(documents, options));
  expect(skipped.summary()).toBe(
    '1 skipped: 1 not a document with a sentence (first: wiki.txt, line 90, got nothing to read)',
  );
});

test('one document has no other to take from', () => {
  expect(() => nextSentenceExamples(documents.slice(0, 1), options)).toThrow(
    'nextSentenceExamples: documents: expected at least two, to take sentences from another, got 1. Cut the text',
  );
});
