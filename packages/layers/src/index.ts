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
export { CharCNN, type CharCNNActivation, type CharCNNOptions } from './char-cnn.ts';
export { Conv1D, type Conv1DOptions } from './conv1d.ts';
export { DecoderState } from './decoder-state.ts';
export { type DropoutOptions, dropout } from './dropout.ts';
export { Embedding, type EmbeddingOptions } from './embedding.ts';
export { FeedForward, type FeedForwardOptions } from './feed-forward.ts';
export { Highway, type HighwayOptions } from './highway.ts';
export { type KeysAndValues, KeyValueCache, type KeyValueCacheOptions } from './key-value-cache.ts';
export { LayerNorm, type LayerNormOptions } from './layer-norm.ts';
export { Linear, type LinearOptions } from './linear.ts';
export { linearMap, type WeightLayout } from './linear-map.ts';
export {
  LSTM,
  type LSTMCarry,
  type LSTMForwardOptions,
  type LSTMOptions,
  type LSTMOutput,
} from './lstm.ts';
export { LSTMState, type LSTMStateOptions } from './lstm-state.ts';
export { MixedLayers, type MixedLayersOptions, mixedLayers } from './mixed-layers.ts';
export {
  type MultiHeadAttended,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from './multi-head-attention.ts';
export { positionsFrom } from './positions.ts';
export {
  attendRelative,
  mergeHeadsFirst,
  type RelativeAttention,
  relativeDistances,
  splitHeadsFirst,
} from './relative-attention.ts';
export { RMSNorm, type RMSNormOptions } from './rms-norm.ts';
export { type Rotation, rotaryFrequencies, rotate, rotation } from './rotary.ts';
export { ScalarMix, type ScalarMixOptions } from './scalar-mix.ts';
export { SegmentMemory, type SegmentMemoryOptions, tokenMask } from './segment-memory.ts';
export { sinusoids } from './sinusoids.ts';
export { mergeHeads, splitHeads, splitQueriesKeysValues } from './split-heads.ts';
export { tiedScorer } from './tied-scorer.ts';
