import { describe, expect, it } from 'vitest';
import { truncatedNormal } from './initializers.ts';
import { ZeroStream } from './zero-stream.ts';

describe('ZeroStream', () => {
  it('draws zeros of every kind', () => {
    const random = new ZeroStream();
    expect([...random.next().normal(3)]).toEqual([0, 0, 0]);
    expect([...random.next().uniform(2)]).toEqual([0, 0]);
    expect(random.next().integer(5)).toBe(0);
    expect([...truncatedNormal(1)([2], random.next())]).toEqual([0, 0]);
    expect([...random.zeros([1, 2])]).toEqual([0, 0]);
  });

  it('refuses a model that wants more than its checkpoint has', () => {
    expect(() => new ZeroStream({ parameters: 9, values: 5 }).zeros([2, 3])).toThrow(
      'model: expected at most 9 parameters with 5 values, as its checkpoint could fill, got a configuration that wants more (the next is [2, 3]). Check that config.json belongs to these weights.',
    );
    const random = new ZeroStream({ parameters: 1, values: 5 });
    random.zeros([1]);
    expect(() => random.zeros([1])).toThrow('at most 1 parameters');
    expect(() => new ZeroStream().zeros([Number.NaN])).toThrow('[NaN]');
  });
  it('gives parts of few arrays, none of which another overlaps', () => {
    const random = new ZeroStream();
    const parts = Array.from({ length: 100 }, (_, i) => random.zeros([i % 7, 50]).fill(i));
    for (const [i, part] of parts.entries()) expect([...new Set(part)]).toEqual(i % 7 === 0 ? [] : [i]);
    expect(new Set(parts.map(({ buffer }) => buffer)).size).toBeLessThan(10);
  });

  it('has no room left over but for what was asked for so far', () => {
    const random = new ZeroStream();
    expect(random.zeros([3]).buffer.byteLength).toBe(12);
    expect(random.zeros([2 ** 26]).buffer.byteLength).toBe(2 ** 28);
    expect(random.zeros([1]).buffer.byteLength).toBe(2 ** 27);
  });
});
