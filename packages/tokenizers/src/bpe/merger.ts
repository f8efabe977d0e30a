import { NEVER, type PairTable } from './pair-table.ts';
import { RankHeap } from './rank-heap.ts';

/** Above this many symbols the simple quadratic loop loses to the heap. */
const SHORT = 128;
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
  readonly #short = {
    ranks: new Int32Array(SHORT), // ranks[i] is that of the pair that starts with symbol i
    next: new Int32Array(SHORT),
    previous: new Int32Array(SHORT),
  };
  readonly #queue = new RankHeap();

  constructor(pairs: PairTable) {
    this.#pairs = pairs;
  }

  /** Merges `symbols[0 … length)` in place, and what they span, and returns how many are left. */
  merge(symbols: Int32Array, length: number, spans?: MergeSpans): number {
    return length <= SHORT
      ? this.#mergeShort(symbols, length, spans)
      : this.#mergeLong(symbols, length, spans);
  }

  /** The symbols as a linked list too, the best pair looked for: ranks of what is gone stay in place, as `NEVER`. */
  #mergeShort(symbols: Int32Array, length: number, spans: MergeSpans | undefined): number {
    const pairs = this.#pairs;
    const { ranks, next, previous } = this.#short;
    const last = length - 1;
    for (let i = 0; i < last; i++) {
      ranks[i] = pairs.find(symbols[i]!, symbols[i + 1]!);
      next[i] = i + 1;
      previous[i + 1] = i;
    }
    next[last] = length;
    let n = length;
    for (; ; n--) {
      let best = NONE;
      let bestRank = NEVER;
      for (let i = 0; i < last; i++) {
        const rank = ranks[i]!;
        if (rank < bestRank) {
          bestRank = rank;
          best = i;
        }
      }
      if (best === NONE) break;
      const gone = next[best]!;
      const after = next[gone]!;
      symbols[best] = pairs.mergedAt(bestRank);
      if (spans !== undefined) spans.ends[best] = spans.ends[gone]!;
      ranks[gone] = NEVER;
      next[best] = after;
      if (after < length) {
        previous[after] = best;
        ranks[best] = pairs.find(symbols[best]!, symbols[after]!);
      } else {
        ranks[best] = NEVER;
      }
      if (best > 0) {
        const before = previous[best]!;
        ranks[before] = pairs.find(symbols[before]!, symbols[best]!);
      }
    }
    return n === length ? n : gather(symbols, next, length, spans);
  }

  /** The symbols as a linked list, the mergeable pairs in a queue; entries that a merge made stale are skipped. */
  #mergeLong(symbols: Int32Array, length: number, spans: MergeSpans | undefined): number {
    const pairs = this.#pairs;
    const queue = this.#queue;
    const next = new Int32Array(length);
    const previous = new Int32Array(length);
    const ranks = new Int32Array(length).fill(NEVER);
    const offer = (left: number, right: number): void => {
      const rank = pairs.find(symbols[left]!, symbols[right]!);
      ranks[left] = rank;
      if (rank !== NEVER) queue.push(rank, left);
    };

    for (let i = 0; i < length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      if (i + 1 < length) offer(i, i + 1);
    }
    while (queue.size > 0) {
      const at = queue.pop();
      if (ranks[at] !== queue.poppedRank) continue;
      const gone = next[at]!;
      const after = next[gone]!;
      symbols[at] = pairs.mergedAt(ranks[at]!);
      if (spans !== undefined) spans.ends[at] = spans.ends[gone]!;
      ranks[gone] = NEVER;
      next[at] = after;
      if (after < length) {
        previous[after] = at;
        offer(at, after);
      } else {
        ranks[at] = NEVER;
      }
      if (at > 0) offer(previous[at]!, at);
    }
    return gather(symbols, next, length, spans);
  }
}

/** Moves the symbols that are left to the front, and what they span, and returns how many they are. */
function gather(
  symbols: Int32Array,
  next: Int32Array,
  length: number,
  spans: MergeSpans | undefined,
): number {
  let n = 0;
  for (let at = 0; at < length; at = next[at]!) {
    if (spans !== undefined) {
      spans.starts[n] = spans.starts[at]!;
      spans.ends[n] = spans.ends[at]!;
    }
    symbols[n++] = symbols[at]!;
  }
  return n;
}
