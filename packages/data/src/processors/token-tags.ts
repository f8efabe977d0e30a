// B batch, T time.

import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { DataProcessor, TaggedExample } from '../examples.ts';
import { IGNORED } from './labelled.ts';
import { paddedRows } from './padded-rows.ts';
import { type RowBatch, RowEncoder, type RowOptions, type TokenRow } from './row-encoder.ts';
import { assertTagged, tagIds } from './tag-labels.ts';
import { TruncationCount } from './truncation-count.ts';

export interface TokenTagOptions extends RowOptions {
  /** The names of the tags, in the order of the model's outputs. */
  readonly tags: readonly string[];
  /**
   * Every piece of a word is labelled, and not the first alone: those after it with `I-` where the word's tag has `B-`.
   * @default false
   */
  readonly labelAll?: boolean;
}

/** A sentence as BERT reads it, and where its words are. */
export interface TokenTagFeature extends TokenRow {
  /** int32 [T]: the tag of each token, −100 where there is none. */
  readonly labels: Int32Array;
  /** int32 [words]: the first token of each word, −1 for a word that the model does not see. */
  readonly firstTokens: Int32Array;
}

/** What `TokenClassification` of @tenon/heads takes. */
export interface TokenTagBatch extends RowBatch {
  /** int32 [B, T], −100 where a token has no tag. */
  readonly labels: Tensor2D;
}

export interface TokenTagProcessor extends DataProcessor<TaggedExample, TokenTagFeature, TokenTagBatch> {
  readonly tags: readonly string[];
  /** Words that the model does not see: beyond `maxLength`, or without any token. */
  readonly truncated: TruncationCount;
}

/**
 * Words with tags as BERT reads them: the first piece of each word has the word's tag (Devlin et al. 2019, section 5.3).
 * Words beyond `maxLength` are counted in `truncated`.
 *
 * @throws {TenonError} when there are no tags, or one is there twice.
 * @example
 * ```ts
 * import { tokenTagProcessor, wordTags } from '@tenon/data';
 * import { bertTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'to', 'tai', '##pei'];
 * const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
 * const processor = tokenTagProcessor({ tokenizer, tags: ['O', 'B-dest'], maxLength: 32 });
 *
 * const [feature] = processor.features({ words: ['to', 'Taipei'], tags: ['O', 'B-dest'] });
 * console.log(feature!.labels); // Int32Array(5) [ -100, 0, 1, -100, -100 ]
 * const predicted = [0, 0, 1, 0, 0]; // a tag for each token
 * console.log(wordTags(feature!, predicted, processor.tags)); // [ 'O', 'B-dest' ]
 * ```
 */
export function tokenTagProcessor(options: TokenTagOptions): TokenTagProcessor {
  const { tags, labelAll = false } = options;
  const rows = new RowEncoder(options, new TruncationCount('word'));
  const idOf = tagIds(tags);

  /** The label of each token. */
  const labelsOf = (
    { tags: given, origin }: TaggedExample,
    wordIds: readonly (number | null)[],
  ): Int32Array => {
    if (given === undefined) return new Int32Array(wordIds.length).fill(IGNORED);
    const wanted = given.map((tag) => idOf(tag, origin));
    return Int32Array.from(wordIds, (word, place) => {
      if (word === null) return IGNORED;
      if (word !== wordIds[place - 1]) return wanted[word]!;
      if (!labelAll) return IGNORED;
      const inside = tags.indexOf(given[word]!.replace(/^B-/, 'I-'));
      return inside < 0 ? wanted[word]! : inside;
    });
  };

  return {
    maxLength: options.maxLength,
    tags,
    truncated: rows.truncated,
    features(example) {
      const { words, origin } = example;
      assertTagged(example);
      const { inputIds, tokenTypeIds, wordIds } = rows.encode({
        text: words,
        fields: ['words'],
        ...(origin && { origin }),
      });
      const firstTokens = new Int32Array(words.length).fill(-1);
      wordIds.forEach((word, place) => {
        if (word !== null && firstTokens[word] === -1) firstTokens[word] = place;
      });
      rows.truncated.add(example, firstTokens.filter((place) => place < 0).length);
      return [{ inputIds, tokenTypeIds, firstTokens, labels: labelsOf(example, wordIds) }];
    },
    collate(features) {
      const batch = rows.collate(features);
      const labels = features.map((feature) => feature.labels);
      return { ...batch, labels: paddedRows(labels, batch.inputIds.shape[1], IGNORED) };
    },
    length: ({ inputIds }) => inputIds.length,
  };
}

/**
 * One tag for each word, from one for each token: that of the word's first piece.
 *
 * @param predicted the tag's number for each token of the feature; more, for padding, may follow
 * @param outside what a word has that the model does not see. @default 'O'
 */
export function wordTags(
  { firstTokens }: Pick<TokenTagFeature, 'firstTokens'>,
  predicted: ArrayLike<number>,
  tags: readonly string[],
  outside = 'O',
): string[] {
  return Array.from(firstTokens, (place) => (place < 0 ? outside : tags[predicted[place]!]!));
}
