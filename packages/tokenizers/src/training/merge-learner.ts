import { hashPair } from '../bpe/pair-table.ts';
import { compareCodePoints } from '../code-points.ts';
import { CandidateHeap } from './candidate-heap.ts';
import { DROPPED, NeighbourTally } from './neighbour-tally.ts';
import { PairTally } from './pair-tally.ts';
import { Segmentation } from './segmentation.ts';
import { TrackedPairs, UNTRACKED } from './tracked-pairs.ts';
import { BOUNDARY, type WordCounts } from './word-counts.ts';

/** Which of several equally frequent pairs is merged first. */
export type Ties = 'smallestPair' | 'firstSeen' | 'largestPair';

export interface MergeLearnerOptions {
  /** Pairs rarer than this are not merged. */
  readonly minFrequency: number;
  readonly ties: Ties;
  /** Tokens that no merge may spell. */
  readonly reserved: ReadonlySet<string>;
  /**
   * What tokens inside a word begin with (`##`): a merge leaves it out of its right half.
   * @default none
   */
  readonly continuingPrefix?: string;
  /**
   * The most pairs that are followed at once, a power of two.
   * @default 131072
   */
  readonly trackedPairs?: number;
}

const TRACKED_PAIRS = 1 << 17;
/** Places of pairs that are followed at the most, as a share of all places at the beginning. */
const TRACKED_PLACES = 0.7;
/** Distinct pairs that are counted in one go: more cost memory, fewer another pass over the words. */
const TALLIED_PAIRS = 1 << 19;
const IDS = 2 ** 26; // above any id: two ids make one key

/**
 * Learns BPE merges (Sennrich et al. 2016). Each merge touches only the places that hold the pair and adjusts the
 * counts of its neighbours.
 *
 * Most pairs are too rare to be ever merged, and there are millions of them. So only those above a floor are
 * followed; the floor rises when they become too many, and when none is left, all pairs are counted again and it falls.
 */
export class MergeLearner {
  /** Token strings by symbol: the initial ones, then one for every new token. */
  readonly tokens: string[];
  readonly #ids: Map<string, number>;
  readonly #options: MergeLearnerOptions;
  readonly #segmentation: Segmentation;
  readonly #heap: CandidateHeap;
  readonly #before = new NeighbourTally();
  readonly #after = new NeighbourTally();
  readonly #pairs: TrackedPairs;
  readonly #mostPlaces: number;
  /** Pairs below this are not followed; at `minFrequency` none is left out. */
  #floor: number;

  constructor(words: WordCounts, tokens: readonly string[], options: MergeLearnerOptions) {
    this.tokens = [...tokens];
    this.#ids = new Map(tokens.map((token, id) => [token, id]));
    this.#options = options;
    this.#segmentation = new Segmentation(words);
    const isLarger = (a: number, b: number): boolean => this.#isLarger(a, b);
    this.#heap = new CandidateHeap(options.ties === 'largestPair' ? isLarger : () => false);
    this.#pairs = new TrackedPairs(this.#segmentation, options.trackedPairs ?? TRACKED_PAIRS);
    this.#mostPlaces = Math.max(this.#pairs.capacity, this.#segmentation.tokens * TRACKED_PLACES);
    this.#floor = options.minFrequency;
    this.#recount();
  }

  /** The ids of all token strings. */
  get ids(): ReadonlyMap<string, number> {
    return this.#ids;
  }

  /** Makes the next merge and returns its two symbols and theirs; `undefined` when no pair is frequent enough. */
  next(): readonly [left: number, right: number, merged: number] | undefined {
    for (;;) {
      const pair = this.#best();
      if (pair === UNTRACKED) {
        if (this.#floor <= this.#options.minFrequency) return undefined;
        this.#recount();
        continue;
      }
      const left = this.#pairs.left[pair]!;
      const right = this.#pairs.right[pair]!;
      const token = this.#spell(left, right);
      if (this.#options.reserved.has(token)) continue;
      const known = this.#ids.get(token);
      if (known === undefined) this.#merge(pair, this.#newToken(token), true);
      else {
        this.#merge(pair, known, false);
        this.#tallyAround(known);
      }
      const merged = known ?? this.tokens.length - 1;
      this.#track(merged);
      return [left, right, merged];
    }
  }

  /** Takes the best pair off the heap, correcting what has changed since it was pushed. */
  #best(): number {
    const heap = this.#heap;
    while (heap.size > 0) {
      const pair = heap.topPair;
      const count = this.#pairs.count[pair]!;
      // One that grew has been pushed again and was ahead of this entry.
      if (count < this.#floor || count > heap.topCount) {
        heap.pop();
        continue;
      }
      const key = this.#key(pair);
      if (count === heap.topCount && key === heap.topKey) {
        heap.pop();
        return pair;
      }
      heap.replaceTop(pair, count, key);
    }
    return UNTRACKED;
  }

  #spell(left: number, right: number): string {
    const prefix = this.#options.continuingPrefix ?? '';
    const second = this.tokens[right]!;
    return this.tokens[left]! + (second.startsWith(prefix) ? second.slice(prefix.length) : second);
  }

  #newToken(token: string): number {
    const id = this.tokens.length;
    this.tokens.push(token);
    this.#ids.set(token, id);
    return id;
  }

  /** Joins a pair wherever it is; the neighbours of a token that is `fresh` are tallied on the way. */
  #merge(pair: number, merged: number, fresh: boolean): void {
    const pairs = this.#pairs;
    const segmentation = this.#segmentation;
    const before = this.#before;
    const after = this.#after;
    const { symbols } = segmentation;
    const { places } = pairs;
    const left = pairs.left[pair]!;
    const right = pairs.right[pair]!;
    const to = pairs.end[pair]!;
    before.start(this.tokens.length);
    after.start(this.tokens.length);
    for (let i = pairs.start[pair]!; i < to; i++) {
      const at = places[i]!;
      if (symbols[at] !== left) continue;
      const second = segmentation.end(at);
      if (symbols[second] !== right) continue;
      const end = segmentation.end(second);
      const count = segmentation.countAt(at);
      const previous = segmentation.previous(at);
      if (previous !== BOUNDARY) {
        const symbol = symbols[previous]!;
        if (fresh && symbol === merged) after.subtract(left, count);
        else pairs.subtract(symbol, left, count);
        if (fresh) before.add(symbol, count, previous);
      }
      const next = symbols[end]!;
      if (next !== BOUNDARY) {
        pairs.subtract(right, next, count);
        if (fresh) after.add(next, count, at);
      }
      segmentation.join(at, second, end, merged);
    }
    pairs.forget(pair);
  }

  /** Tallies the neighbours of a token that was there before under another spelling of pairs: of all its places. */
  #tallyAround(token: number): void {
    const segmentation = this.#segmentation;
    const { symbols } = segmentation;
    this.#before.start(this.tokens.length);
    this.#after.start(this.tokens.length);
    this.#pairs.forgetSymbol(token);
    for (let at = symbols.indexOf(token); at >= 0; at = symbols.indexOf(token, at + 1)) {
      const count = segmentation.countAt(at);
      const previous = segmentation.previous(at);
      const next = symbols[segmentation.end(at)]!;
      if (previous !== BOUNDARY) this.#before.add(symbols[previous]!, count, previous);
      if (next !== BOUNDARY && next !== token) this.#after.add(next, count, at);
    }
  }

  /** Follows the frequent ones among the pairs of a token with what was tallied before and after it. */
  #track(token: number): void {
    const pairs = this.#pairs;
    const before = this.#before;
    const after = this.#after;
    if (this.#makeRoom(before.symbols.length + after.symbols.length)) this.#refillHeap();
    pairs.reservePlaces(before.occurrencesFrom(this.#floor) + after.occurrencesFrom(this.#floor));
    const added: number[] = [];
    for (const tally of [before, after]) {
      for (const symbol of tally.symbols) {
        tally.cursor[symbol] = DROPPED;
        const count = tally.count[symbol]!;
        if (count < this.#floor) continue;
        const occurrences = tally.occurrences[symbol]!;
        const pair =
          tally === before
            ? pairs.add(symbol, token, count, occurrences)
            : pairs.add(token, symbol, count, occurrences);
        tally.cursor[symbol] = pairs.start[pair]!;
        added.push(pair);
      }
      tally.writePlaces(pairs.places);
    }
    for (const pair of added) this.#heap.push(pair, pairs.count[pair]!, this.#key(pair));
  }

  /** Counts all pairs again and follows as many of the most frequent ones as there is room for. */
  #recount(): void {
    const pairs = this.#pairs;
    const segmentation = this.#segmentation;
    this.#floor = this.#options.minFrequency;
    pairs.clear();
    const tally = new PairTally();
    const distinct = Math.min(segmentation.tokens, this.tokens.length ** 2);
    const parts = Math.ceil(distinct / TALLIED_PAIRS);
    for (let part = 0; part < parts; part++) {
      tally.clear();
      segmentation.forEachPair((left, right, count) => {
        if (parts === 1 || (hashPair(left, right) >>> 8) % parts === part) tally.add(left, right, count);
      });
      for (let i = 0; i < tally.size; i++) {
        const count = tally.count[i]!;
        if (count < this.#floor) continue;
        this.#makeRoom(1);
        if (count >= this.#floor) pairs.add(tally.left[i]!, tally.right[i]!, count, tally.occurrences[i]!);
      }
    }
    this.#limitPlaces();
    pairs.findPlaces();
    this.#refillHeap();
  }

  /** Raises the floor where the places of all pairs above it would take too much memory. */
  #limitPlaces(): void {
    const pairs = this.#pairs;
    if (pairs.occurrencesFrom(this.#floor) <= this.#mostPlaces) return;
    const counts = pairs.count.slice(0, pairs.size).sort();
    let low = 0;
    let high = counts.length - 1; // the most frequent pair stays in any case
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs.occurrencesFrom(counts[middle]!) <= this.#mostPlaces) high = middle;
      else low = middle + 1;
    }
    this.#floor = counts[low]!;
    pairs.prune(this.#floor, pairs.capacity);
  }

  /** Raises the floor where so many more pairs would be too many: then it says true, and pairs have new numbers. */
  #makeRoom(needed: number): boolean {
    const pairs = this.#pairs;
    if (pairs.size + needed <= pairs.capacity) return false;
    const counts = pairs.count.slice(0, pairs.size).sort();
    const kept = pairs.capacity >> 1;
    const floor = Math.max(this.#floor, (counts[counts.length - kept - 1] ?? 0) + 1);
    // Where most pairs are equally frequent, the floor would pass them all.
    if (pairs.countFrom(floor) > kept >> 2) this.#floor = floor;
    let capacity = pairs.capacity;
    while (pairs.countFrom(this.#floor) + needed > capacity * 0.75) capacity *= 2;
    pairs.prune(this.#floor, capacity);
    return true;
  }

  #refillHeap(): void {
    this.#heap.clear();
    for (let pair = 0; pair < this.#pairs.size; pair++) {
      this.#heap.push(pair, this.#pairs.count[pair]!, this.#key(pair));
    }
  }

  /** What orders equally frequent pairs, the lowest first. */
  #key(pair: number): number {
    const { ties } = this.#options;
    switch (ties) {
      case 'smallestPair':
        return this.#pairs.left[pair]! * IDS + this.#pairs.right[pair]!;
      case 'firstSeen':
        return this.#pairs.firstPlace(pair);
      case 'largestPair':
        return 0;
    }
  }

  #isLarger(a: number, b: number): boolean {
    const { left, right } = this.#pairs;
    const { tokens } = this;
    return (
      (compareCodePoints(tokens[left[a]!]!, tokens[left[b]!]!) ||
        compareCodePoints(tokens[right[a]!]!, tokens[right[b]!]!)) > 0
    );
  }
}
