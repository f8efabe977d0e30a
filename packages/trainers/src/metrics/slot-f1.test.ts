import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@tenon/testing';
import { expect, test } from 'vitest';
import { slotF1 } from './slot-f1.ts';
import { type TagScheme, tagEntities } from './tag-entities.ts';

/** Entities as `type start-end`, the end being the word after. */
const read = (tags: string, scheme?: TagScheme): string[] =>
  tagEntities(tags.split(' '), scheme).map(({ type, start, end }) => `${type} ${start}-${end}`);

test('the lenient reading takes BIO, IOB1 and BIOES', () => {
  expect(read('B-a I-a O B-b B-b')).toEqual(['a 0-2', 'b 3-4', 'b 4-5']);
  expect(read('O I-a I-a B-a I-b')).toEqual(['a 1-3', 'a 3-4', 'b 4-5']);
  expect(read('S-a B-b I-b E-b E-b I-b O')).toEqual(['a 0-1', 'b 1-4', 'b 4-5', 'b 5-6']);
  expect(read('B-from.city_name I-from.city_name B I O')).toEqual(['from.city_name 0-2', ' 2-4']);
});

// What seqeval's strict mode makes of them, worked out from its tables of patterns.
test.each<[TagScheme, string, string[]]>([
  ['BIO', 'B-a I-a O I-a', ['a 0-2']],
  ['BIO', 'B-a I-b I-b B-b', ['a 0-1', 'b 3-4']],
  ['IOB1', 'I-a I-a B-a I-b O', ['a 0-2', 'a 2-3', 'b 3-4']],
  ['IOB1', 'O B-a I-a O B-b', ['a 2-3']],
  ['IOB1', 'I-a I-a B-b', ['a 0-2']],
  ['BIOES', 'S-a B-b I-b E-b O B-c', ['a 0-1', 'b 1-4']],
  ['BIOES', 'B-a E-b I-a E-a', []],
])('%s is strict: %s', (scheme, tags, entities) => expect(read(tags, scheme)).toEqual(entities));

test('an entity is right when its type and both its ends are', () => {
  const labels = ['B-a I-a O B-b', 'O B-a', 'O'].map((tags) => tags.split(' '));
  const predicted = ['B-a I-a O B-a', 'B-a I-a', 'B-c'].map((tags) => tags.split(' '));
  const { precision, recall, f1, support, perType } = slotF1(labels, predicted);
  expect([precision, recall, f1, support]).toEqual([1 / 4, 1 / 3, 2 / 7, 3]);
  expect(Object.fromEntries(perType)).toEqual({
    a: { precision: 1 / 3, recall: 1 / 2, f1: 2 / 5, support: 2 },
    b: { precision: 0, recall: 0, f1: 0, support: 1 },
    c: { precision: 0, recall: 0, f1: 0, support: 0 },
  });
});

test('no entity on either side is 0, as in conlleval', () => {
  expect(slotF1([['O']], [['O']]).f1).toBe(0);
});

test.each<[() => unknown, string]>([
  [() => slotF1([], []), 'slotF1: expected as many predictions as labels, at least one, got 0 and 0.'],
  [
    () => slotF1([['O'], ['O', 'B-a']], [['O'], ['O']]),
    'slotF1: sentence 1: expected 2 predicted tags, one for each word, got 1. Predict a tag for each word; `wordTags` of @tenon/data brings word pieces back to words.',
  ],
  [
    () => slotF1([['B_a']], [['O']]),
    'tag: expected O, or one of B, I, E, S with a type behind a hyphen (B-city), got "B_a". Write the tags in one scheme.',
  ],
  [
    () => tagEntities(['S-a'], 'BIO'),
    'tag: expected O, or one of B, I with a type behind a hyphen (B-city), got "S-a".',
  ],
  [() => tagEntities([''], 'BIO'), 'got "".'],
  [() => tagEntities(['O-a']), 'got "O-a".'],
  [
    () => tagEntities(['O'], 'IOB3' as TagScheme),
    "tag scheme: expected conlleval, BIO, IOB1, BIOES, got IOB3. Leave it out for 'conlleval', which reads all of them.",
  ],
])('errors: %#', (call, message) => expect(call).toThrow(message));

const shared = sharedFolder();
const golden = shared === undefined ? '' : join(shared, 'goldens', 'metrics', 'slot_f1.json');

test.runIf(existsSync(golden))("SlotGated-SLU's figures (skipped without the shared goldens)", () => {
  for (const { correct, pred, ...expected } of JSON.parse(readFileSync(golden, 'utf8')).rows) {
    const { precision, recall, f1 } = slotF1(correct, pred);
    expect({ precision: 100 * precision, recall: 100 * recall, f1: 100 * f1 }).toEqual({
      precision: expect.closeTo(expected.precision, 9),
      recall: expect.closeTo(expected.recall, 9),
      f1: expect.closeTo(expected.f1, 9),
    });
  }
});
