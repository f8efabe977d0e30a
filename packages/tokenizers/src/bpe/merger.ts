import type { PairTable } from './pair-table.ts';
import { RankHeap } from './rank-heap.ts';

/** Above this many symbols the simple quadratic loop loses to the heap. */
const SHORT = 128;
const NEVER = 0x7fffffff;
const NONE = -1;

/** Where in the word each symbol starts and ends. */
export interface MergeSpans {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Applies merges to one piece: always the pair of lowest rank, the leftmost of equals, until none is left
 * (Sennrich et al. 2016, algorithm 1). Work is O(n log n) for a piece of n symbols.
 */
export class Merger {
  readonly #pairs: PairTable;
  readonly #ranks = new Int32Array(SHORT);
  readonly #heap = new RankHeap();

  constructor(pairs: PairTable) {
    this.#pairs = pairs;
  }

  /** Merges `symbols[0 … length)` in place, and what they span, and returns how many are left. */
  merge(symbols: Int32Array, length: number, spans?: MergeSpans): number {
    return length <= SHORT
      ? this.#mergeShort(symbols, length, spans)
      : this.#mergeLong(symbols, length, spans);
  }

  #mergeShort(symbols: Int32Array, length: number, spans: MergeSpans | undefined): number {
    const pairs = this.#pairs;
    const ranks = this.#ranks; // ranks[i] is that of the pair (i, i + 1)
    let n = length;
    for (let i = 0; i + 1 < n; i++) ranks[i] = this.#rank(symbols[i]!, symbols[i + 1]!);
    for (;;) {
      let best = NONE;
      let bestRank = NEVER;
      for (let i = 0; i + 1 < n; i++) {
        const rank = ranks[i]!;
        if (rank < bestRank) {
          bestRank = rank;
          best = i;
        }
      }
      if (best === NONE) return n;
      symbols[best] = pairs.mergedAt(pairs.find(symbols[best]!, symbols[best + 1]!));
      n--;
      if (spans !== undefined) closeGap(spans, best, n);
      for (let i = best + 1; i < n; i++) {
        symbols[i] = symbols[i + 1]!;
        ranks[i] = ranks[i + 1]!;
      }
      if (best + 1 < n) ranks[best] = this.#rank(symbols[best]!, symbols[best + 1]!);
      if (best > 0) ranks[best - 1] = this.#rank(symbols[best - 1]!, symbols[best]!);
    }
  }

  /** The symbols as a linked list, the mergeable pairs in a heap; entries that a merge made stale are skipped. */
  #mergeLong(symbols: Int32Array, length: number, spans: MergeSpans | undefined): number {
    const pairs = this.#pairs;
    const heap = this.#heap;
    const next = new Int32Array(length);
    const previous = new Int32Array(length);
    const ranks = new Int32Array(length).fill(NEVER);
    const offer = (left: number): void => {
      const rank = this.#rank(symbols[left]!, symbols[next[left]!]!);
      ranks[left] = rank;
      if (rank !== NEVER) heap.push(rank, left);
    };

    for (let i = 0; i < length; i++) {
      next[i] = i + 1 < length ? i + 1 : NONE;
      previous[i] = i - 1;
    }
    for (let i = 0; i + 1 < length; i++) offer(i);
    while (heap.size > 0) {
      const at = heap.pop();
      if (ranks[at] !== heap.poppedRank) continue;
      const gone = next[at]!;
      symbols[at] = pairs.mergedAt(pairs.find(symbols[at]!, symbols[gone]!));
      ranks[gone] = NEVER;
      if (spans !== undefined) spans.ends[at] = spans.ends[gone]!;
      const after = next[gone]!;
      next[at] = after;
      if (after === NONE) {
        ranks[at] = NEVER;
      } else {
        previous[after] = at;
        offer(at);
      }
      if (previous[at] !== NONE) offer(previous[at]!);
    }

    let n = 0;
    for (let at = 0; at !== NONE; at = next[at]!) {
      if (spans !== undefined) {
        spans.starts[n] = spans.starts[at]!;
        spans.ends[n] = spans.ends[at]!;
      }
      symbols[n++] = symbols[at]!;
    }
    return n;
  }

  #rank(left: number, right: number): number {
    const slot = this.#pairs.find(left, right);
    return slot < 0 ? NEVER : this.#pairs.rankAt(slot);
  }
}

/** Takes symbol `merged + 1` into symbol `merged`; `left` symbols stay. */
function closeGap({ starts, ends }: MergeSpans, merged: number, left: number): void {
  ends[merged] = ends[merged + 1]!;
  for (let i = merged + 1; i < left; i++) {
    starts[i] = starts[i + 1]!;
    ends[i] = ends[i + 1]!;
  }
}
