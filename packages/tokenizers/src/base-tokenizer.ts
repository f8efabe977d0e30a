import { AddedTokens, type Segment } from './added-tokens.ts';
import { cleanUp } from './decoders/decoders.ts';
import type { EncodedSequence, Encoding } from './encoding.ts';
import { show, TokenizerError } from './errors.ts';
import { IdBuffer } from './id-buffer.ts';
import { AlignedText, type Normalizer } from './pipeline/aligned-text.ts';
import { assemble, pad } from './pipeline/assemble.ts';
import { paddedLength, paddingOf, type ShapeDefaults, truncationOf } from './pipeline/shape.ts';
import { PLAIN, type PostProcessing, trimOffsets } from './post-processors/template.ts';
import type { Places, SegmentDecoder, SegmentModel } from './segment-model.ts';
import type {
  AddedToken,
  DecodeOptions,
  DecodeTextOptions,
  EncodeOptions,
  NewToken,
  StreamingDecoder,
  TextInput,
  TextPair,
  Tokenizer,
} from './tokenizer.ts';
import { wellFormed } from './unicode/walk.ts';

/** What a tokenizer is made of. */
export interface TokenizerParts {
  readonly model: SegmentModel;
  readonly addedTokens: readonly AddedToken[];
  readonly normalizer?: Normalizer | undefined;
  readonly postProcessing?: PostProcessing;
  readonly defaults?: ShapeDefaults;
  /** Appends the ids of a text as it is, normalised or not: does what the model does, only faster. */
  readonly encodeRaw?: ((text: string, ids: IdBuffer) => void) | undefined;
}

/** What all families share: added tokens, templates, truncation, padding and the public interface, over a `SegmentModel`. */
export abstract class BaseTokenizer implements Tokenizer {
  readonly #model: SegmentModel;
  readonly #normalizer: Normalizer | undefined;
  readonly #encodeRaw: TokenizerParts['encodeRaw'];
  readonly #postProcessing: PostProcessing;
  readonly #defaults: ShapeDefaults;
  readonly #ids = new IdBuffer();
  #added: AddedTokens;
  #vocabularySize: number;

  protected constructor(parts: TokenizerParts) {
    this.#model = parts.model;
    this.#normalizer = parts.normalizer;
    this.#encodeRaw = parts.encodeRaw;
    this.#postProcessing = parts.postProcessing ?? PLAIN;
    this.#defaults = parts.defaults ?? {};
    this.#added = this.#collect(parts.addedTokens);
    for (const token of parts.addedTokens) checkAgainstModel(token, parts.model);
    this.#vocabularySize = sizeOf(parts.model, parts.addedTokens);
    this.#checkTemplates();
  }

  get vocabularySize(): number {
    return this.#vocabularySize;
  }

  get addedTokens(): readonly AddedToken[] {
    return this.#added.list;
  }

  get vocabulary(): ReadonlyMap<string, number> {
    const vocabulary = new Map<string, number>();
    for (let id = 0; id < this.#vocabularySize; id++) {
      const token = this.idToToken(id);
      if (token !== undefined) vocabulary.set(token, id);
    }
    return vocabulary;
  }

  abstract toJSON(): object;

  encode(text: TextInput, options: EncodeOptions = {}): Encoding {
    return this.encodeBatch(
      [options.textPair === undefined ? text : { text, textPair: options.textPair }],
      options,
    )[0]!;
  }

  encodeBatch(texts: readonly (TextInput | TextPair)[], options: EncodeOptions = {}): Encoding[] {
    const truncation = truncationOf(options, this.#defaults);
    const padding = paddingOf(options, this.#defaults, () => this.#padId(options.padToken));
    const encodings = texts.map((input) => {
      const { text, textPair } = isPair(input) ? input : { text: input, textPair: undefined };
      const sequences = (textPair === undefined ? [text] : [text, textPair]).map((one) =>
        this.#sequence(one, options),
      );
      return assemble(
        sequences,
        this.#postProcessing,
        options.addSpecialTokens ?? true,
        truncation,
        this.#spelling,
      );
    });
    if (padding === undefined) return encodings.map(({ encoding }) => encoding());
    const longest = encodings.reduce((most, { length }) => Math.max(most, length), 0);
    const length = paddedLength(padding, longest);
    return encodings.map(({ encoding }) => encoding((parts) => pad(parts, length, padding)));
  }

  encodeIds(text: TextInput, options: EncodeOptions = {}): Int32Array {
    return this.#encodeFast(text, options)?.toArray() ?? this.encode(text, options).ids;
  }

  encodeInto(text: TextInput, target: Int32Array, options: EncodeOptions = {}): number {
    const fast = this.#encodeFast(text, options);
    const ids = fast?.values.subarray(0, fast.length) ?? this.encode(text, options).ids;
    target.set(ids.length <= target.length ? ids : ids.subarray(0, target.length));
    return ids.length;
  }

  countTokens(text: TextInput, options: EncodeOptions = {}): number {
    return this.#encodeFast(text, options)?.length ?? this.encode(text, options).length;
  }

  decode(ids: Iterable<number>, options: DecodeTextOptions = {}): string {
    const decoder = this.#model.decoder();
    for (const id of ids) this.#decodeId(id, decoder, options);
    const text = decoder.flush();
    return options.cleanUpTokenizationSpaces === true ? cleanUp(text) : text;
  }

  decodeBatch(ids: Iterable<Iterable<number>>, options: DecodeTextOptions = {}): string[] {
    return Array.from(ids, (one) => this.decode(one, options));
  }

  createDecoder(options: DecodeOptions = {}): StreamingDecoder {
    const decoder = this.#model.decoder();
    return {
      push: (id) => {
        this.#decodeId(id, decoder, options);
        return decoder.read();
      },
      flush: () => decoder.flush(),
    };
  }

  addTokens(tokens: readonly NewToken[]): number {
    const added = new Map(this.#added.list.map((token) => [token.content, token]));
    let free = this.#vocabularySize;
    for (const token of tokens) {
      const { special = false, ...rest } = typeof token === 'string' ? { content: token } : token;
      const id = this.tokenToId(rest.content) ?? added.get(rest.content)?.id ?? free++;
      added.set(rest.content, { normalized: !special, ...rest, id, special });
    }
    const before = this.#vocabularySize;
    this.#added = this.#collect([...added.values()]);
    this.#vocabularySize = free;
    return free - before;
  }

  tokenToId(token: string): number | undefined {
    return this.#added.byContent(token)?.id ?? this.#model.tokenToId(token);
  }

  idToToken(id: number): string | undefined {
    return this.#added.byId(id)?.content ?? this.#model.tokens[id];
  }

  readonly #spelling = (id: number): string => this.idToToken(id)!;

  #collect(tokens: readonly AddedToken[]): AddedTokens {
    const normalize = (content: string): string =>
      this.#normalizer === undefined ? content : this.#normalizer(new AlignedText(content, false, 0)).text;
    return new AddedTokens(tokens, normalize);
  }

  /** One text, or the words of one, without what is put around it. */
  #sequence(input: TextInput, options: EncodeOptions): EncodedSequence {
    const texts = textsOf(input);
    const ids = this.#ids;
    ids.length = 0;
    const specials: number[] = [];
    const ends = texts.map((text) => {
      this.#encodeText(text, options, ids, specials);
      return ids.length;
    });
    const all = ids.toArray();
    let places: ReturnType<EncodedSequence['places']> | undefined;
    return {
      ids: all,
      specials,
      places: () => {
        places ??= this.#places(texts, ends, typeof input === 'string', all, options);
        return places;
      },
    };
  }

  /** Where each token lies, of all texts of a sequence. */
  #places(
    texts: readonly string[],
    ends: readonly number[],
    isText: boolean,
    ids: Int32Array,
    options: EncodeOptions,
  ): ReturnType<EncodedSequence['places']> {
    const places: Places = { offsets: new IdBuffer(), words: new IdBuffer() };
    let from = 0;
    for (const [i, text] of texts.entries()) {
      const to = ends[i]!;
      this.#alignText(text, ids.subarray(from, to), options, places);
      if (!isText) places.words.values.fill(i, from, to); // the words are the caller's
      from = to;
    }
    const offsets = places.offsets.toArray();
    const trim = this.#postProcessing.trimOffsets;
    if (trim !== undefined) trimOffsets(Array.from(ids, this.#spelling), offsets, trim);
    return { offsets, words: places.words.toArray() };
  }

  /** Appends a text's ids, and to `specials` the positions of special tokens found in it. */
  #encodeText(text: string, options: EncodeOptions, ids: IdBuffer, specials?: number[]): void {
    const { allowedSpecial } = options;
    const add = (token: AddedToken): void => {
      if (token.special) specials?.push(ids.length);
      ids.push(token.id);
    };
    const encodeRaw = this.#added.needsNormalized(allowedSpecial) ? undefined : this.#encodeRaw;
    for (const segment of this.#added.split(new AlignedText(text, false, 0), 'raw', allowedSpecial)) {
      if (segment.kind === 'added') add(segment.token);
      else if (encodeRaw !== undefined) encodeRaw(segment.source.text, ids);
      else {
        for (const part of this.#normalized(segment.source, allowedSpecial)) {
          if (part.kind === 'added') add(part.token);
          else this.#model.encode(part.source, ids);
        }
      }
    }
  }

  #alignText(text: string, ids: Int32Array, options: EncodeOptions, places: Places): void {
    const { allowedSpecial } = options;
    const { offsets, words } = places;
    const before = words.length;
    let word = 0;
    for (const segment of this.#added.split(new AlignedText(text, true, 0), 'raw', allowedSpecial)) {
      const parts = segment.kind === 'added' ? [segment] : this.#normalized(segment.source, allowedSpecial);
      for (const part of parts) {
        if (part.kind === 'added') {
          offsets.push(part.source.startOf(0));
          offsets.push(part.source.endOf(part.source.text.length - 1));
          words.push(word++);
        } else {
          word = this.#model.align(part.source, ids.subarray(words.length - before), places, word);
        }
      }
    }
  }

  /** A stretch of text, normalised and cut at the added tokens of normalised text. */
  #normalized(source: AlignedText, allowed: EncodeOptions['allowedSpecial']): Segment[] {
    const normalizer = this.#normalizer;
    const text = normalizer === undefined ? source : normalizer(source.replacedBy(wellFormed(source.text)));
    return this.#added.split(text, 'normalized', allowed);
  }

  /** The ids in a buffer that the next call reuses, where nothing needs cutting or padding. */
  #encodeFast(text: TextInput, options: EncodeOptions): IdBuffer | undefined {
    if (
      options.textPair !== undefined ||
      truncationOf(options, this.#defaults) !== undefined ||
      paddingOf(options, this.#defaults, () => this.#padId(options.padToken)) !== undefined
    ) {
      return undefined;
    }
    const ids = this.#ids;
    ids.length = 0;
    for (const piece of this.#postProcessing.single) {
      if (piece.kind === 'sequence') for (const one of textsOf(text)) this.#encodeText(one, options, ids);
      else if (options.addSpecialTokens !== false) for (const id of piece.ids) ids.push(id);
    }
    return ids;
  }

  #padId(padToken: string | undefined): number {
    const candidates = padToken === undefined ? ['[PAD]', '<pad>', '<|pad|>'] : [padToken];
    for (const candidate of candidates) {
      const id = this.tokenToId(candidate);
      if (id !== undefined) return id;
    }
    throw new TokenizerError(
      `padding: expected a token to pad with, got a vocabulary without ${candidates.map(show).join(', ')}. ` +
        'Name one as padToken, or add one with addTokens.',
    );
  }

  #decodeId(id: number, decoder: SegmentDecoder, options: DecodeOptions): void {
    const added = this.#added.byId(id);
    if (added !== undefined) {
      if (!(added.special && options.skipSpecialTokens)) decoder.added(added.content);
    } else if (this.#model.tokens[id] !== undefined) {
      decoder.token(id);
    } else {
      throw this.#unknownId(id);
    }
  }

  #unknownId(id: unknown): TokenizerError {
    const inRange = Number.isInteger(id) && (id as number) >= 0 && (id as number) < this.#vocabularySize;
    return new TokenizerError(
      `id: expected an integer from 0 to ${this.#vocabularySize - 1}${inRange ? ' that has a token' : ''}, ` +
        `got ${show(id)}. Decode with the tokenizer that made the ids.`,
    );
  }

  #checkTemplates(): void {
    for (const piece of [...this.#postProcessing.single, ...this.#postProcessing.pair]) {
      const missing =
        piece.kind === 'special' ? piece.ids.find((id) => this.idToToken(id) === undefined) : undefined;
      if (missing === undefined) continue;
      throw new TokenizerError(
        `post_processor: expected ids of the vocabulary, got ${missing}, which has no token. Correct the file.`,
      );
    }
  }
}

function isPair(input: TextInput | TextPair): input is TextPair {
  return typeof input === 'object' && !Array.isArray(input) && input !== null && 'text' in input;
}

function textsOf(input: TextInput): readonly string[] {
  if (typeof input === 'string') return [input];
  const wrong: unknown = Array.isArray(input) ? input.find((word) => typeof word !== 'string') : input;
  if (wrong === undefined) return input;
  throw new TokenizerError(
    `encode: expected a string or an array of words, got ${show(wrong)}. Pass one text a call, or use encodeBatch.`,
  );
}

function sizeOf(model: SegmentModel, added: readonly AddedToken[]): number {
  return added.reduce((size, { id }) => Math.max(size, id + 1), model.tokens.length);
}

function checkAgainstModel({ content, id }: AddedToken, model: SegmentModel): void {
  const modelId = model.tokenToId(content);
  const modelToken = model.tokens[id];
  if ((modelId === undefined || modelId === id) && (modelToken === undefined || modelToken === content))
    return;
  const taken = modelToken === undefined ? 'no token' : show(modelToken);
  throw new TokenizerError(
    `added token ${show(content)}: expected an id that agrees with the vocabulary, got ${id}, where it has ` +
      `${taken}${modelId === undefined ? '' : ` (it gives ${show(content)} the id ${modelId})`}. ` +
      'Use the id of the vocabulary, or a free one.',
  );
}
