import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { elmoCharacterBatch, elmoCharacterIds } from './elmo.ts';

const shared = process.env['TENON_SHARED'] ?? join(process.cwd(), '..', 'shared');
const golden = join(shared, 'goldens', 'elmo', 'char_ids.json');

describe('elmoCharacterIds', () => {
  test('puts the bytes of a word between marks', () => {
    const [short, long] = elmoCharacterIds(['aé', 'abcdef'], { maxCharacters: 6 });
    expect(short).toEqual([259, 98, 196, 170, 260, 261]);
    expect(long).toEqual([259, 98, 99, 100, 101, 260]);
  });

  test('knows the boundaries of a sentence, and the empty word', () => {
    expect(elmoCharacterIds(['<S>', '</S>', ''], { maxCharacters: 4 })).toEqual([
      [259, 257, 260, 261],
      [259, 258, 260, 261],
      [259, 260, 261, 261],
    ]);
  });

  test('leaves out halves of surrogate pairs', () => {
    expect(elmoCharacterIds(['a\ud83d🙂\ude42'])).toEqual(elmoCharacterIds(['a🙂']));
  });

  test('refuses to leave no room for characters', () => {
    expect(() => elmoCharacterIds(['a'], { maxCharacters: 2 })).toThrow(
      'maxCharacters: expected a whole number of at least 3, got 2. Pass what the model was trained with, 50 as a rule.',
    );
  });

  test.skipIf(!existsSync(golden))('equals bilm (needs the shared goldens)', () => {
    const rows = JSON.parse(readFileSync(golden, 'utf8')) as { word: string; char_ids: number[] }[];
    expect(rows.length).toBeGreaterThan(5);
    expect(elmoCharacterIds(rows.map(({ word }) => word))).toEqual(rows.map(({ char_ids }) => char_ids));
  });
});

test('elmoCharacterBatch pads to the longest sentence', () => {
  const { characterIds, attentionMask } = elmoCharacterBatch([['a'], ['b', 'c'], []], { maxCharacters: 3 });
  expect(characterIds).toEqual([
    [
      [259, 98, 260],
      [0, 0, 0],
    ],
    [
      [259, 99, 260],
      [259, 100, 260],
    ],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  ]);
  expect(attentionMask).toEqual([
    [1, 0],
    [1, 1],
    [0, 0],
  ]);
});
