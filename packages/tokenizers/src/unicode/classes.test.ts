import { describe, expect, test } from 'vitest';
import { characterClasses, LETTER, NUMBER, OTHER, SPACE } from './classes.ts';
import { UNICODE_VERSION } from './runs.ts';

const classes = characterClasses();
const sameUnicode = process.versions['unicode'] === UNICODE_VERSION;

function classOf(character: string): number {
  return classes[character.codePointAt(0)!] ?? OTHER;
}

describe('character classes', () => {
  test('U+0085 is white space, U+FEFF and U+001C to U+001F are not: JavaScript’s \\s says otherwise', () => {
    expect(classOf('\u0085')).toBe(SPACE);
    expect(classOf('\ufeff')).toBe(OTHER);
    for (const control of ['\u001c', '\u001d', '\u001e', '\u001f']) expect(classOf(control)).toBe(OTHER);
  });

  test('white space is Unicode’s White_Space, 25 code points', () => {
    const found = [...classes.keys()].filter((codePoint) => classes[codePoint] === SPACE);
    const expected = [...classes.keys()].filter((codePoint) =>
      /\p{White_Space}/u.test(String.fromCodePoint(codePoint)),
    );
    expect(found).toHaveLength(25);
    expect(found).toEqual(expected);
  });

  test('letters and numbers of all planes', () => {
    expect(['a', 'É', '中', 'ह', 'ª', '𐐀', '\u{323b0}'].map(classOf)).toEqual(Array(7).fill(LETTER));
    expect(['7', '½', '²', '٣', 'Ⅷ', '𝟙'].map(classOf)).toEqual(Array(6).fill(NUMBER));
    expect(['_', '-', '😀', '\u0301', '\u{10ffff}', '�'].map(classOf)).toEqual(Array(6).fill(OTHER));
  });

  const otherVersion = sameUnicode ? '' : ` (skipped: this Node has Unicode ${process.versions['unicode']})`;
  test.skipIf(!sameUnicode)(
    `the frozen tables are those of Unicode ${UNICODE_VERSION}${otherVersion}`,
    () => {
      for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
        if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
        const character = String.fromCodePoint(codePoint);
        const frozen = classOf(character);
        if (
          (frozen === LETTER) !== /\p{L}/u.test(character) ||
          (frozen === NUMBER) !== /\p{N}/u.test(character)
        ) {
          throw new Error(`U+${codePoint.toString(16)} has class ${frozen}`);
        }
      }
    },
  );
});
