import { describe, expect, test } from 'vitest';
import { FORMATS } from './formats.ts';
import { fuzz } from './fuzz.ts';
import { mutate } from './mutate.ts';
import { complaint } from './outcome.ts';

/** `npm run fuzz` loads as many as one likes. */
const COUNT = 300;

describe('mutated files', () => {
  test.each(FORMATS.map((format) => [format.name, format] as const))(
    '%s: each loads or is refused',
    { timeout: 300_000 },
    async (_, format) => {
      const { loaded, refused, failures } = await fuzz(format, 7, 0, COUNT);
      expect(failures).toEqual([]);
      expect(loaded + refused).toBe(COUNT);
      expect(loaded).toBeGreaterThan(0);
      expect(refused).toBeGreaterThan(COUNT / 4);
    },
  );
});

test('a mutation is the same each time, and mostly not the original', () => {
  const file = Buffer.from('{"hidden_size": 8, "layers": [1, 2], "name": "x"}');
  const text = { begin: 0, end: file.length };
  const all = Array.from({ length: 200 }, (_, index) => mutate(file, 3, index, text).toString('latin1'));
  expect(all).toEqual(all.map((_, index) => mutate(file, 3, index, text).toString('latin1')));
  expect(new Set(all).size).toBeGreaterThan(150);
  expect(file.toString()).toBe('{"hidden_size": 8, "layers": [1, 2], "name": "x"}');
});

test('what is complained about', () => {
  const fine = { isLoaded: true, seconds: 0.9, grownBytes: 65 * 2 ** 20, fileBytes: 2 ** 20 };
  expect(complaint(fine)).toBeUndefined();
  expect(complaint({ ...fine, seconds: 1.1 })).toBe('took 1.10 s, more than 1');
  expect(complaint({ ...fine, grownBytes: 67 * 2 ** 20 })).toBe('took 67 MB, more than 66');
  expect(complaint({ ...fine, problem: 'TypeError: x' })).toBe('not an error of ours: TypeError: x');
});
