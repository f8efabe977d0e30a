import { describe, expect, test } from 'vitest';
import { IdBuffer } from '../id-buffer.ts';
import { WordCache } from './word-cache.ts';

const bytes = Uint8Array.from([1, 2, 3, 1, 2, 4]);

function look(cache: WordCache, start: number, end: number, hash: number): number[] | undefined {
  const ids = new IdBuffer();
  return cache.append(bytes, start, end, hash, ids) ? [...ids.toArray()] : undefined;
}

describe('WordCache', () => {
  test('two words with one hash stay two words: a hit compares the bytes', () => {
    const cache = new WordCache(16);
    cache.add(bytes, 0, 3, 99, Int32Array.of(7, 8), 0, 2);
    expect(look(cache, 3, 6, 99)).toBeUndefined();
    expect(look(cache, 0, 2, 99)).toBeUndefined();
    cache.add(bytes, 3, 6, 99, Int32Array.of(0, 5), 1, 1);
    expect(look(cache, 0, 3, 99)).toEqual([7, 8]);
    expect(look(cache, 3, 6, 99)).toEqual([5]);
  });

  test('never holds more than it was given room for', () => {
    const cache = new WordCache(1024);
    let largest = 0;
    for (let word = 0; word < 20_000; word++) {
      const own = Uint8Array.from({ length: 8 }, (_, i) => (word >> i) & 0xff);
      cache.add(own, 0, 8, Math.imul(word, 0x9e3779b1), Int32Array.of(word), 0, 1);
      largest = Math.max(largest, cache.size);
    }
    expect(largest).toBe(1024);
  });

  test('what was added last is found, also after growing and after being emptied', () => {
    const cache = new WordCache(4096);
    for (let word = 0; word < 10_000; word++) {
      const own = new TextEncoder().encode(`word ${word} of many, some with a long long tail`);
      cache.add(own, 0, own.length, word, Int32Array.from(own), 0, own.length);
      const ids = new IdBuffer();
      expect(cache.append(own, 0, own.length, word, ids)).toBe(true);
      expect(ids.length).toBe(own.length);
    }
  });
});
