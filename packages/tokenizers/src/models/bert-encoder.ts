import { LONGEST_CACHED, WordCache } from '../byte-level/word-cache.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { BertNormalizerOptions } from '../normalizers/filters.ts';
import { lowerCase, normalForm } from '../unicode/frozen.ts';
import {
  CONTROL,
  characterProperties,
  IDEOGRAPH,
  MARK,
  NONSPACING,
  PUNCTUATION,
  WHITE,
} from '../unicode/properties.ts';
import type { WordModel } from './word-model.ts';

// What becomes of a UTF-16 unit; 0 where its block of the table is not filled yet.
const PLAIN = 1; // part of a word, as the table of units has it
const BLANK = 2; // between words
const SINGLE = 3; // a word of its own
const CHINESE = 4; // the same; nothing before it looks past it
const DROPPED = 5;
const COMPLEX = 6; // the general way knows

const UNITS = 0x10000;
const BLOCK = 0x100;
const ESCAPE = 0xff; // before the two bytes of a unit above ASCII
const HASH_START = 0x811c9dc5 | 0;
const HASH_PRIME = 0x01000193;
const UNKNOWN = -1;

export interface BertEncoderOptions {
  readonly normalizer: BertNormalizerOptions & {
    readonly finalSigma: boolean;
    readonly keepPrivateUse: boolean;
  };
  readonly model: WordModel;
  readonly cacheSize: number;
  /** Appends the ids of a text the general way. */
  readonly general: (text: string, ids: IdBuffer) => void;
}

/**
 * BERT's cleaning, cutting and pieces in one pass over the text, without a string a word: what the parts of the
 * pipeline do one after the other. Stretches with characters that take more than a look at one unit are left to them.
 */
export class BertEncoder {
  readonly #options: BertEncoderOptions;
  readonly #kinds = new Uint8Array(UNITS);
  readonly #units = new Uint16Array(UNITS);
  readonly #singles = new Int32Array(UNITS).fill(UNKNOWN);
  readonly #cache: WordCache | undefined;
  readonly #spans = new IdBuffer();
  #word = new Uint8Array(256);

  constructor(options: BertEncoderOptions) {
    this.#options = options;
    this.#cache = options.cacheSize > 0 ? new WordCache(options.cacheSize) : undefined;
  }

  encode(text: string, ids: IdBuffer): void {
    const kinds = this.#kinds;
    let length = 0;
    let hash = HASH_START;
    let chunk = 0; // where the stretch begins that a complex character would send the general way …
    let chunkIds = ids.length; // … and the ids before it
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const kind = kinds[unit]! || this.#read(unit);
      if (kind === PLAIN) {
        const written = this.#units[unit]!;
        if (length + 3 > this.#word.length) this.#grow();
        if (written < 0x80) {
          this.#word[length++] = written;
          hash = Math.imul(hash ^ written, HASH_PRIME);
        } else {
          this.#word[length] = ESCAPE;
          this.#word[length + 1] = written >>> 8;
          this.#word[length + 2] = written & 0xff;
          length += 3;
          hash = Math.imul(hash ^ written, HASH_PRIME);
        }
        continue;
      }
      if (kind === DROPPED) continue;
      if (kind === COMPLEX) {
        ids.length = chunkIds;
        at = this.#chunkEnd(text, at);
        this.#options.general(text.slice(chunk, at), ids);
        at--; // what ended the stretch is read next
      } else {
        if (length > 0) this.#emit(length, hash, ids);
        if (kind !== BLANK) ids.push(this.#single(unit));
        if (kind !== SINGLE) {
          chunk = at + 1;
          chunkIds = ids.length;
        }
      }
      length = 0;
      hash = HASH_START;
    }
    if (length > 0) this.#emit(length, hash, ids);
  }

  #chunkEnd(text: string, from: number): number {
    let at = from;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const kind = this.#kinds[unit]! || this.#read(unit);
      if (kind === BLANK || kind === CHINESE) break;
    }
    return at;
  }

  #emit(length: number, hash: number, ids: IdBuffer): void {
    const word = this.#word;
    const cache = length <= LONGEST_CACHED ? this.#cache : undefined;
    if (cache?.append(word, 0, length, hash, ids)) return;
    const before = ids.length;
    this.#encodeWord(spelled(word, length), ids);
    cache?.add(word, 0, length, hash, ids.values, before, ids.length - before);
  }

  #single(unit: number): number {
    const known = this.#singles[unit]!;
    if (known !== UNKNOWN) return known;
    const ids = new IdBuffer();
    this.#encodeWord(String.fromCharCode(this.#units[unit]!), ids);
    this.#singles[unit] = ids.values[0]!;
    return ids.values[0]!;
  }

  #encodeWord(word: string, ids: IdBuffer): void {
    this.#spans.length = 0;
    this.#options.model.encodeWord(word, ids, this.#spans);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#word.length * 2);
    larger.set(this.#word);
    this.#word = larger;
  }

  /** Fills the table's block of a unit. */
  #read(unit: number): number {
    const first = unit - (unit % BLOCK);
    for (let other = first; other < first + BLOCK; other++) {
      const written = this.#writtenAs(other);
      this.#units[other] = written.length === 1 ? written.charCodeAt(0) : other;
      this.#kinds[other] = this.#kindOf(other, written);
    }
    return this.#kinds[unit]!;
  }

  #kindOf(unit: number, written: string): number {
    const { cleanText, handleChineseChars, finalSigma, keepPrivateUse, stripAccents } =
      this.#options.normalizer;
    const properties = characterProperties();
    const bits = properties[unit]!;
    const surrogate = unit >= 0xd800 && unit <= 0xdfff;
    if (surrogate || (finalSigma && unit === 0x3a3) || written.length > 1) return COMPLEX;
    const lineOrTab = unit === 0x09 || unit === 0x0a || unit === 0x0d;
    const privateUse = unit >= 0xe000 && unit <= 0xf8ff;
    const control = (bits & CONTROL) !== 0 && !lineOrTab && !(privateUse && keepPrivateUse);
    if (cleanText && (control || unit === 0xfffd)) return finalSigma ? COMPLEX : DROPPED;
    if ((bits & WHITE) !== 0) return BLANK;
    // An accent goes; other marks can change places in the normal form.
    if (stripAccents && written === '') return finalSigma ? COMPLEX : DROPPED;
    if (stripAccents && (bits & MARK) !== 0) return COMPLEX;
    if (written === '' || properties[written.charCodeAt(0)] !== bits) return COMPLEX;
    if (handleChineseChars && (bits & IDEOGRAPH) !== 0) return CHINESE;
    return (bits & PUNCTUATION) !== 0 ? SINGLE : PLAIN;
  }

  /** What the normal form, without accents, and lower case make of one unit. */
  #writtenAs(unit: number): string {
    const { stripAccents, lowercase } = this.#options.normalizer;
    const character = String.fromCharCode(unit);
    const bare = stripAccents ? withoutMarks(normalForm(character, 'NFD')) : character;
    return lowercase ? (bare === '\u03a3' ? '\u03c3' : lowerCase(bare)) : bare;
  }
}

function withoutMarks(text: string): string {
  const properties = characterProperties();
  return [...text].filter((one) => (properties[one.codePointAt(0)!]! & NONSPACING) === 0).join('');
}

function spelled(bytes: Uint8Array, length: number): string {
  let word = '';
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte !== ESCAPE) word += String.fromCharCode(byte);
    else word += String.fromCharCode((bytes[++i]! << 8) | bytes[++i]!);
  }
  return word;
}
