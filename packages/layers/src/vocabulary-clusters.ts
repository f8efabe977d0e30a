import { assertWhole, TenonError } from '@tenon/core';

/** The words from `start` up to `end` of a vocabulary that is sorted by frequency, and the length of their vectors. */
export interface VocabularyCluster {
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

export interface ClusterOptions {
  /** Where the second cluster begins, the third, …; words are sorted by frequency. @default [] */
  readonly cutoffs?: readonly number[];
  /** What each cluster's vectors are shorter by than those of the cluster before. @default 1 */
  readonly divisor?: number;
}

/**
 * Cuts a vocabulary at its cutoffs (Grave et al. 2017; Baevski and Auli 2019).
 *
 * @param vectorSize of the first cluster
 * @throws {TenonError} about cutoffs that do not increase inside of the vocabulary, and vectors of no length.
 */
export function vocabularyClusters(
  vocabularySize: number,
  vectorSize: number,
  { cutoffs = [], divisor = 1 }: ClusterOptions,
): VocabularyCluster[] {
  assertWhole('vocabulary size', vocabularySize);
  assertWhole('vector size', vectorSize);
  assertWhole('divisor of the vector size', divisor);
  const ends = [...cutoffs, vocabularySize];
  const increasing = ends.every((end, i) => Number.isInteger(end) && end > (ends[i - 1] ?? 0));
  if (!increasing) {
    throw new TenonError({
      subject: 'cutoffs',
      expected: `whole numbers that increase between 0 and the vocabulary's ${vocabularySize}`,
      got: JSON.stringify(cutoffs),
      advice: 'Pass where the second cluster begins, then the third, as in [20000, 40000].',
    });
  }
  return ends.map((end, i) => {
    const size = Math.floor(vectorSize / divisor ** i);
    if (size >= 1) return { start: ends[i - 1] ?? 0, end, size };
    throw new TenonError({
      subject: `vectors of cluster ${i}`,
      expected: 'a length of at least 1',
      got: `${vectorSize} / ${divisor}^${i}`,
      advice: 'Take fewer cutoffs, longer vectors or a smaller divisor.',
    });
  });
}
