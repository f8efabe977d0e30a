import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type LogitsWarper, temperatureWarper, topKWarper, topPWarper } from './warpers.ts';

const goldens = JSON.parse(
  readFileSync(new URL('__fixtures__/gpt2-generation.json', import.meta.url), 'utf8'),
) as Record<string, number[][]>;

function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  const weights = Array.from(logits, (value) => Math.exp(value - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

const kept = (logits: Float32Array): number[] =>
  [...logits.keys()].filter((token) => logits[token]! > -Infinity);

describe('warpers, against Hugging Face', () => {
  const cases = Object.keys(goldens).filter((name) => name.startsWith('warped_probs'));

  it.each(cases)('%s', (name) => {
    const [, temperature, k, p] = /temp([\d.]+)_topk(\d+)_topp([\d.]+)/.exec(name)!.map(Number);
    const warpers: LogitsWarper[] = [
      temperatureWarper(temperature!),
      ...(k === 0 ? [] : [topKWarper(k!)]),
      topPWarper(p!),
    ];
    goldens['warp_logits']!.forEach((row, b) => {
      const warped = warpers.reduce<Float32Array>((logits, warp) => warp(logits), new Float32Array(row));
      const expected = goldens[name]![b]!;
      expect(kept(warped)).toEqual([...expected.keys()].filter((token) => expected[token]! > 0));
      softmax(warped).forEach((probability, token) => {
        expect(Math.abs(probability - expected[token]!)).toBeLessThan(1e-6);
      });
    });
  });
});

describe('topPWarper', () => {
  it('always keeps the most likely token', () => {
    expect(kept(topPWarper(1e-9)(Float32Array.of(0, 5, 1)))).toEqual([1]);
  });

  it('takes the token along with which the probability passes p', () => {
    const logits = Float32Array.from([0.4, 0.3, 0.2, 0.1], Math.log);
    expect(kept(topPWarper(0.3)(logits))).toEqual([0]);
    expect(kept(topPWarper(0.41)(logits))).toEqual([0, 1]);
    expect(kept(topPWarper(0.95)(logits))).toEqual([0, 1, 2, 3]);
    expect(kept(topPWarper(1)(logits))).toEqual([0, 1, 2, 3]);
  });

  it('keeps at least the minimum', () => {
    expect(kept(topPWarper(0.1, 2)(Float32Array.of(9, 0, 1)))).toEqual([0, 2]);
  });

  it('keeps the first of equals', () => {
    expect(kept(topPWarper(0.4)(Float32Array.of(1, 1, 1, 1)))).toEqual([0, 1]);
  });

  it.each([0, 1.5, Number.NaN])('refuses %d', (p) => {
    expect(() => topPWarper(p)).toThrow(
      `topP: expected a number in (0, 1], got ${p}. Pass the probability that the kept tokens have together, 0.9 for instance.`,
    );
  });
});

describe('topKWarper', () => {
  it('keeps what equals the lowest of the k', () => {
    expect(kept(topKWarper(2)(Float32Array.of(1, 3, 1, 0)))).toEqual([0, 1, 2]);
  });

  it('keeps all where there are not so many', () => {
    expect(kept(topKWarper(9)(Float32Array.of(1, 3)))).toEqual([0, 1]);
  });

  it('keeps at least the minimum', () => {
    expect(kept(topKWarper(1, 2)(Float32Array.of(1, 3, 2)))).toEqual([1, 2]);
  });

  it('refuses 0', () => {
    expect(() => topKWarper(0)).toThrow('topK: expected a whole number of at least 1, got 0.');
  });
});

describe('temperatureWarper', () => {
  it('refuses 0', () => {
    expect(() => temperatureWarper(0)).toThrow(
      'temperature: expected a number above 0, got 0. Pass greedy: true to always take the most likely token.',
    );
  });
});
