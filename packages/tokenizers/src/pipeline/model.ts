import type { Decoder, Stage } from '../decoders/stage.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { WordModel } from '../models/word-model.ts';
import type { Places, SegmentDecoder, SegmentModel } from '../segment-model.ts';
import { wellFormed } from '../unicode/walk.ts';
import type { AlignedText } from './aligned-text.ts';
import type { PreTokenizer, Splits } from './splits.ts';

const FIELDS = 3; // id, start, end

/** Longer words are too rare to be worth a place in the cache. */
const LONGEST_CACHED = 64;

export interface PipelineModelParts {
  readonly model: WordModel;
  /** Cuts the text into words; without one all of it is a word. */
  readonly preTokenizer: PreTokenizer | undefined;
  readonly decoder: Decoder;
  /** Words remembered; 0 for none. */
  readonly cacheSize: number;
}

/** Text cut into words, and each word into tokens: what every `tokenizer.json` can be read as. */
export class PipelineModel implements SegmentModel {
  readonly tokens: readonly (string | undefined)[];
  readonly #model: WordModel;
  readonly #preTokenizer: PreTokenizer | undefined;
  readonly #decoder: Decoder;
  readonly #cacheSize: number;
  readonly #cache = new Map<string, Int32Array>();
  readonly #ids = new IdBuffer();
  readonly #spans = new IdBuffer();

  constructor({ model, preTokenizer, decoder, cacheSize }: PipelineModelParts) {
    this.tokens = model.tokens;
    this.#model = model;
    this.#preTokenizer = preTokenizer;
    this.#decoder = decoder;
    this.#cacheSize = cacheSize;
  }

  tokenToId(token: string): number | undefined {
    return this.#model.tokenToId(token);
  }

  encode(source: AlignedText, ids: IdBuffer): void {
    const { source: text, bounds } = this.#cut(source);
    for (let i = 0; i < bounds.length; i += 2) {
      const tokens = this.#tokensOf(text.text.slice(bounds[i]!, bounds[i + 1]!));
      for (let at = 0; at < tokens.length; at += FIELDS) ids.push(tokens[at]!);
    }
  }

  align(source: AlignedText, _ids: Int32Array, { offsets, words }: Places, firstWord: number): number {
    const { source: text, bounds } = this.#cut(source);
    for (let i = 0; i < bounds.length; i += 2) {
      const start = bounds[i]!;
      const tokens = this.#tokensOf(text.text.slice(start, bounds[i + 1]!));
      for (let at = 0; at < tokens.length; at += FIELDS) {
        offsets.push(text.startOf(start + tokens[at + 1]!));
        offsets.push(text.endOf(start + tokens[at + 2]! - 1));
        words.push(firstWord + i / 2);
      }
    }
    return firstWord + bounds.length / 2;
  }

  decoder(): SegmentDecoder {
    return new StageDecoder(this.#decoder.start(), (id) => this.tokens[id]!);
  }

  #cut(source: AlignedText): Splits {
    const splits = { source: source.replacedBy(wellFormed(source.text)), bounds: [0, source.text.length] };
    return this.#preTokenizer === undefined ? splits : this.#preTokenizer(splits);
  }

  /** Id, start and end in the word, of each of a word's tokens. */
  #tokensOf(word: string): Int32Array {
    const known = this.#cache.get(word);
    if (known !== undefined) return known;
    const [ids, spans] = [this.#ids, this.#spans];
    ids.length = 0;
    spans.length = 0;
    this.#model.encodeWord(word, ids, spans);
    const tokens = new Int32Array(ids.length * FIELDS);
    for (let i = 0; i < ids.length; i++) {
      tokens[FIELDS * i] = ids.values[i]!;
      tokens[FIELDS * i + 1] = spans.values[2 * i]!;
      tokens[FIELDS * i + 2] = spans.values[2 * i + 1]!;
    }
    if (this.#cacheSize > 0 && word.length <= LONGEST_CACHED) {
      if (this.#cache.size >= this.#cacheSize) this.#cache.clear();
      this.#cache.set(word, tokens);
    }
    return tokens;
  }
}

/** A chain of decoding steps as a decoder of ids. */
class StageDecoder implements SegmentDecoder {
  readonly #stage: Stage;
  readonly #textOf: (id: number) => string;
  #text = '';

  constructor(stage: Stage, textOf: (id: number) => string) {
    this.#stage = stage;
    this.#textOf = textOf;
  }

  token(id: number): void {
    this.#stage.push(this.#textOf(id), false, this.#emit);
  }

  added(content: string): void {
    this.#stage.push(content, true, this.#emit);
  }

  read(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  flush(): string {
    this.#stage.end(this.#emit);
    return this.read();
  }

  readonly #emit = (token: string): void => {
    this.#text += token;
  };
}
