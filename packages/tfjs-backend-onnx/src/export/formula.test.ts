import { describe, expect, test } from 'vitest';
import { type DynamicSize, fitFormula, fitPower, formulaText } from './formula.ts';

const batch: DynamicSize = { name: 'B', values: [2, 3, 5, 4, 7] };
const time: DynamicSize = { name: 'T', values: [9, 7, 8, 11, 6] };
const each = (f: (b: number, t: number) => number): number[] =>
  batch.values.map((b, i) => f(b, time.values[i]!));

function found(f: (b: number, t: number) => number, fractions = false): string | null {
  const formula = fitFormula(each(f), [batch, time], [], fractions);
  return formula && formulaText(formula);
}

describe('a formula of sizes', () => {
  test.each([
    ['12', () => 12],
    ['0', () => 0],
    ['T', (_: number, t: number) => t],
    ['B*T', (b: number, t: number) => b * t],
    ['-2*T', (_: number, t: number) => -2 * t],
    ['3*B*T*T', (b: number, t: number) => 3 * b * t * t],
    ['T - 1', (_: number, t: number) => t - 1],
    ['B*T + 4', (b: number, t: number) => b * t + 4],
    ['B + T', (b: number, t: number) => b + t],
    ['2*B - T + 3', (b: number, t: number) => 2 * b - t + 3],
    ['B + B*T', (b: number, t: number) => b * (t + 1)],
  ] as [string, (b: number, t: number) => number][])('%s', (text, f) => {
    expect(found(f)).toBe(text);
  });

  test('has fractions where they are wanted', () => {
    const even: DynamicSize = { name: 'T', values: [4, 8, 6, 12] };
    const half = even.values.map((value) => (3 * value) / 2);
    expect(fitFormula(half, [even], [], false)).toBeNull();
    expect(formulaText(fitFormula(half, [even], [], true)!)).toBe('3*T/2');
  });

  test('knows sizes inside the graph', () => {
    const pooled: DynamicSize = { name: 'P', values: time.values.map((t) => Math.ceil(t / 2)) };
    const values = each((b, t) => 8 * b * Math.ceil(t / 2));
    expect(fitFormula(values, [batch, time], [], true)).toBeNull();
    expect(formulaText(fitFormula(values, [batch, time], [pooled], true)!)).toBe('8*P*B');
  });

  test('knows sums that were met before', () => {
    const sums = [(b: number) => b + 1, (_: number, t: number) => t - 2].map(
      (f) => fitFormula(each(f), [batch, time], [], false)!,
    );
    const values = each((b, t) => 3 * (b + 1) * (t - 2));
    expect(fitFormula(values, [batch, time], [], true)).toBeNull();
    expect(formulaText(fitFormula(values, [batch, time], [], true, sums)!)).toBe('3*B*T - 6*B + 3*T - 6');
  });

  test('is not made up', () => {
    expect(found((_, t) => (t > 7 ? 1 : 0))).toBeNull();
    expect(found((b, t) => b ** t)).toBeNull();
    // Two recordings prove nothing about two unknowns.
    expect(fitFormula([5, 9], [{ name: 'T', values: [3, 4] }], [], true)).toBeNull();
  });

  test('powers are found to the precision of float32', () => {
    const power = (f: (b: number, t: number) => number): string | null => {
      const fitted = fitPower(
        each((b, t) => Math.fround(f(b, t))),
        [batch, time],
        [],
      );
      return fitted && `${fitted.factor.toFixed(2)} (${formulaText(fitted.base)})^${fitted.power}`;
    };
    expect(power((_, t) => 1 / t)).toBe('1.00 (T)^-1');
    expect(power((_, t) => 0.3 / Math.sqrt(t))).toBe('0.30 (T)^-0.5');
    expect(power((b, t) => 1 / (b * t + 1))).toBe('1.00 (B*T + 1)^-1');
    expect(power((b, t) => Math.sin(b + t))).toBeNull();
  });
});
