// How Transformer-XL is read from and written to Hugging Face's files: config.json, and the names of weights.
import type { Json, StateDict } from '@tenon/core';
import {
  boolean,
  booleans,
  choice,
  configFile,
  count,
  countOrNone,
  counts,
  limit,
  number,
  numbered,
  rate,
  tokenId,
} from './config-file.ts';
import type { TransformerXLConfig } from './transformer-xl-config.ts';

const file = configFile<TransformerXLConfig>('transfo-xl', {
  fields: {
    vocabularySize: count('vocab_size', 267735),
    cutoffs: counts('cutoffs', [20000, 40000, 200000]),
    hiddenSize: count('d_model', 1024),
    embeddingSize: count('d_embed', 1024),
    embeddingDivisor: count('div_val', 4),
    layers: count('n_layer', 18),
    heads: count('n_head', 16),
    headSize: count('d_head', 64),
    feedForwardSize: count('d_inner', 4096),
    preNorm: boolean('pre_lnorm', false),
    positions: numbered(
      'attn_type',
      ['relative', 'learnedRelative', 'sinusoidal', 'learnedAbsolute'],
      'relative',
    ),
    untieBiases: boolean('untie_r', true),
    memoryLength: countOrNone('mem_len', 1600),
    segmentLength: count('tgt_len', 128),
    clampLength: limit('clamp_len', 1000),
    sameLength: boolean('same_length', true),
    tieWeights: boolean('tie_word_embeddings', true, 'tie_weight'),
    tieProjections: booleans('tie_projs', []),
    clusterOrder: choice('cluster_order', 'huggingFace', {
      original: 'original',
      hugging_face: 'huggingFace',
    }),
    dropout: rate('dropout', 0.1),
    attentionDropout: rate('dropatt', 0),
    layerNormEpsilon: number('layer_norm_epsilon', 1e-5),
    initializerRange: number('init_std', 0.02),
    projectionInitializerRange: number('proj_init_std', 0.01),
    eosTokenId: tokenId('eos_token_id'),
  },
  only: { adaptive: true, sample_softmax: -1, ext_len: 0 },
  ignored: /^(init|init_range|proj_share_all_but_first|bos_token_id|n_token)$/,
});

/** `tie_projs` is what counts; where it is absent, Hugging Face derives it from `proj_share_all_but_first`. */
export function parseConfig(json: Json): TransformerXLConfig {
  const config = file.parseConfig(json);
  if (config.tieProjections.length > 0) return config;
  const shared = (json as { proj_share_all_but_first?: Json }).proj_share_all_but_first ?? true;
  return { ...config, tieProjections: [false, ...config.cutoffs.map(() => shared === true)] };
}

export const formatConfig: (config: TransformerXLConfig) => { [key: string]: Json } = file.formatConfig;

/** Leaves out what a checkpoint holds twice: tied weights, biases that all layers share; and a buffer. */
export function sanitize(weights: StateDict, config: TransformerXLConfig): StateDict {
  const { untieBiases, tieWeights, tieProjections } = config;
  const isTwice = (name: string): boolean => {
    if (name === 'pos_emb.inv_freq') return true;
    if (/^layers\.\d+\.dec_attn\.r_[rw]_bias$/.test(name)) return !untieBiases;
    if (/^crit\.out_layers\.\d+\.weight$/.test(name)) return tieWeights;
    const projection = /^crit\.out_projs\.(\d+)$/.exec(name);
    return projection !== null && tieProjections[Number(projection[1])] === true;
  };
  return new Map([...weights].filter(([name]) => !isTwice(name)));
}

/** What transformers looks for in a file beyond that: the shared biases, in every layer. */
export function unsanitize(
  weights: StateDict,
  { layers, positions, untieBiases }: TransformerXLConfig,
): StateDict {
  const all: StateDict = new Map(weights);
  if (positions !== 'relative' || untieBiases) return all;
  for (let layer = 0; layer < layers; layer++) {
    for (const name of ['r_r_bias', 'r_w_bias'])
      all.set(`layers.${layer}.dec_attn.${name}`, weights.get(name)!);
  }
  return all;
}
