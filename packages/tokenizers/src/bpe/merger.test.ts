import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Merger } from './merger.ts';
import { NEVER, PairTable } from './pair-table.ts';

interface Merge {
  readonly left: number;
  readonly right: number;
  readonly merged: number;
}

function tableOf(merges: readonly Merge[]): PairTable {
  const table = new PairTable(merges.length);
  for (const { left, right, merged } of merges) table.add(left, right, merged);
  return table;
}

/** The algorithm as it is told: look for the best pair, merge its leftmost occurrence, again and again. */
function mergeNaively(symbols: readonly number[], merges: readonly Merge[]): number[] {
  const left = [...symbols];
  for (;;) {
    let best = merges.length;
    let at = -1;
    for (let i = 0; i + 1 < left.length; i++) {
      const rank = merges.findIndex((merge) => merge.left === left[i] && merge.right === left[i + 1]);
      if (rank >= 0 && rank < best) {
        best = rank;
        at = i;
      }
    }
    if (at < 0) return left;
    left.splice(at, 2, merges[best]!.merged);
  }
}

/** Random merges over four symbols; a merge may use the results of earlier and of later ones. */
const merges: fc.Arbitrary<Merge[]> = fc
  .uniqueArray(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 8, selector: ([a, b]) => a * 100 + b })
  .map((pairs) => pairs.map(([left, right], rank) => ({ left, right, merged: 4 + rank })));

describe('Merger', () => {
  test.each([
    ['short', 0, 40],
    ['long', 129, 200],
  ])('merges %s pieces as the naive algorithm', (_, minLength, maxLength) => {
    const symbols = fc.array(fc.nat(3), { minLength, maxLength });
    fc.assert(
      fc.property(merges, symbols, (rules, piece) => {
        const buffer = Int32Array.from(piece);
        const left = new Merger(tableOf(rules)).merge(buffer, piece.length);
        expect([...buffer.subarray(0, left)]).toEqual(mergeNaively(piece, rules));
      }),
    );
  });
});

describe('PairTable', () => {
  test('ids above 2^16 do not run into each other', () => {
    const table = tableOf([
      { left: 1, right: 0x10000, merged: 7 },
      { left: 2, right: 0, merged: 8 },
      { left: 0x1fffff, right: 0x1fffff, merged: 9 },
    ]);
    expect(table.mergedAt(table.find(1, 0x10000))).toBe(7);
    expect(table.mergedAt(table.find(2, 0))).toBe(8);
    expect(table.find(0x1fffff, 0x1fffff)).toBe(2);
    expect(table.find(0x10000, 1)).toBe(NEVER);
    // Both have the key of (2, 0).
    expect(table.find(0x10002, 0)).toBe(NEVER);
    expect(table.find(0, 0x20000)).toBe(NEVER);
  });

  test('an empty table finds nothing', () => {
    expect(new PairTable(0).find(0, 0)).toBe(NEVER);
  });

  test('a pair is added once', () => {
    const table = new PairTable(2);
    expect(table.add(1, 2, 3)).toBe(true);
    expect(table.add(1, 2, 4)).toBe(false);
    expect(table.mergedAt(table.find(1, 2))).toBe(3);
  });
});
