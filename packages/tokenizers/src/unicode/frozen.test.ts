import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Engine, lowerCase, type NormalForm, normalForm } from './frozen.ts';
import { NEW_CAPITALS, NEW_COMPOSITES, NEW_MARKS, NEW_VARIANTS } from './newer.ts';
import { charactersOf } from './range-list.ts';
import { UNICODE_VERSION } from './runs.ts';

const FORMS: readonly NormalForm[] = ['NFC', 'NFD', 'NFKC', 'NFKD'];
const sameUnicode = process.versions['unicode'] === UNICODE_VERSION;
const otherVersion = sameUnicode ? '' : ` (skipped: this Node has Unicode ${process.versions['unicode']})`;

const marks = Object.values(NEW_MARKS).join('');
const runs = [...NEW_VARIANTS, ...NEW_CAPITALS].flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)),
);
const composites = Object.entries(NEW_COMPOSITES)
  .flat()
  .flatMap((text) => [...text])
  .filter((character) => character !== '\u0307');
const newer = new RegExp(`[${[...runs, ...composites].join('')}${marks}]`, 'u');

/** An engine that takes some characters for unassigned. */
function without(unknown: RegExp): Engine {
  const known = (text: string, change: (part: string) => string): string =>
    text
      .split(new RegExp(`(${unknown.source})`, 'u'))
      .map((part, i) => (i % 2 === 0 ? change(part) : part))
      .join('');
  return {
    normalize: (text, form) => known(text, (part) => part.normalize(form)),
    toLowerCase: (text) => known(text, (part) => part.toLowerCase()),
  };
}

const unassigned = new RegExp(`[${charactersOf('U')}]`, 'u');
/** An engine to which a character that is not assigned is a capital, or takes another form. */
const later: Engine = {
  normalize: (text, form) => text.replace(new RegExp(unassigned, 'gu'), 'x').normalize(form),
  toLowerCase: (text) => text.replace(new RegExp(unassigned, 'gu'), 'x').toLowerCase(),
};

const marksAlone = [...'\u0897\u1add\u1aeb\u{113ce}\u{1612f}\u{1e6f5}\u{10efa}'];
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...runs, ...composites),
      fc.constantFrom(...marksAlone),
      fc.constantFrom(...'\u0301\u0307\u0323\u0345\u0f84\u0316\u0363\u035d\u3099eaÅǖ가ﬁ①İ\u{33480}\u0378'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('normal forms and lower case are frozen', () => {
  test.runIf(sameUnicode)(`as the engine of that version has them${otherVersion}`, () => {
    for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
      if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
      const character = String.fromCodePoint(codePoint);
      if (lowerCase(character) !== character.toLowerCase()) throw new Error(`U+${codePoint.toString(16)}`);
      if (normalForm(character, 'NFKC') !== character.normalize('NFKC'))
        throw new Error(`U+${codePoint.toString(16)}`);
    }
    fc.assert(
      fc.property(text, (one) => {
        for (const form of FORMS) expect(normalForm(one, form)).toBe(one.normalize(form));
        expect(lowerCase(one)).toBe(one.toLowerCase());
      }),
    );
  });

  test.runIf(sameUnicode)(`an engine of Unicode 15 gives the same${otherVersion}`, () => {
    const old = without(newer);
    expect(old.normalize('\u{105c9}', 'NFD')).toBe('\u{105c9}');
    expect(normalForm('\u{105c9}', 'NFD', old)).toBe('\u{105d2}\u0307');
    fc.assert(
      fc.property(text, (one) => {
        for (const form of FORMS) expect(normalForm(one, form, old)).toBe(one.normalize(form));
        expect(lowerCase(one, old)).toBe(one.toLowerCase());
      }),
      { numRuns: 1000 },
    );
  });

  test('what a later engine knows stays as it is', () => {
    for (const form of FORMS)
      expect(normalForm('e\u0301\u{33480}e\u0301', form, later)).toContain('\u{33480}');
    expect(lowerCase('AÉ\u0378B', later)).toBe('aé\u0378b');
  });

  test('known examples, whatever the engine', () => {
    expect(normalForm('\u{1ccd6}\u{1ccf9}', 'NFKC')).toBe('A9');
    expect(normalForm('\u{16121}\u{1611f}', 'NFC')).toBe('\u{16126}');
    expect(normalForm('\u{105d2}\u0323\u0307', 'NFC')).toBe('\u{105c9}\u0323');
    expect(normalForm('a\u1aeb\u0897', 'NFD')).toBe('a\u0897\u1aeb');
    expect(lowerCase('\u{16ea0}\u{10d65}\u1c89\ua7dc')).toBe('\u{16ebb}\u{10d85}\u1c8a\u019b');
  });

  test('nothing takes quadratic time', () => {
    const many = '\u{105d2}'.repeat(20_000) + '\u0897'.repeat(100_000);
    expect(normalForm(many, 'NFC')).toBe(many);
  });
});
