import { describe, expect, test } from 'vitest';
import { tokenizerFromJSON } from '../from-json.ts';
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

  test.each(['(a+)+b', '(a|a)*b', '(\\s*\\w*)*x', '((a{1,9}){1,9}){1,9}', '(?:a*)*'])(
    'one that can take for ever is refused: %s',
    (pattern) => {
      expect(() => translatePattern(pattern, 'p')).toThrow(
        'expected no repetition of a group that repeats or chooses',
      );
    },
  );

  test('steps within steps without end are an error, not a full stack', () => {
    let normalizer: object = { type: 'NFC' };
    for (let i = 0; i < 5000; i++) normalizer = { type: 'Sequence', normalizers: [normalizer] };
    const json = { normalizer, model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' } };
    expect(() => tokenizerFromJSON(json)).toThrow('expected fewer steps within steps, got an object');
  });
});
