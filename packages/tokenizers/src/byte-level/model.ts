import { Merger } from '../bpe/merger.ts';
import type { PairTable } from '../bpe/pair-table.ts';
import { show, TokenizerError } from '../errors.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { AlignedText } from '../pipeline/aligned-text.ts';
import type { Places, SegmentDecoder, SegmentModel } from '../segment-model.ts';
import { Utf8Decoder } from '../utf8-decoder.ts';
import { alignBytes } from './align.ts';
import { bytesOfToken, symbolOfByte } from './alphabet.ts';
import type { Pieces, Scanner } from './scanner.ts';
import { Utf8Feed } from './utf8-feed.ts';
import { LONGEST_CACHED, WordCache } from './word-cache.ts';

const MISSING = -1;

export interface ByteLevelModelParts {
  /** Token → id, the tokens spelled in GPT-2's byte alphabet. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** The vocabulary by id. */
  readonly tokens: readonly (string | undefined)[];
  readonly pairs: PairTable;
  /** Put a blank before text that does not start with one. */
  readonly addPrefixSpace: boolean;
  /** A piece that is a token as a whole is that token, whatever the merges say. */
  readonly ignoreMerges: boolean;
  /** Cuts the text into pieces. */
  readonly scanner: Scanner;
  /** Words remembered; 0 for none. */
  readonly cacheSize: number;
}

/** Byte-level BPE as in GPT-2 (Radford et al. 2019): UTF-8 bytes, cut by one pattern, merged within each piece. */
export class ByteLevelModel implements SegmentModel {
  readonly tokens: readonly (string | undefined)[];
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #bytes: (Uint8Array | undefined)[] = []; // by id, filled when asked for
  readonly #encoder = new TextEncoder();
  readonly #idOfByte: Int32Array;
  readonly #merger: Merger;
  readonly #cache: WordCache | undefined;
  readonly #feed: Utf8Feed;
  readonly #addPrefixSpace: boolean;
  readonly #ignoreMerges: boolean;
  #symbols = new Int32Array(256);

  constructor(parts: ByteLevelModelParts) {
    this.tokens = parts.tokens;
    this.#vocabulary = parts.vocabulary;
    this.#idOfByte = Int32Array.from(
      { length: 256 },
      (_, b) => parts.vocabulary.get(symbolOfByte(b)) ?? MISSING,
    );
    this.#merger = new Merger(parts.pairs);
    this.#cache = parts.cacheSize > 0 ? new WordCache(parts.cacheSize) : undefined;
    this.#addPrefixSpace = parts.addPrefixSpace;
    this.#ignoreMerges = parts.ignoreMerges;
    this.#feed = new Utf8Feed(parts.scanner);
  }

  tokenToId(token: string): number | undefined {
    return this.#vocabulary.get(token);
  }

  encode({ text }: AlignedText, ids: IdBuffer): void {
    this.#feed.forEachBatch(text, this.#prefix(text), (bytes, pieces) =>
      this.#encodeBatch(bytes, pieces, ids),
    );
  }

  align(source: AlignedText, ids: Int32Array, places: Places, firstWord: number): number {
    const prefix = this.#prefix(source.text);
    const wordEnds = new IdBuffer();
    let before = 0;
    this.#feed.forEachBatch(source.text, prefix, (_, { ends, count }) => {
      for (let i = 0; i < count; i++) wordEnds.push(before + ends[i]!);
      before = wordEnds.length === 0 ? 0 : wordEnds.values[wordEnds.length - 1]!;
    });
    let bytes = 0;
    let count = 0;
    while (bytes < before) bytes += this.#bytesOf(ids[count++]!).length;
    const lengths = Int32Array.from({ length: count }, (_, i) => this.#bytesOf(ids[i]!).length);
    const skip = prefix.length;
    return alignBytes({ source, skip, lengths, wordEnds: wordEnds.toArray(), firstWord, places });
  }

  decoder(): SegmentDecoder {
    return new Utf8Decoder((id) => this.#bytesOf(id));
  }

  /** The bytes of a token; one outside the byte alphabet can only be an added one: it stands for itself. */
  #bytesOf(id: number): Uint8Array {
    const known = this.#bytes[id];
    if (known !== undefined) return known;
    const token = this.tokens[id]!;
    const bytes = bytesOfToken(token) ?? this.#encoder.encode(token);
    this.#bytes[id] = bytes;
    return bytes;
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
    if (this.#ignoreMerges) {
      const whole = this.#vocabulary.get(spelled(bytes, start, end));
      if (whole !== undefined) {
        ids.push(whole);
        return;
      }
    }
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

function spelled(bytes: Uint8Array, start: number, end: number): string {
  let token = '';
  for (let i = start; i < end; i++) token += symbolOfByte(bytes[i]!);
  return token;
}

function missingByte(byte: number): TokenizerError {
  const symbol = symbolOfByte(byte);
  return new TokenizerError(
    `encode: expected a vocabulary with all 256 bytes, got a text with byte 0x${byte.toString(16).padStart(2, '0')}, ` +
      `which it lacks (token ${show(symbol)}). Train with the whole byte alphabet, or leave such text out.`,
  );
}
