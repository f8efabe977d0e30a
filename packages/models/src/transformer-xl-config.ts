// What a Transformer-XL can be: its configuration, and the sizes of the original's scripts.
import { type Initializer, normal, type RandomStream, TenonError, zeros } from '@tenon/core';
import type { ClusterOrder } from '@tenon/layers';

/**
 * How a token knows where others are, by the numbers of the original's `attn_type`:
 * 0 `relative`, sinusoids of distances (the paper's own); 1 `learnedRelative`, learned vectors of distances (Shaw et al. 2018);
 * 2 `sinusoidal`, added to the embeddings (Vaswani et al. 2017); 3 `learnedAbsolute`, learned and added in every
 * layer (Al-Rfou et al. 2018). The absolute ones, 2 and 3, count from the end of a segment and have no memory.
 */
export type TransformerXLPositions = 'relative' | 'learnedRelative' | 'sinusoidal' | 'learnedAbsolute';

export interface TransformerXLConfig {
  readonly vocabularySize: number;
  /** Where the second cluster of the vocabulary begins, the third, … */
  readonly cutoffs: readonly number[];
  readonly hiddenSize: number;
  /** Length of the embeddings; of another length than `hiddenSize` they are projected. */
  readonly embeddingSize: number;
  /** Each cluster's embeddings are so many times shorter than those of the one before. */
  readonly embeddingDivisor: number;
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  /** Layer norm before attention and feed-forward, not after the sums. */
  readonly preNorm: boolean;
  readonly positions: TransformerXLPositions;
  /** Each layer has its own biases of queries. */
  readonly untieBiases: boolean;
  /** Hidden states of so many tokens of the segments before are remembered. */
  readonly memoryLength: number;
  /** Tokens in a segment; only learned positions need it, which are made for segment and memory. */
  readonly segmentLength: number;
  /** Distances beyond it count as this one. @default no limit */
  readonly clampLength?: number;
  /** Every token attends to `memoryLength` tokens, its own among them. */
  readonly sameLength: boolean;
  /** The embeddings are the weights of the softmax, too. */
  readonly tieWeights: boolean;
  /** For each cluster: the embeddings' projection is the softmax's, too. */
  readonly tieProjections: readonly boolean[];
  /** Which cluster each of the cluster scores stands for. A checkpoint does not tell. */
  readonly clusterOrder: ClusterOrder;
  readonly dropout: number;
  readonly attentionDropout: number;
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights, and of the scales of layer norms around 1. */
  readonly initializerRange: number;
  /** The same of the projections of embeddings and softmax. */
  readonly projectionInitializerRange: number;
  readonly eosTokenId?: number;
}

/** enwik8, 12 layers: 41 million parameters. */
export const transformerXLEnwik8: TransformerXLConfig = {
  vocabularySize: 204,
  cutoffs: [],
  hiddenSize: 512,
  embeddingSize: 512,
  embeddingDivisor: 1,
  layers: 12,
  heads: 8,
  headSize: 64,
  feedForwardSize: 2048,
  preNorm: false,
  positions: 'relative',
  untieBiases: false,
  memoryLength: 512,
  segmentLength: 512,
  sameLength: false,
  tieWeights: true,
  tieProjections: [false],
  clusterOrder: 'original',
  dropout: 0.1,
  attentionDropout: 0,
  layerNormEpsilon: 1e-5,
  initializerRange: 0.02,
  projectionInitializerRange: 0.01,
};

/** enwik8, 24 layers: 277 million parameters. */
export const transformerXLEnwik8Large: TransformerXLConfig = {
  ...transformerXLEnwik8,
  hiddenSize: 1024,
  embeddingSize: 1024,
  layers: 24,
  headSize: 128,
  feedForwardSize: 3072,
  memoryLength: 768,
  segmentLength: 768,
  dropout: 0.15,
  attentionDropout: 0.15,
};

/** text8: the sizes of enwik8. */
export const transformerXLText8: TransformerXLConfig = { ...transformerXLEnwik8, vocabularySize: 27 };
export const transformerXLText8Large: TransformerXLConfig = {
  ...transformerXLEnwik8Large,
  vocabularySize: 27,
};

/** WikiText-103, 16 layers: 151 million parameters. */
export const transformerXLWikiText103Base: TransformerXLConfig = {
  ...transformerXLEnwik8,
  vocabularySize: 267735,
  cutoffs: [20000, 40000, 200000],
  hiddenSize: 410,
  embeddingSize: 410,
  layers: 16,
  heads: 10,
  headSize: 41,
  feedForwardSize: 2100,
  memoryLength: 150,
  segmentLength: 150,
  tieProjections: [false, true, true, true],
};

/** WikiText-103, 18 layers: 285 million parameters, the layout of `transfo-xl-wt103`. */
export const transformerXLWikiText103Large: TransformerXLConfig = {
  ...transformerXLWikiText103Base,
  hiddenSize: 1024,
  embeddingSize: 1024,
  embeddingDivisor: 4,
  layers: 18,
  heads: 16,
  headSize: 64,
  feedForwardSize: 4096,
  untieBiases: true,
  memoryLength: 384,
  segmentLength: 384,
  dropout: 0.2,
  attentionDropout: 0.2,
};

/** One Billion Words, 24 layers: 840 million parameters. */
export const transformerXLBillionWords: TransformerXLConfig = {
  ...transformerXLWikiText103Large,
  vocabularySize: 793471,
  cutoffs: [60000, 100000, 640000],
  hiddenSize: 1280,
  embeddingSize: 1280,
  layers: 24,
  headSize: 80,
  feedForwardSize: 8192,
  memoryLength: 32,
  segmentLength: 32,
  tieProjections: [false, false, false, false],
  dropout: 0.05,
  attentionDropout: 0.05,
  initializerRange: 0.005,
};

/** First weights as the original draws them: N(0, range²), and scales of layer norms N(1, range²). */
export interface Drawn {
  readonly weight: Initializer;
  readonly projection: Initializer;
  readonly linear: {
    readonly random: RandomStream;
    readonly weight: Initializer;
    readonly bias: Initializer;
  };
  readonly norm: { readonly random: RandomStream; readonly weight: Initializer; readonly epsilon: number };
}

export function drawn(config: TransformerXLConfig, random: RandomStream): Drawn {
  const weight = normal(config.initializerRange);
  return {
    weight,
    projection: normal(config.projectionInitializerRange),
    linear: { random, weight, bias: zeros },
    norm: {
      random,
      weight: (shape, key) => weight(shape, key).map((value) => value + 1),
      epsilon: config.layerNormEpsilon,
    },
  };
}

/** @throws {TenonError} about what cannot be computed together. */
export function assertConfig(config: TransformerXLConfig): void {
  const { positions, memoryLength, sameLength, hiddenSize, heads, headSize, tieProjections, cutoffs } =
    config;
  const absolute = positions === 'sinusoidal' || positions === 'learnedAbsolute';
  const fail = (subject: string, expected: string, got: unknown, advice: string): never => {
    throw new TenonError({ subject: `Transformer-XL, ${subject}`, expected, got: String(got), advice });
  };
  if (absolute && memoryLength > 0) {
    const advice = 'What is remembered would have the positions of another segment: use relative positions.';
    fail('memoryLength', `0 with ${positions} positions`, memoryLength, advice);
  }
  if (sameLength && memoryLength === 0) {
    const advice = 'Set memoryLength, or sameLength to false.';
    fail('memoryLength', 'at least 1 with sameLength, or a token could attend to nothing', 0, advice);
  }
  if (positions === 'learnedAbsolute' && heads * headSize !== hiddenSize) {
    const advice = 'Change one of the three in the config.';
    fail(
      'heads · headSize',
      `hiddenSize ${hiddenSize}, to which positions are added`,
      heads * headSize,
      advice,
    );
  }
  if (tieProjections.length !== cutoffs.length + 1) {
    const advice = 'Pass true or false for each cluster.';
    fail('tieProjections', `${cutoffs.length + 1} of them, one a cluster`, tieProjections.length, advice);
  }
}
