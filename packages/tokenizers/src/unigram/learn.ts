import { TokenizerError } from '../errors.ts';
import { Trie } from '../models/trie.ts';
import type { TrainingProgress } from '../training/options.ts';
import type { Pause } from '../training/pause.ts';
import type { CharacterWords } from '../training/words.ts';
import { Lattice } from './lattice.ts';
import { type Seed, seedsOf } from './seeds.ts';

/** A piece that is expected less often than this leaves. */
const LEAST_EXPECTED = 0.5;
/** Room above the wanted size until the end, where pieces are cut off by their place in the list. */
const MARGIN = 1.1;
/** What sets one character apart from the next that training lost. */
const PENALTY_STEP = 0.0001;

export interface LearnUnigramOptions {
  /** Pieces wanted, special tokens not counted. */
  readonly pieces: number;
  readonly maxPieceLength: number;
  readonly seedSize: number;
  readonly shrinkingFactor: number;
  readonly subIterations: number;
  readonly pause: Pause;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** A token and its logarithm of a probability. */
export type ScoredPiece = readonly [token: string, score: number];

/**
 * Learns a Unigram vocabulary (Kudo 2018): expectation maximisation over all ways to cut the words, and after every
 * few rounds the pieces go that the likelihood misses least.
 */
export async function learnUnigram(
  words: CharacterWords,
  options: LearnUnigramOptions,
): Promise<ScoredPiece[]> {
  const { pieces: wanted, pause, onProgress } = options;
  const learner = new UnigramLearner(words, options);
  if (learner.characters > wanted) {
    throw new TokenizerError(
      `vocabularySize: expected room for the ${learner.characters} characters of the texts, got room for ${wanted} ` +
        'pieces. Ask for more ids, or normalise the texts.',
    );
  }
  const most = Math.floor(wanted * MARGIN);
  for (;;) {
    for (let i = 0; i < options.subIterations; i++) await learner.maximise(pause);
    onProgress?.({ stage: 'pruning', pieces: learner.size, total: wanted });
    if (learner.size <= most) break;
    await learner.prune(Math.max(most, Math.floor(learner.size * options.shrinkingFactor)), pause);
  }
  return learner.finish(wanted);
}

class UnigramLearner {
  readonly #words: CharacterWords;
  readonly #text: Int32Array;
  readonly #seeds: readonly Seed[];
  readonly #characters: readonly Seed[];
  readonly #scores: Float64Array; // by seed; −∞ for one that is out
  readonly #lattice: Lattice;
  #kept: number[]; // seeds that are in, in the order in which a cut takes them

  constructor(words: CharacterWords, options: LearnUnigramOptions) {
    const { text, characters, substrings } = seedsOf(words, options.maxPieceLength, options.seedSize);
    this.#words = words;
    this.#text = text;
    this.#characters = characters;
    this.#seeds = [...characters, ...substrings];
    const trie = new Trie();
    const sum = this.#seeds.reduce((total, { weight }) => total + weight, 0);
    this.#scores = Float64Array.from(this.#seeds, ({ weight }) => Math.log(weight) - Math.log(sum));
    this.#kept = this.#seeds.map(({ start, length }, seed) => {
      trie.addCodePoints(text, start, start + length, seed);
      return seed;
    });
    this.#lattice = new Lattice(trie, this.#scores);
  }

  /** Distinct characters; each keeps its piece. */
  get characters(): number {
    return this.#characters.length;
  }

  /** Pieces, and the unknown one. */
  get size(): number {
    return this.#kept.length + 1;
  }

  /** One round of expectation and maximisation; the digamma function keeps rare pieces down (Liang and Klein 2007). */
  async maximise(pause: Pause): Promise<void> {
    const expected = new Float64Array(this.#scores.length);
    await this.#eachWord(pause, (count) => this.#lattice.expect(count, expected));
    const stays = this.#kept.filter((piece) => expected[piece]! >= LEAST_EXPECTED);
    const logSum = digamma(stays.reduce((sum, piece) => sum + expected[piece]!, 0));
    this.#keep(stays);
    for (const piece of stays) this.#scores[piece] = digamma(expected[piece]!) - logSum;
  }

  /** Lets pieces go until `size` are left, first those whose loss the likelihood feels least. */
  async prune(size: number, pause: Pause): Promise<void> {
    const alternatives = this.#alternatives();
    const frequency = new Float64Array(this.#scores.length);
    let unknown = 0;
    let sentences = 0;
    const path: number[] = [];
    await this.#eachWord(pause, (count) => {
      sentences += count;
      path.length = 0;
      this.#lattice.bestPath(path);
      for (const piece of path) {
        if (piece === Lattice.UNKNOWN) unknown += count;
        else frequency[piece]! += count;
      }
    });
    const sum = frequency.reduce((total, count) => total + count, unknown);
    const stays: number[] = [];
    const candidates: { piece: number; loss: number }[] = [];
    for (const piece of this.#kept) {
      const used = frequency[piece]!;
      const others = alternatives.get(piece);
      if (others === undefined) stays.push(piece);
      else if (used > 0 && others.length === 0) stays.push(piece);
      else if (used > 0) {
        // Every use of the piece becomes one of each of its alternatives.
        const logSumAfter = Math.log(sum + used * (others.length - 1));
        let after = 0;
        for (const other of others) {
          const count = other === Lattice.UNKNOWN ? unknown : frequency[other]!;
          after += Math.log(count + used) - logSumAfter;
        }
        candidates.push({ piece, loss: (used / sentences) * (Math.log(used) - Math.log(sum) - after) });
      }
    }
    candidates.sort((a, b) => b.loss - a.loss);
    const room = Math.max(0, size - 1 - stays.length);
    this.#keep([...stays, ...candidates.slice(0, room).map(({ piece }) => piece)]);
  }

  /** All characters and as many other pieces as are wanted, the most probable first. */
  finish(wanted: number): ScoredPiece[] {
    const lowest = this.#lowest();
    let lost = 0;
    const pieces = this.#characters
      .map((seed, piece) => ({ piece, codePoint: this.#text[seed.start]! }))
      .sort((a, b) => a.codePoint - b.codePoint)
      .map(({ piece }): ScoredPiece => {
        const score = this.#scores[piece]!;
        const isLost = score === Number.NEGATIVE_INFINITY;
        return [this.#spell(piece), isLost ? lowest + PENALTY_STEP * lost++ : score];
      });
    for (const piece of this.#kept) {
      if (pieces.length >= wanted) break;
      if (piece >= this.#characters.length) pieces.push([this.#spell(piece), this.#scores[piece]!]);
    }
    return pieces.sort(([, a], [, b]) => b - a);
  }

  /**
   * For each piece that could go, the pieces that would stand for it: none where it is not the best way to cut
   * itself. A piece that cannot be cut otherwise is not in the map.
   */
  #alternatives(): Map<number, readonly number[]> {
    const alternatives = new Map<number, readonly number[]>();
    const lattice = this.#lattice;
    lattice.scoresChanged(this.#lowest());
    for (const piece of this.#kept) {
      const { start, length } = this.#seeds[piece]!;
      if (length === 1) continue;
      lattice.read(this.#text, start, start + length);
      const path: number[] = [];
      const score = lattice.bestPath(path, piece);
      alternatives.set(piece, score > this.#scores[piece]! ? [] : path);
    }
    return alternatives;
  }

  async #eachWord(pause: Pause, visit: (count: number) => void): Promise<void> {
    const { codePoints, starts, counts } = this.#words;
    this.#lattice.scoresChanged(this.#lowest());
    for (let word = 0; word < counts.length; word++) {
      this.#lattice.read(codePoints, starts[word]!, starts[word + 1]!);
      visit(counts[word]!);
      if ((word & 0xff) === 0 && pause.due) await pause.take();
    }
  }

  #keep(pieces: number[]): void {
    const stays = new Set(pieces);
    for (const piece of this.#kept) if (!stays.has(piece)) this.#scores[piece] = Number.NEGATIVE_INFINITY;
    this.#kept = pieces;
  }

  #lowest(): number {
    return this.#kept.reduce((lowest, piece) => Math.min(lowest, this.#scores[piece]!), 0);
  }

  #spell(piece: number): string {
    const { start, length } = this.#seeds[piece]!;
    return Array.from(this.#text.subarray(start, start + length), (codePoint) =>
      String.fromCodePoint(codePoint),
    ).join('');
  }
}

/** The derivative of log Γ. */
function digamma(x: number): number {
  let result = 0;
  let at = x;
  for (; at < 7; at++) result -= 1 / at;
  at -= 0.5;
  const square = 1 / (at * at);
  const fourth = square * square;
  return (
    result +
    Math.log(at) +
    square / 24 -
    (7 / 960) * fourth +
    (31 / 8064) * fourth * square -
    (127 / 30720) * fourth * fourth
  );
}
