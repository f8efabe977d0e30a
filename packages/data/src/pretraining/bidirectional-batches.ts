// B streams, T time, K characters of a word.

import { type BatchSource, TenonError } from '@tenon/core';
import { elmoCharacterIds } from '@tenon/tokenizers';
import { type Tensor2D, type Tensor3D, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { IGNORED } from '../processors/labelled.ts';
import { type SegmentOptions, SegmentSource } from './segment-source.ts';

const BEGIN = '<S>';
const END = '</S>';
const UNKNOWN = '<UNK>';

/** What `BidirectionalLM` of @tenon/heads takes, with a state that goes on from batch to batch. */
export interface BidirectionalBatch {
  /** int32 [B, T, K] */
  readonly characterIds: Tensor3D;
  /** int32 [B, T]: the word after each, −100 after the last of the text. */
  readonly nextTokens: Tensor2D;
  /** int32 [B, T]: the word before each, −100 where it is not to be predicted. */
  readonly previousTokens: Tensor2D;
  /** Whether each row goes on where that of the batch before ended; if not, a state has to be emptied. */
  readonly continues: boolean;
}

export interface BidirectionalOptions extends SegmentOptions {
  /** The words to predict by their ids, `<S>`, `</S>` and `<UNK>` among them: what `wordVocabulary` gives. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** K: ids of each word, with its marks; what is longer is cut off. @default 50 */
  readonly maxCharacters?: number;
}

/**
 * Sentences as ELMo is trained on them (Peters et al. 2018, section 3.1): one text with `<S>` and `</S>` around each
 * sentence, in B streams whose segments follow one another. Words are read by their characters and predicted by their ids;
 * one that the vocabulary does not have is `<UNK>` to predict. For a model with `sentenceBoundaries: false`.
 *
 * In a batch that continues, the word before a row's first is not to be predicted: a state that is carried from batch to
 * batch has read it. Up to B − 1 words at the end of the text are left out.
 *
 * @throws {TenonError} when the vocabulary lacks one of its three marks, or the text is too short for B streams.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { bidirectionalBatches, wordVocabulary } from '@tenon/data';
 *
 * const sentences = [['it', 'rains'], ['it', 'pours']];
 * const vocabulary = wordVocabulary(sentences); // <S> 0, </S> 1, <UNK> 2, it 3, pours 4, rains 5
 * const source = bidirectionalBatches(sentences, { vocabulary, batchSize: 1, length: 4 });
 * const batch = (await source.next())!;
 * console.log(batch.characterIds.shape); // [ 1, 4, 50 ]
 * console.log(batch.nextTokens.arraySync()); // [ [ 3, 5, 1, 0 ] ]
 * console.log(batch.previousTokens.arraySync()); // [ [ -100, 0, 3, 5 ] ]
 * for (const tensor of [batch.characterIds, batch.nextTokens, batch.previousTokens]) tensor.dispose();
 * ```
 */
export function bidirectionalBatches(
  sentences: readonly (readonly string[])[],
  options: BidirectionalOptions,
): BatchSource<BidirectionalBatch> {
  const { vocabulary, maxCharacters: K = 50 } = options;
  const unknown = assertMarks(vocabulary);
  const words = sentences.flatMap((sentence) => [BEGIN, ...sentence, END]);
  const ids = Int32Array.from(words, (word) => vocabulary.get(word) ?? unknown);
  const known = new Map<string, readonly number[]>();
  const charactersOf = (word: string): readonly number[] => {
    const found = known.get(word) ?? elmoCharacterIds([word], { maxCharacters: K })[0]!;
    known.set(word, found);
    return found;
  };
  return new SegmentSource('bidirectionalBatches', words.length, options, (segment) => {
    const { starts, length: T, continues } = segment;
    const B = starts.length;
    const characters = new Int32Array(B * T * K);
    const next = new Int32Array(B * T);
    const previous = new Int32Array(B * T);
    starts.forEach((start, row) => {
      for (let t = 0; t < T; t++) {
        const place = row * T + t;
        characters.set(charactersOf(words[start + t]!), place * K);
        next[place] = ids[start + t + 1] ?? IGNORED;
        previous[place] = continues && t === 0 ? IGNORED : (ids[start + t - 1] ?? IGNORED);
      }
    });
    return {
      characterIds: tensor3d(characters, [B, T, K], 'int32'),
      nextTokens: tensor2d(next, [B, T], 'int32'),
      previousTokens: tensor2d(previous, [B, T], 'int32'),
      continues,
    };
  });
}

export interface WordVocabularyOptions {
  /** Words that come up less often are left out. @default 1 */
  readonly minFrequency?: number;
}

/** The words of sentences by their ids: `<S>`, `</S>` and `<UNK>`, then the most frequent first, equal ones sorted. */
export function wordVocabulary(
  sentences: readonly (readonly string[])[],
  { minFrequency = 1 }: WordVocabularyOptions = {},
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of sentences.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts.keys()]
    .filter((word) => counts.get(word)! >= minFrequency)
    .sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  return new Map([...new Set([BEGIN, END, UNKNOWN, ...words])].map((word, id) => [word, id]));
}

/** The id of the unknown word. */
function assertMarks(vocabulary: ReadonlyMap<string, number>): number {
  const missing = [BEGIN, END, UNKNOWN].filter((mark) => !vocabulary.has(mark));
  if (missing.length === 0) return vocabulary.get(UNKNOWN)!;
  throw new TenonError({
    subject: 'bidirectionalBatches: vocabulary',
    expected: `${BEGIN}, ${END} and ${UNKNOWN} among its words`,
    got: `none of ${missing.join(', ')}`,
    advice: 'Make it by wordVocabulary, or add them.',
  });
}
