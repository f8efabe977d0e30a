import { compareCodePoints } from '../code-points.ts';
import { type Candidate, CandidateHeap, type TieBreak } from './candidate-heap.ts';
import { NOWHERE, PairIndex } from './pair-index.ts';

/** Distinct words and how often each occurs; word w is `symbols[starts[w] … starts[w + 1])`. */
export interface WordCounts {
  readonly symbols: Int32Array;
  readonly starts: Int32Array;
  readonly counts: Float64Array;
}

/** Which of several equally frequent pairs is merged first. */
export type Ties = 'smallestPair' | 'firstSeen' | 'largestPair';

export interface MergeLearnerOptions {
  /** Pairs rarer than this are not merged. */
  readonly minFrequency: number;
  readonly ties: Ties;
  /** Tokens that no merge may spell. */
  readonly reserved: ReadonlySet<string>;
}

/** A symbol's place that an earlier neighbour has taken over. */
const ABSORBED = -1;

/**
 * Learns BPE merges (Sennrich et al. 2016). Each merge touches only the words that hold the pair and adjusts the
 * counts of its neighbours; the heap's entries are corrected when they come to the top.
 */
export class MergeLearner {
  /** Token strings by symbol: the initial ones, then one for every new token. */
  readonly tokens: string[];
  readonly #ids: Map<string, number>;
  readonly #lengths: number[]; // initial symbols in each token
  readonly #symbols: Int32Array; // a token of length n keeps n places; only the first is not ABSORBED
  readonly #starts: Int32Array;
  readonly #counts: Float64Array;
  readonly #options: MergeLearnerOptions;
  readonly #pairs = new PairIndex();
  readonly #heap: CandidateHeap;

  constructor(words: WordCounts, tokens: readonly string[], options: MergeLearnerOptions) {
    this.tokens = [...tokens];
    this.#ids = new Map(tokens.map((token, id) => [token, id]));
    this.#lengths = tokens.map(() => 1);
    this.#symbols = words.symbols.slice();
    this.#starts = words.starts;
    this.#counts = words.counts;
    this.#options = options;
    this.#heap = new CandidateHeap(this.#tieBreak(options.ties));
    this.#countPairs();
  }

  /** Makes the next merge and returns its two symbols; `undefined` when no pair is frequent enough. */
  next(): readonly [left: number, right: number] | undefined {
    for (;;) {
      const top = this.#heap.peek();
      if (top === undefined) return undefined;
      const current = this.#refresh(top);
      if (current !== top) {
        if (current === undefined) this.#heap.pop();
        else this.#heap.replaceTop(current);
        continue;
      }
      this.#heap.pop();
      const left = this.#pairs.left[top.pair]!;
      const right = this.#pairs.right[top.pair]!;
      if (this.#options.reserved.has(this.tokens[left]! + this.tokens[right]!)) continue;
      this.#merge(top.pair, left, right);
      return [left, right];
    }
  }

  #countPairs(): void {
    const pairs = this.#pairs;
    for (let word = 0; word < this.#counts.length; word++) {
      const end = this.#starts[word + 1]!;
      for (let at = this.#starts[word]!; at + 1 < end; at++) {
        pairs.add(pairs.find(this.#symbols[at]!, this.#symbols[at + 1]!), this.#counts[word]!, word, at);
      }
    }
    for (let pair = 0; pair < pairs.size; pair++) this.#offer(pair);
  }

  #offer(pair: number): void {
    const count = this.#pairs.count[pair]!;
    if (count >= this.#options.minFrequency)
      this.#heap.push({ pair, count, first: this.#pairs.first[pair]! });
  }

  /** The candidate itself if it still tells the truth, a corrected one, or `undefined` if it is out. */
  #refresh(candidate: Candidate): Candidate | undefined {
    const { pair } = candidate;
    const count = this.#pairs.count[pair]!;
    // One that grew has been pushed again and was ahead of this entry.
    if (count < this.#options.minFrequency || count > candidate.count) return undefined;
    const first = this.#options.ties === 'firstSeen' ? this.#firstOccurrence(pair) : candidate.first;
    if (count === candidate.count && first === candidate.first) return candidate;
    return { pair, count, first };
  }

  #merge(pair: number, left: number, right: number): void {
    const pairs = this.#pairs;
    const symbols = this.#symbols;
    const lengths = this.#lengths;
    const leftLength = lengths[left]!;
    const rightLength = lengths[right]!;
    const merged = this.#tokenOf(left, right);
    const grown = new Set<number>();
    const change = (a: number, b: number, c: number, d: number, word: number, at: number): void => {
      const count = this.#counts[word]!;
      const previousPair = pairs.find(a, b);
      pairs.count[previousPair]! -= count;
      const next = pairs.find(c, d);
      pairs.add(next, count, word, at);
      grown.add(next);
    };
    pairs.forEachWord(pair, (word) => {
      const end = this.#starts[word + 1]!;
      let previous = -1;
      let at = this.#starts[word]!;
      while (at < end) {
        const symbol = symbols[at]!;
        const second = at + lengths[symbol]!;
        if (symbol !== left || second >= end || symbols[second] !== right) {
          previous = at;
          at = second;
          continue;
        }
        const after = at + leftLength + rightLength;
        if (previous >= 0) change(symbols[previous]!, left, symbols[previous]!, merged, word, previous);
        if (after < end) change(right, symbols[after]!, merged, symbols[after]!, word, at);
        symbols[at] = merged;
        symbols[second] = ABSORBED;
        previous = at;
        at = after;
      }
    });
    pairs.forget(pair);
    for (const next of grown) this.#offer(next);
  }

  /** The token that a merge makes: one of that spelling may be there already, from another pair. */
  #tokenOf(left: number, right: number): number {
    const token = this.tokens[left]! + this.tokens[right]!;
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    const id = this.tokens.length;
    this.tokens.push(token);
    this.#ids.set(token, id);
    this.#lengths.push(this.#lengths[left]! + this.#lengths[right]!);
    return id;
  }

  #firstOccurrence(pair: number): number {
    const known = this.#pairs.first[pair]!;
    if (known !== NOWHERE && this.#isAt(pair, known)) return known;
    let first = NOWHERE;
    this.#pairs.forEachWord(pair, (word) => {
      const end = Math.min(this.#starts[word + 1]!, first);
      for (let at = this.#starts[word]!; at < end; at += this.#lengths[this.#symbols[at]!]!) {
        if (this.#isAt(pair, at) && this.#endsIn(pair, at, word)) first = Math.min(first, at);
      }
    });
    this.#pairs.first[pair] = first;
    return first;
  }

  #isAt(pair: number, at: number): boolean {
    const left = this.#pairs.left[pair]!;
    return (
      this.#symbols[at] === left && this.#symbols[at + this.#lengths[left]!] === this.#pairs.right[pair]!
    );
  }

  #endsIn(pair: number, at: number, word: number): boolean {
    return at + this.#lengths[this.#pairs.left[pair]!]! < this.#starts[word + 1]!;
  }

  #tieBreak(ties: Ties): TieBreak {
    switch (ties) {
      case 'firstSeen':
        return (a, b) => a.first < b.first;
      case 'smallestPair':
        return (a, b) => this.#order(a.pair, b.pair, (x, y) => x - y) < 0;
      case 'largestPair':
        return (a, b) =>
          this.#order(a.pair, b.pair, (x, y) => compareCodePoints(this.tokens[x]!, this.tokens[y]!)) > 0;
    }
  }

  #order(a: number, b: number, compare: (x: number, y: number) => number): number {
    const { left, right } = this.#pairs;
    return compare(left[a]!, left[b]!) || compare(right[a]!, right[b]!);
  }
}
