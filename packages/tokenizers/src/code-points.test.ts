import { expect, test } from 'vitest';
import { compareCodePoints } from './code-points.ts';

test('strings are ordered by code point, not by UTF-16 unit', () => {
  const sorted = ['', 'a', 'ab', 'b', '\ufffd', '😀', '😀a', '\u{10ffff}'];
  expect([...sorted].reverse().sort(compareCodePoints)).toEqual(sorted);
  expect(compareCodePoints('same', 'same')).toBe(0);
});
