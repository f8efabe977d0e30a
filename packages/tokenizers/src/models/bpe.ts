import { mergeTable } from '../bpe/merge-table.ts';
import { Merger, type MergeSpans } from '../bpe/merger.ts';
import type { PairTable } from '../bpe/pair-table.ts';
import type { IdBuffer } from '../id-buffer.ts';
import { unitsOf } from '../unicode/walk.ts';
import { byteToken } from './unigram.ts';
import { push, tokensById, type WordModel } from './word-model.ts';

const NONE = -1;

export type Merge = readonly [left: string, right: string];

export interface BPETables {
  /** The vocabulary by id. */
  readonly tokens: readonly (string | undefined)[];
  readonly pairs: PairTable;
}

export interface BPEOptions {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Pairs of tokens, first the merge that applies first. */
  readonly merges: readonly Merge[];
  /** Vocabulary and merges by id, where they have been read already. */
  readonly tables?: BPETables | undefined;
  /** What a character outside the vocabulary becomes; without one it is left out. */
  readonly unknownToken?: string | undefined;
  /** What a token within a word begins with. */
  readonly continuingSubwordPrefix?: string | undefined;
  /** What a token at the end of a word ends with: `</w>`. */
  readonly endOfWordSuffix?: string | undefined;
  /** Unknown characters side by side are one unknown token. */
  readonly fuseUnknown: boolean;
  /** Spell unknown characters as bytes (`<0xE2>`), where the vocabulary has all of those it takes. */
  readonly byteFallback: boolean;
  /** A word that is a token as a whole is that token, whatever the merges say. */
  readonly ignoreMerges: boolean;
}

/**
 * Byte-pair encoding over characters, as in GPT (2018), Llama 2 and others; byte-level files spell bytes as
 * characters first.
 *
 * @see Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword Units
 */
export class BPEModel implements WordModel {
  readonly tokens: readonly (string | undefined)[];
  readonly #options: BPEOptions;
  readonly #merger: Merger;
  readonly #unknownId: number;
  readonly #encoder = new TextEncoder();
  #symbols = new Int32Array(256);
  #spans: MergeSpans = { starts: new Int32Array(256), ends: new Int32Array(256) };

  constructor(options: BPEOptions) {
    this.tokens = tokensById(options.vocabulary);
    this.#options = options;
    this.#merger = new Merger(
      options.tables?.pairs ??
        mergeTable(options.vocabulary, options.merges, options.continuingSubwordPrefix?.length),
    );
    const { unknownToken, vocabulary } = options;
    this.#unknownId = unknownToken === undefined ? NONE : (vocabulary.get(unknownToken) ?? NONE);
  }

  tokenToId(token: string): number | undefined {
    return this.#options.vocabulary.get(token);
  }

  encodeWord(word: string, ids: IdBuffer, spans: IdBuffer): void {
    if (this.#options.ignoreMerges) {
      const id = this.#options.vocabulary.get(word);
      if (id !== undefined) {
        push(id, 0, word.length, ids, spans);
        return;
      }
    }
    const length = this.#split(word);
    const count = this.#merger.merge(this.#symbols, length, this.#spans);
    const { starts, ends } = this.#spans;
    for (let i = 0; i < count; i++) push(this.#symbols[i]!, starts[i]!, ends[i]!, ids, spans);
  }

  /** Writes the symbols that the merging starts from, one a character, and returns how many they are. */
  #split(word: string): number {
    const { continuingSubwordPrefix = '', endOfWordSuffix = '', vocabulary } = this.#options;
    // A unit is at most three bytes; the suffix may come on top.
    this.#reserve((word.length + endOfWordSuffix.length + continuingSubwordPrefix.length) * 3);
    let count = 0;
    for (let start = 0; start < word.length; ) {
      const end = start + unitsOf(word.codePointAt(start)!);
      let character = word.slice(start, end);
      if (start > 0) character = continuingSubwordPrefix + character;
      if (end === word.length) character += endOfWordSuffix;
      const id = vocabulary.get(character);
      if (id !== undefined) count = this.#place(id, start, end, count);
      else count = this.#unknown(character, start, end, count);
      start = end;
    }
    return count;
  }

  #unknown(character: string, start: number, end: number, count: number): number {
    const { byteFallback, fuseUnknown, vocabulary } = this.#options;
    if (byteFallback) {
      const bytes = Array.from(this.#encoder.encode(character), (byte) => vocabulary.get(byteToken(byte)));
      if (!bytes.includes(undefined)) {
        let next = count;
        for (const id of bytes) next = this.#place(id!, start, end, next);
        return next;
      }
    }
    if (this.#unknownId === NONE) return count;
    const { ends } = this.#spans;
    if (
      fuseUnknown &&
      count > 0 &&
      this.#symbols[count - 1] === this.#unknownId &&
      ends[count - 1] === start
    ) {
      ends[count - 1] = end;
      return count;
    }
    return this.#place(this.#unknownId, start, end, count);
  }

  #place(id: number, start: number, end: number, at: number): number {
    this.#symbols[at] = id;
    this.#spans.starts[at] = start;
    this.#spans.ends[at] = end;
    return at + 1;
  }

  #reserve(count: number): void {
    if (count <= this.#symbols.length) return;
    this.#symbols = new Int32Array(count * 2);
    this.#spans = { starts: new Int32Array(count * 2), ends: new Int32Array(count * 2) };
  }
}
