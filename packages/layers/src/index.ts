export {
  type Activation,
  type ActivationName,
  activation,
  activationNames,
  isActivationName,
} from './activations.ts';
export { AdaptiveEmbedding, type AdaptiveEmbeddingOptions } from './adaptive-embedding.ts';
export { AdaptiveSoftmax, type AdaptiveSoftmaxOptions, type ClusterOrder } from './adaptive-softmax.ts';
export { assertIds } from './assert-ids.ts';
export { type Attended, type AttendOptions, type AttentionSource, attend } from './attention.ts';
export { causalMask, MASKED, newTokensMask, paddingMask, pastWindowMask } from './attention-masks.ts';
export { Conv1D, type Conv1DOptions } from './conv1d.ts';
export { type DropoutOptions, dropout } from './dropout.ts';
export { Embedding, type EmbeddingOptions } from './embedding.ts';
export { KeyValueCache, type KeyValueCacheOptions } from './key-value-cache.ts';
export { LayerNorm, type LayerNormOptions } from './layer-norm.ts';
export { Linear, type LinearOptions } from './linear.ts';
export { linearMap, type WeightLayout } from './linear-map.ts';
export { positionsFrom } from './positions.ts';
export {
  attendRelative,
  mergeHeadsFirst,
  type RelativeAttention,
  relativeDistances,
  splitHeadsFirst,
} from './relative-attention.ts';
export { SegmentMemory, type SegmentMemoryOptions, tokenMask } from './segment-memory.ts';
export { sinusoids } from './sinusoids.ts';
export { mergeHeads, splitHeads, splitQueriesKeysValues } from './split-heads.ts';
export { tiedScorer } from './tied-scorer.ts';
