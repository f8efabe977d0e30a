import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { samplingProbabilities } from './choose-token.ts';
import { temperatureWarper, topKWarper, topPWarper } from './warpers.ts';

const goldens = JSON.parse(
  readFileSync(new URL('__fixtures__/gpt2-generation.json', import.meta.url), 'utf8'),
) as Record<string, number[][]>;

const kept = (logits: Float32Array): number[] =>
  [...logits.keys()].filter((token) => logits[token]! > -Infinity);

describe('warpers, against Hugging Face', () => {
  const cases = Object.keys(goldens).filter((name) => name.startsWith('warped_probs'));

  it.each(cases)('%s', (name) => {
    const [, temperature, topK, topP] = /temp([\d.]+)_topk(\d+)_topp([\d.]+)/.exec(name)!.map(Number);
    const options = { temperature: temperature!, topK: topK!, topP: topP! };
    goldens['warp_logits']!.forEach((logits, b) => {
      const probabilities = samplingProbabilities(new Float32Array(logits), options);
      const expected = goldens[name]![b]!;
      for (const [token, probability] of probabilities.entries()) {
        expect(probability > 0).toBe(expected[token]! > 0);
        expect(Math.abs(probability - expected[token]!)).toBeLessThan(1e-6);
      }
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

  it('keeps all with 0', () => {
    expect(kept(topKWarper(0)(Float32Array.of(1, 3)))).toEqual([0, 1]);
  });

  it('refuses a part of a token', () => {
    expect(() => topKWarper(1.5)).toThrow('topK: expected a whole number of at least 0, got 1.5.');
  });
});

describe('temperatureWarper', () => {
  it('refuses 0', () => {
    expect(() => temperatureWarper(0)).toThrow(
      'temperature: expected a number above 0, got 0. Pass greedy: true to always take the most likely token.',
    );
  });
});
