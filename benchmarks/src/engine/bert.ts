// bert.ts: BERT of a benchmark's size, with the first values that the peer gives its own.
import type { Module } from '@tenon/core';
import { MaskedLM, SequenceClassification } from '@tenon/heads';
import { type Bert, type BertConfig, bert, bertBase } from '@tenon/models';
import { type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import type { Size } from '../sizes.ts';
import { weights } from './formula.ts';

export interface BertSize extends Size {
  /** Of the embeddings, the attention weights and what goes into the residual stream. */
  readonly dropout: number;
  /** Tokens of each sequence that are masked and predicted. */
  readonly predictions: number;
}

/** (A type and not an interface, so that `tf.dispose` takes it.) */
export type BertInput = {
  /** int32 [B, T] */
  readonly inputIds: Tensor2D;
  /** int32 [B, T] */
  readonly tokenTypeIds: Tensor2D;
  /** int32 [B, T], 1 = token, 0 = padding */
  readonly attentionMask: Tensor2D;
};

/** BERT by itself. */
export function encoder(size: BertSize): Bert {
  const model = bert(configOf(size));
  setAsPeer(model);
  return model;
}

/** BERT with the head of its first training: what was under the masks. */
export function maskedLanguageModel(size: BertSize): MaskedLM {
  const model = new MaskedLM(bert(configOf(size)));
  setAsPeer(model);
  return model;
}

/** BERT that classifies texts. */
export function classifier(size: BertSize, labels: readonly string[]): SequenceClassification {
  const model = new SequenceClassification(bert({ ...configOf(size), pooler: true }), { labels });
  setAsPeer(model);
  return model;
}

function configOf({ vocabulary, tokens, channels, layers, heads, dropout }: BertSize): BertConfig {
  const { padTokenId: _, ...base } = bertBase; // the peer's embeddings all learn
  return {
    ...base,
    vocabularySize: vocabulary,
    contextLength: tokens,
    hiddenSize: channels,
    layers,
    heads,
    feedForwardSize: 4 * channels,
    dropout,
    attentionDropout: dropout,
    pooler: false,
  };
}

/** Our names and the peer's, which has queries, keys and values in one matrix. */
const PEER_NAMES: readonly (readonly [ours: RegExp, peer: string])[] = [
  [/^backbone\./, 'bert.'],
  [/embeddings\.word_embeddings/, 'words'],
  [/embeddings\.position_embeddings/, 'positions'],
  [/embeddings\.token_type_embeddings/, 'segments'],
  [/embeddings\.LayerNorm/, 'norm'],
  [/encoder\.layer\./, 'layers.'],
  [/attention\.self\.(query|key|value)/, 'qkv'],
  [/attention\.output\.dense/, 'output'],
  [/attention\.output\.LayerNorm/, 'attentionNorm'],
  [/intermediate\.dense/, 'inner'],
  [/output\.dense/, 'outer'],
  [/output\.LayerNorm/, 'outputNorm'],
  [/^predictions\.dense/, 'transform'],
  [/^predictions\.layerNorm/, 'transformNorm'],
  [/^predictions\.bias/, 'decoderBias'],
];
const PARTS = ['query', 'key', 'value'];

function setAsPeer(module: Module): void {
  for (const [path, parameter] of module.parameters()) {
    const name = PEER_NAMES.reduce((changed, [ours, peer]) => changed.replace(ours, peer), path);
    const part = PARTS.findIndex((word) => path.includes(`self.${word}.`));
    const { size, shape } = parameter;
    const all = weights(name, part < 0 ? size : 3 * size);
    const values = tensor(part < 0 ? all : all.slice(part * size, (part + 1) * size), shape, 'float32');
    parameter.assign(values);
    values.dispose();
  }
}
