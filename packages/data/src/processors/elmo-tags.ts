// B batch, T time, K characters of a word.

import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { DataProcessor, TaggedExample } from '../examples.ts';
import { type ELMoRow, type ELMoRowBatch, ELMoRowEncoder, type ELMoRowOptions } from './elmo-row-encoder.ts';
import { IGNORED } from './labelled.ts';
import { paddedRows } from './padded-rows.ts';
import { assertTagged, tagIds } from './tag-labels.ts';
import { TruncationCount } from './truncation-count.ts';

export interface ELMoTagOptions extends ELMoRowOptions {
  /** The names of the tags, in the order of the model's outputs. */
  readonly tags: readonly string[];
}

/** A sentence as ELMo reads it. */
export interface ELMoTagFeature extends ELMoRow {
  /** int32 [T]: the tag of each word, −100 where there is none. */
  readonly labels: Int32Array;
  /** int32 [words]: the place of each word, −1 for a word that the model does not see: what `wordTags` reads. */
  readonly firstTokens: Int32Array;
}

/** What `TokenClassification` of @tenon/heads takes over ELMo. */
export interface ELMoTagBatch extends ELMoRowBatch {
  /** int32 [B, T], −100 where a word has no tag. */
  readonly labels: Tensor2D;
}

export interface ELMoTagProcessor extends DataProcessor<TaggedExample, ELMoTagFeature, ELMoTagBatch> {
  readonly tags: readonly string[];
  /** Words beyond `maxLength`. */
  readonly truncated: TruncationCount;
}

/**
 * Words with tags as ELMo reads them: each by its characters, one tag for each word (Peters et al. 2018). It needs no
 * tokenizer, and no vocabulary. Rows are filled up to a multiple of eight words: each length is a graph of its own to the
 * engine, with every step of the LSTMs in it, so that few lengths are worth some padding.
 *
 * @throws {TenonError} when there are no tags, or one is there twice.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { elmoTagProcessor } from '@tenon/data';
 *
 * const processor = elmoTagProcessor({ tags: ['O', 'B-dest'] });
 * const features = processor.features({ words: ['to', 'Taipei'], tags: ['O', 'B-dest'] });
 * const { characterIds, attentionMask, labels } = processor.collate(features);
 * console.log(characterIds.shape); // [ 1, 8, 50 ]
 * console.log(labels.arraySync()[0]?.slice(0, 3)); // [ 0, 1, -100 ]
 * for (const tensor of [characterIds, attentionMask, labels]) tensor.dispose();
 * ```
 */
export function elmoTagProcessor(options: ELMoTagOptions): ELMoTagProcessor {
  const { tags } = options;
  const rows = new ELMoRowEncoder(options);
  const truncated = new TruncationCount('word');
  const idOf = tagIds(tags);
  return {
    tags,
    truncated,
    features(example) {
      assertTagged(example);
      const { words, tags: given, origin } = example;
      const { characterIds } = rows.encode(words);
      const seen = characterIds.length;
      truncated.add(example, words.length - seen);
      const wanted = given?.map((tag) => idOf(tag, origin)) ?? words.map(() => IGNORED);
      return [
        {
          characterIds,
          labels: Int32Array.from(wanted.slice(0, seen)),
          firstTokens: Int32Array.from(words, (_, place) => (place < seen ? place : -1)),
        },
      ];
    },
    collate(features) {
      const batch = rows.collate(features);
      const labels = features.map((feature) => feature.labels);
      return { ...batch, labels: paddedRows(labels, batch.characterIds.shape[1], IGNORED) };
    },
    length: ({ characterIds }) => characterIds.length,
  };
}
