import { AddedTokens, type Segment } from './added-tokens.ts';
import { Encoding } from './encoding.ts';
import { show, TokenizerError } from './errors.ts';
import { IdBuffer } from './id-buffer.ts';
import type { SegmentDecoder, SegmentModel } from './segment-model.ts';
import type { AddedToken, DecodeOptions, EncodeOptions, StreamingDecoder, Tokenizer } from './tokenizer.ts';

/** What all families share: added tokens, the public interface and its errors, over a `SegmentModel`. */
export abstract class BaseTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly #model: SegmentModel;
  readonly #added: AddedTokens;
  readonly #ids = new IdBuffer();

  protected constructor(model: SegmentModel, addedTokens: readonly AddedToken[]) {
    this.#model = model;
    this.#added = new AddedTokens(addedTokens);
    for (const token of addedTokens) checkAgainstModel(token, model);
    this.vocabularySize = addedTokens.reduce((size, { id }) => Math.max(size, id + 1), model.tokens.length);
  }

  get addedTokens(): readonly AddedToken[] {
    return this.#added.list;
  }

  abstract toJSON(): object;

  encode(text: string, options: EncodeOptions = {}): Encoding {
    const segments = this.#split(text, options);
    const ends = new Int32Array(segments.length); // ids up to and with each segment
    const ids = this.#encodeSegments(segments, ends).toArray();
    return new Encoding(ids, {
      token: (id) => this.idToToken(id)!,
      isSpecial: (id) => this.#added.byId(id)?.special ?? false,
      offsets: () => this.#align(segments, ends, ids),
    });
  }

  encodeIds(text: string, options: EncodeOptions = {}): Int32Array {
    return this.#encodeSegments(this.#split(text, options)).toArray();
  }

  countTokens(text: string, options: EncodeOptions = {}): number {
    return this.#encodeSegments(this.#split(text, options)).length;
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const decoder = this.#model.decoder();
    for (const id of ids) this.#decodeId(id, decoder, options);
    return decoder.flush();
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

  tokenToId(token: string): number | undefined {
    return this.#added.byContent(token)?.id ?? this.#model.tokenToId(token);
  }

  idToToken(id: number): string | undefined {
    return this.#added.byId(id)?.content ?? this.#model.tokens[id];
  }

  #split(text: string, options: EncodeOptions): Segment[] {
    if (typeof text !== 'string') {
      throw new TokenizerError(`encode: expected a string, got ${show(text)}. Pass one text a call.`);
    }
    return this.#added.split(text, options);
  }

  /** The ids of all segments, in a buffer that the next call reuses. */
  #encodeSegments(segments: readonly Segment[], ends?: Int32Array): IdBuffer {
    const ids = this.#ids;
    ids.length = 0;
    for (const [i, segment] of segments.entries()) {
      if (segment.kind === 'added') ids.push(segment.token.id);
      else this.#model.encode(segment.text, ids);
      if (ends !== undefined) ends[i] = ids.length;
    }
    return ids;
  }

  #align(segments: readonly Segment[], ends: Int32Array, ids: Int32Array): Int32Array {
    const offsets = new Int32Array(ids.length * 2);
    let from = 0;
    for (const [i, segment] of segments.entries()) {
      const to = ends[i]!;
      if (segment.kind === 'added') {
        offsets[2 * from] = segment.start;
        offsets[2 * from + 1] = segment.start + segment.token.content.length;
      } else {
        this.#model.align(segment.text, segment.start, ids, from, to, offsets);
      }
      from = to;
    }
    return offsets;
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
    const inRange = Number.isInteger(id) && (id as number) >= 0 && (id as number) < this.vocabularySize;
    return new TokenizerError(
      `id: expected an integer from 0 to ${this.vocabularySize - 1}${inRange ? ' that has a token' : ''}, ` +
        `got ${show(id)}. Decode with the tokenizer that made the ids.`,
    );
  }
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
