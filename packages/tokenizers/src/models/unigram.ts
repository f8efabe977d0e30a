import { show, TokenizerError } from '../errors.ts';
import type { IdBuffer } from '../id-buffer.ts';
import { unitsOf } from '../unicode/walk.ts';
import { Trie } from './trie.ts';
import { push, type WordModel } from './word-model.ts';

const NONE = -1;

/** How much worse than the worst piece an unknown character is. */
const UNKNOWN_PENALTY = 10;

export interface UnigramOptions {
  /** Piece and log probability, by id. */
  readonly pieces: readonly (readonly [token: string, score: number])[];
  /** What a character that no piece has becomes; without one it is an error. */
  readonly unknownId?: number | undefined;
  /** Spell unknown text as bytes (`<0xE2>`), where the vocabulary has all of those it takes. */
  readonly byteFallback: boolean;
}

/**
 * The most probable way to write a word as pieces, found by dynamic programming (Viterbi).
 *
 * @see Kudo 2018, Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates
 */
export class UnigramModel implements WordModel {
  readonly tokens: readonly string[];
  readonly #ids = new Map<string, number>();
  readonly #scores: Float64Array;
  readonly #trie = new Trie();
  readonly #unknownId: number;
  readonly #unknownScore: number;
  readonly #byteFallback: boolean;
  readonly #encoder = new TextEncoder();
  // By end of a prefix of the word: the best score of a way to write it, and the last piece of that way.
  #best = new Float64Array(256);
  #starts = new Int32Array(256);
  #lastIds = new Int32Array(256);

  constructor({ pieces, unknownId, byteFallback }: UnigramOptions) {
    this.tokens = pieces.map(([token]) => token);
    this.#scores = Float64Array.from(pieces, ([, score]) => score);
    for (const [id, [token]] of pieces.entries()) {
      this.#ids.set(token, id);
      this.#trie.add(token, id);
    }
    this.#unknownId = unknownId ?? NONE;
    this.#unknownScore =
      this.#scores.reduce((least, score) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;
    this.#byteFallback = byteFallback;
  }

  tokenToId(token: string): number | undefined {
    return this.#ids.get(token);
  }

  encodeWord(word: string, ids: IdBuffer, spans: IdBuffer): void {
    this.#search(word);
    // Walk back from the end; the path is turned round by noting where each piece of it starts.
    const starts = this.#starts;
    const lastIds = this.#lastIds;
    const ends: number[] = [];
    for (let end = word.length; end > 0; ) {
      let start = starts[end]!;
      if (lastIds[end] === this.#unknownId) {
        // Unknown characters side by side are one unknown token.
        while (start > 0 && lastIds[start] === this.#unknownId) start = starts[start]!;
      }
      ends.push(end, start);
      end = start;
    }
    for (let i = ends.length - 2; i >= 0; i -= 2) {
      const [end, start] = [ends[i]!, ends[i + 1]!];
      const id = lastIds[end]!;
      if (id !== this.#unknownId) push(id, start, end, ids, spans);
      else this.#unknown(word, start, end, ids, spans);
    }
  }

  #search(word: string): void {
    const size = word.length;
    if (this.#best.length <= size) {
      this.#best = new Float64Array(size * 2);
      this.#starts = new Int32Array(size * 2);
      this.#lastIds = new Int32Array(size * 2);
    }
    const [trie, best, starts, lastIds, scores] = [
      this.#trie,
      this.#best,
      this.#starts,
      this.#lastIds,
      this.#scores,
    ];
    starts.fill(NONE, 0, size + 1);
    best[0] = 0;
    for (let start = 0; start < size; ) {
      const score = best[start]!;
      const next = start + unitsOf(word.codePointAt(start)!);
      let single = false;
      let node: number = Trie.ROOT;
      for (let at = start; at < size; ) {
        node = trie.child(node, word.charCodeAt(at++));
        if (node === NONE) break;
        const id = trie.idAt(node);
        if (id === NONE) continue;
        const candidate = score + scores[id]!;
        if (starts[at] === NONE || candidate > best[at]!) {
          best[at] = candidate;
          starts[at] = start;
          lastIds[at] = id;
        }
        if (at === next) single = true;
      }
      if (!single) {
        const candidate = score + this.#unknownScore;
        if (starts[next] === NONE || candidate > best[next]!) {
          best[next] = candidate;
          starts[next] = start;
          lastIds[next] = this.#unknownId;
        }
      }
      start = next;
    }
  }

  /** Text that no piece spells, unless it is the unknown token's own: a token, or its bytes. */
  #unknown(word: string, start: number, end: number, ids: IdBuffer, spans: IdBuffer): void {
    const text = word.slice(start, end);
    const own = this.#ids.get(text);
    if (own !== undefined) {
      push(own, start, end, ids, spans);
      return;
    }
    if (this.#byteFallback) {
      const bytes = Array.from(this.#encoder.encode(text), (byte) => this.#ids.get(byteToken(byte)));
      if (!bytes.includes(undefined)) {
        for (const id of bytes) push(id!, start, end, ids, spans);
        return;
      }
    }
    if (this.#unknownId === NONE) {
      throw new TokenizerError(
        `encode: expected characters that the vocabulary has, got ${show(text)}, and no unknown token to stand for ` +
          'it. Give the vocabulary one (unk_id).',
      );
    }
    push(this.#unknownId, start, end, ids, spans);
  }
}

/** How SentencePiece spells a byte: `<0x0A>`. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
