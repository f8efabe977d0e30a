import { expect, test } from 'vitest';
import { assemble } from '../../scripts/assemble.ts';
import { dropoutMask } from './dropout-mask.ts';
import { dropoutMaskBinary } from './dropout-mask-binary.ts';

test('the committed module is the assembled source', async () => {
  expect(dropoutMaskBinary).toBe(await assemble('dropoutMaskBinary'));
});

const mask = (size: number, rate: number, [seed, step, call] = [0, 0, 0]): Uint8Array => {
  const out = new Uint8Array(size).fill(7);
  dropoutMask(seed!, step!, call!, rate, out);
  return out;
};

// The words that Random123's own tests know of Threefry-2x32 with 20 rounds and key and counter 0.
test.each([0x6b200159, 0x99ba4efe])('a value is dropped below its word, the %#x th', (word) => {
  const place = word === 0x6b200159 ? 0 : 1;
  expect(mask(2, word / 2 ** 32)[place]).toBe(1);
  expect(mask(2, (word + 1) / 2 ** 32)[place]).toBe(0);
});

test('a value does not depend on how many are made', () => {
  const long = mask(70_001, 0.3, [5, 6, 7]);
  for (const size of [1, 15, 16, 33, 32_767, 32_768, 32_769, 65_600]) {
    expect(mask(size, 0.3, [5, 6, 7])).toEqual(long.subarray(0, size));
  }
});

test('keeps all at rate 0, nothing at a rate of 1, the share asked for in between', () => {
  const kept = (rate: number): number => mask(50_000, rate).reduce((sum, one) => sum + one, 0) / 50_000;
  expect(kept(0)).toBe(1);
  expect(kept(1)).toBe(0);
  expect(kept(0.1)).toBeCloseTo(0.9, 2);
});
