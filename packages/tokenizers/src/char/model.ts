import { codePointName, show, TokenizerError } from '../errors.ts';
import type { IdBuffer } from '../id-buffer.ts';
import type { AlignedText } from '../pipeline/aligned-text.ts';
import type { Places, SegmentDecoder, SegmentModel } from '../segment-model.ts';
import { StringDecoder } from '../string-decoder.ts';
import { unitsOf } from '../unicode/walk.ts';

const NONE = -1;
const BASIC_PLANE = 0x10000;
const REPLACEMENT = 0xfffd;
const EXCERPT = 20;

/** One token a character, a character being a Unicode code point. */
export class CharModel implements SegmentModel {
  readonly tokens: readonly (string | undefined)[];
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #basicIds: Int32Array; // by code point, for those below 2^16
  readonly #otherIds: ReadonlyMap<number, number>;
  readonly #unknownId: number;

  constructor(vocabulary: ReadonlyMap<string, number>, unknownToken: string | undefined) {
    const tokens: (string | undefined)[] = [];
    const basicIds = new Int32Array(BASIC_PLANE).fill(NONE);
    const otherIds = new Map<number, number>();
    for (const [token, id] of vocabulary) {
      while (tokens.length <= id) tokens.push(undefined);
      tokens[id] = token;
      const [character] = token;
      if (character !== token) continue; // an added token
      const codePoint = token.codePointAt(0)!;
      if (codePoint < BASIC_PLANE) basicIds[codePoint] = id;
      else otherIds.set(codePoint, id);
    }
    this.tokens = tokens;
    this.#vocabulary = vocabulary;
    this.#basicIds = basicIds;
    this.#otherIds = otherIds;
    this.#unknownId = unknownToken === undefined ? NONE : (vocabulary.get(unknownToken) ?? NONE);
  }

  tokenToId(token: string): number | undefined {
    return this.#vocabulary.get(token);
  }

  encode({ text }: AlignedText, ids: IdBuffer): void {
    ids.reserve(text.length);
    let length = ids.length;
    for (let at = 0; at < text.length; ) {
      const codePoint = text.codePointAt(at)!;
      const id = this.#idOf(codePoint);
      if (id === NONE) throw this.#unknown(text, at, codePoint);
      ids.values[length++] = id;
      at += unitsOf(codePoint);
    }
    ids.length = length;
  }

  align(source: AlignedText, _ids: Int32Array, { offsets, words }: Places, firstWord: number): number {
    let word = firstWord;
    for (let at = 0; at < source.text.length; ) {
      const next = at + unitsOf(source.text.codePointAt(at)!);
      offsets.push(source.startOf(at));
      offsets.push(source.endOf(next - 1));
      words.push(word++);
      at = next;
    }
    return word;
  }

  decoder(): SegmentDecoder {
    return new StringDecoder((id) => this.tokens[id]!);
  }

  #idOf(codePoint: number): number {
    const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
    const id =
      codePoint < BASIC_PLANE
        ? this.#basicIds[surrogate ? REPLACEMENT : codePoint]!
        : (this.#otherIds.get(codePoint) ?? NONE);
    return id === NONE ? this.#unknownId : id;
  }

  #unknown(text: string, at: number, codePoint: number): TokenizerError {
    const before = text.slice(Math.max(0, at - EXCERPT), at);
    return new TokenizerError(
      `encode: expected characters of the vocabulary, got ${show(String.fromCodePoint(codePoint))} ` +
        `(${codePointName(codePoint)})${before === '' ? '' : ` after ${show(before)}`}. ` +
        'Train on text that has it, or with an unknownToken.',
    );
  }
}
