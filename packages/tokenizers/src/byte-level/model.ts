import { Merger } from '../bpe/merger.ts';
import { PairTable } from '../bpe/pair-table.ts';
import { show, TokenizerError } from '../errors.ts';
import type { IdBuffer } from '../id-buffer.ts';
import type { SegmentDecoder, SegmentModel } from '../segment-model.ts';
import { Utf8Decoder } from '../utf8-decoder.ts';
import { alignBytes, trimBlanks } from './align.ts';
import { bytesOfToken, symbolOfByte } from './alphabet.ts';
import type { Pieces } from './scanner.ts';
import { Utf8Feed } from './utf8-feed.ts';
import { LONGEST_CACHED, WordCache } from './word-cache.ts';

const MISSING = -1;

export interface ByteLevelModelParts {
  /** Token → id, the tokens spelled in GPT-2's byte alphabet. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Pairs of tokens, first the merge that applies first. */
  readonly merges: readonly (readonly [left: string, right: string])[];
  /** Put a blank before text that does not start with one. */
  readonly addPrefixSpace: boolean;
  /** Leave blanks at either end of a token out of its offsets. */
  readonly trimOffsets: boolean;
  /** Words remembered; 0 for none. */
  readonly cacheSize: number;
}

/** Byte-level BPE as in GPT-2 (Radford et al. 2019): UTF-8 bytes, cut by one pattern, merged within each piece. */
export class ByteLevelModel implements SegmentModel {
  readonly tokens: readonly (string | undefined)[];
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #bytes: readonly (Uint8Array | undefined)[];
  readonly #idOfByte: Int32Array;
  readonly #merger: Merger;
  readonly #cache: WordCache | undefined;
  readonly #feed = new Utf8Feed();
  readonly #addPrefixSpace: boolean;
  readonly #trimOffsets: boolean;
  #symbols = new Int32Array(256);

  constructor(parts: ByteLevelModelParts) {
    const encoder = new TextEncoder();
    const tokens: (string | undefined)[] = [];
    const bytes: (Uint8Array | undefined)[] = [];
    for (const [token, id] of parts.vocabulary) {
      while (tokens.length <= id) {
        tokens.push(undefined);
        bytes.push(undefined);
      }
      tokens[id] = token;
      // A token outside the byte alphabet can only be an added one: it stands for itself.
      bytes[id] = bytesOfToken(token) ?? encoder.encode(token);
    }
    this.tokens = tokens;
    this.#bytes = bytes;
    this.#vocabulary = parts.vocabulary;
    this.#idOfByte = Int32Array.from(
      { length: 256 },
      (_, b) => parts.vocabulary.get(symbolOfByte(b)) ?? MISSING,
    );
    this.#merger = new Merger(pairTable(parts));
    this.#cache = parts.cacheSize > 0 ? new WordCache(parts.cacheSize) : undefined;
    this.#addPrefixSpace = parts.addPrefixSpace;
    this.#trimOffsets = parts.trimOffsets;
  }

  tokenToId(token: string): number | undefined {
    return this.#vocabulary.get(token);
  }

  encode(text: string, ids: IdBuffer): void {
    this.#feed.forEachBatch(text, this.#prefix(text), (bytes, pieces) =>
      this.#encodeBatch(bytes, pieces, ids),
    );
  }

  align(text: string, base: number, ids: Int32Array, from: number, to: number, offsets: Int32Array): void {
    const skip = this.#prefix(text).length;
    const lengthOf = (i: number): number => this.#bytes[ids[i]!]!.length;
    alignBytes({ text, base, skip, from, to, lengthOf, offsets });
    if (this.#trimOffsets) {
      trimBlanks(text, base, from, to, offsets);
    } else if (lengthOf(from) === skip) {
      // A token of the added blank alone is given the first character, as Hugging Face gives it.
      offsets[2 * from + 1] = base + (text.codePointAt(0)! > 0xffff ? 2 : 1);
    }
  }

  decoder(): SegmentDecoder {
    return new Utf8Decoder((id) => this.#bytes[id]!);
  }

  #prefix(text: string): string {
    return this.#addPrefixSpace && !text.startsWith(' ') ? ' ' : '';
  }

  #encodeBatch(bytes: Uint8Array, pieces: Pieces, ids: IdBuffer): void {
    const { ends, hashes, count } = pieces;
    const cache = this.#cache;
    let start = 0;
    for (let i = 0; i < count; i++) {
      const end = ends[i]!;
      const hash = hashes[i]!;
      const cached = cache !== undefined && end - start <= LONGEST_CACHED ? cache : undefined;
      if (cached === undefined || !cached.append(bytes, start, end, hash, ids)) {
        const before = ids.length;
        this.#mergePiece(bytes, start, end, ids);
        cached?.add(bytes, start, end, hash, ids.values, before, ids.length - before);
      }
      start = end;
    }
  }

  #mergePiece(bytes: Uint8Array, start: number, end: number, ids: IdBuffer): void {
    const length = end - start;
    if (this.#symbols.length < length) this.#symbols = new Int32Array(length);
    const symbols = this.#symbols;
    for (let i = 0; i < length; i++) {
      const id = this.#idOfByte[bytes[start + i]!]!;
      if (id === MISSING) throw missingByte(bytes[start + i]!);
      symbols[i] = id;
    }
    const left = this.#merger.merge(symbols, length);
    ids.reserve(left);
    for (let i = 0; i < left; i++) ids.values[ids.length + i] = symbols[i]!;
    ids.length += left;
  }
}

function missingByte(byte: number): TokenizerError {
  const symbol = symbolOfByte(byte);
  return new TokenizerError(
    `encode: expected a vocabulary with all 256 bytes, got a text with byte 0x${byte.toString(16).padStart(2, '0')}, ` +
      `which it lacks (token ${show(symbol)}). Train with the whole byte alphabet, or leave such text out.`,
  );
}

function pairTable({ vocabulary, merges }: ByteLevelModelParts): PairTable {
  const pairs = new PairTable(merges.length);
  for (const [rank, [a, b]] of merges.entries()) {
    const left = vocabulary.get(a);
    const right = vocabulary.get(b);
    const merged = vocabulary.get(a + b);
    if (left === undefined || right === undefined || merged === undefined) {
      const missing = [a, b, a + b].find((token) => !vocabulary.has(token));
      throw new TokenizerError(
        `merges[${rank}] = ${show(a)} + ${show(b)}: expected tokens of the vocabulary, got ${show(missing)}, ` +
          'which it lacks. Load the vocabulary and the merges of one and the same tokenizer.',
      );
    }
    if (!pairs.add(left, right, rank, merged)) {
      throw new TokenizerError(
        `merges[${rank}]: expected each pair once, got ${show(a)} + ${show(b)} again. Remove the repetition.`,
      );
    }
  }
  return pairs;
}
