import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenizerFromJSON } from '../from-json.ts';
import { regularExpression } from './matchers.ts';
import { translatePattern } from './translate.ts';

function matches(pattern: string, text: string): string[] {
  return Array.from(text.matchAll(translatePattern(pattern, 'p')), ([found]) => found);
}

describe('regular expressions of other dialects', () => {
  test('white space is Unicode’s, digits and words are too', () => {
    expect(matches('\\s+', 'a\u0085b\ufeffc\u3000')).toEqual(['\u0085', '\u3000']);
    expect(matches('[^\\s]+', 'a\u0085\ufeff')).toEqual(['a', '\ufeff']);
    expect(matches('\\d+', '12٣')).toEqual(['12٣']);
    expect(matches('\\w+', 'naïve_é١ x')).toEqual(['naïve_é١', 'x']);
    expect(matches('\\bé', 'é aé')).toEqual(['é']);
  });

  test('a group that ignores case folds as Unicode does', () => {
    expect(matches("(?i:'s|'ll)", "'S 'ſ 'lL 'x")).toEqual(["'S", "'ſ", "'lL"]);
  });

  test('line ends, braces and quotes are what they are there', () => {
    expect(matches('^a.$', 'ab\nac\nxad')).toEqual(['ab', 'ac']);
    expect(matches('\\"\\-{', '"-{')).toEqual(['"-{']);
    expect(matches('[\\s\\S]', 'a\n')).toEqual(['a', '\n']);
  });

  test('what JavaScript lacks is refused by name', () => {
    expect(() => translatePattern('a++b', 'p')).toThrow(
      'p = "a++b": expected no possessive quantifier, which JavaScript lacks, got "++". ' +
        'Write the pattern another way, or split with several simpler ones.',
    );
    expect(() => translatePattern('(?>a)', 'p')).toThrow(
      'expected a plain, named, case-insensitive or looking group',
    );
    expect(() => translatePattern('[a&&b]', 'p')).toThrow('expected no set within a set');
    expect(() => translatePattern('\\G', 'p')).toThrow(
      'expected an escape whose meaning is the same in JavaScript',
    );
    expect(() => translatePattern('a)', 'p')).toThrow('expected balanced brackets');
    expect(() => translatePattern('(a', 'p')).toThrow('a regular expression that JavaScript understands too');
  });

  test.each([
    ...['(a+)+b', '(a|a)*b', '(\\s*\\w*)*x', '((a{1,9}){1,9}){1,9}', '(?:a*)*', '(?:a?b?)+c'],
    ...['.*.*x', '\\s*\\s*$', '\\w+\\d*\\w+x', '(a*)(a*)b', 'a*(?:b|a*)c', '(?=a*a*b)a', '\\s*\\s*\\b'],
    ...[`${'a?'.repeat(30)}${'a'.repeat(30)}`, '(?:a|a)'.repeat(30), 'a{0,99}a{0,99}b', '(a?){50}a'],
  ])('one that can take for ever is refused: %s', (pattern) => {
    expect(() => translatePattern(pattern, 'p')).toThrow(
      'expected no repetition of a group that repeats or chooses, no two repetitions of the same characters before ' +
        'others and no long row of choices, which can take for ever, got ',
    );
  });

  test.each([
    ...[
      '\\s*[\\r\\n]+',
      '\\s+$',
      ' {2,}',
      '(?:a*b)+c',
      '\\p{L}+\\d*\\p{L}?',
      '(?<=\\p{L}\\p{M}*)x(?!\\p{M}*\\p{L})',
    ],
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
  ])('one that cannot is not: %s', (pattern) => {
    expect(translatePattern(pattern, 'p')).toBeInstanceOf(RegExp);
  });

  test('characters on which every attempt fails take time in proportion', () => {
    for (const [pattern, text] of [
      ['\\s+$', `${' '.repeat(200_000)}x`],
      ['\\s+(?!.)', `${' '.repeat(200_000)}x`],
      ['.*x', 'a'.repeat(10_000)],
      ['(?!.*x)y', 'a'.repeat(10_000)],
    ] as const) {
      const found: number[] = [];
      regularExpression(translatePattern(pattern, 'p'))(text, 0, text.length, found);
      expect(found).toEqual([]);
    }
  });

  test('a long text is searched in windows, and the matches are those of the whole', () => {
    const parts = [
      'a',
      ' ',
      '\n',
      '1',
      '😀',
      'é',
      '\r\n',
      'b'.repeat(9000),
      ' '.repeat(5000),
      'word '.repeat(700),
    ];
    const patterns = [
      '\\p{L}+|\\s+',
      '^a|b+$',
      '(?<=\\s)\\w(?=\\s)',
      '\\s+(?!\\S)',
      '😀|\\w',
      'x*',
      '\\A\\w|\\w\\z',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...parts), { maxLength: 40 }),
        fc.constantFrom(...patterns),
        (some, source) => {
          const text = some.join('');
          const pattern = translatePattern(source, 'p');
          const whole = Array.from(text.matchAll(pattern))
            .filter(([found]) => found !== '')
            .flatMap(({ 0: found, index }) => [index, index + found.length]);
          const found: number[] = [];
          regularExpression(pattern)(text, 0, text.length, found);
          expect(found).toEqual(whole);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('steps within steps without end are an error, not a full stack', () => {
    let normalizer: object = { type: 'NFC' };
    for (let i = 0; i < 5000; i++) normalizer = { type: 'Sequence', normalizers: [normalizer] };
    const json = { normalizer, model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' } };
    expect(() => tokenizerFromJSON(json)).toThrow('expected fewer steps within steps, got an object');
  });
});
