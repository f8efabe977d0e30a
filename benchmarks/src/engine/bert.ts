// bert.ts: BERT (Devlin et al. 2019) of the parts of @tenon/layers, as one would assemble it.
// B batch, T time, N = B·T tokens, C channels, H heads, P predictions a sequence, V vocabulary.
import {
  type EncodeOptions,
  embedding,
  Module,
  type Parameter,
  parameter,
  RandomStream,
  softmaxCrossEntropy,
  zeros,
} from '@tenon/core';
import {
  activation,
  attend,
  dropout,
  Embedding,
  LayerNorm,
  Linear,
  mergeHeads,
  paddingMask,
  positionsFrom,
  splitQueriesKeysValues,
} from '@tenon/layers';
import {
  add,
  matMul,
  mean,
  type Rank,
  reshape,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Size } from '../sizes.ts';

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

const gelu = activation('gelu');
/** First values come from elsewhere. */
const FROM_ELSEWHERE = { random: new RandomStream(0), weight: zeros, bias: zeros };
const EPSILON = { epsilon: 1e-12 };

class Layer extends Module {
  readonly qkv: Linear;
  readonly output: Linear;
  readonly attentionNorm: LayerNorm;
  readonly inner: Linear;
  readonly outer: Linear;
  readonly outputNorm: LayerNorm;
  readonly #size: BertSize;

  constructor(size: BertSize) {
    super();
    const { channels: C } = size;
    this.qkv = new Linear(C, 3 * C, FROM_ELSEWHERE);
    this.output = new Linear(C, C, FROM_ELSEWHERE);
    this.attentionNorm = new LayerNorm(C, EPSILON);
    this.inner = new Linear(C, 4 * C, FROM_ELSEWHERE);
    this.outer = new Linear(4 * C, C, FROM_ELSEWHERE);
    this.outputNorm = new LayerNorm(C, EPSILON);
    this.#size = size;
  }

  /** [N, C] */
  forward(x: Tensor2D, mask: Tensor4D, options: EncodeOptions): Tensor2D {
    const { heads, dropout: rate } = this.#size;
    const [q, k, v] = splitQueriesKeysValues(this.qkv.forward(x), mask.shape[0], heads); // [B, H, T, D]
    const { output } = attend(q, [{ keys: k, values: v, mask }], { dropoutRate: rate, dropout: options });
    const mixed = dropout(this.output.forward(mergeHeads(output)), rate, options);
    const attended = this.attentionNorm.forward(add<Tensor2D>(x, mixed));
    const fed = dropout(this.outer.forward(gelu(this.inner.forward(attended))), rate, options);
    return this.outputNorm.forward(add<Tensor2D>(attended, fed));
  }
}

export class Bert extends Module {
  readonly words: Embedding;
  readonly positions: Embedding;
  readonly segments: Embedding;
  readonly norm: LayerNorm;
  readonly layers: readonly Layer[];
  readonly #dropoutRate: number;

  constructor(size: BertSize) {
    super();
    const { vocabulary, channels: C, tokens, layers } = size;
    this.words = new Embedding(vocabulary, C, FROM_ELSEWHERE);
    this.positions = new Embedding(tokens, C, FROM_ELSEWHERE);
    this.segments = new Embedding(2, C, FROM_ELSEWHERE);
    this.norm = new LayerNorm(C, EPSILON);
    this.layers = Array.from({ length: layers }, () => new Layer(size));
    this.#dropoutRate = size.dropout;
  }

  /** The last hidden state, [N, C]. */
  forward({ inputIds, tokenTypeIds, attentionMask }: BertInput, options: EncodeOptions = {}): Tensor2D {
    const [batch, time] = inputIds.shape;
    const mask = paddingMask(attentionMask); // [B, 1, 1, T]
    const positions = this.positions.forward(positionsFrom(0, time)); // [T, C]
    const embedded = add(add(this.words.forward(inputIds), this.segments.forward(tokenTypeIds)), positions);
    const rows = reshape<Rank.R2>(embedded, [batch * time, -1]);
    let x = dropout(this.norm.forward(rows), this.#dropoutRate, options);
    for (const layer of this.layers) x = layer.forward(x, mask, options);
    return x;
  }
}

/** BERT with the head of its first training: what was under the masks. */
export class BertForMaskedLM extends Module {
  readonly bert: Bert;
  readonly transform: Linear;
  readonly transformNorm: LayerNorm;
  /** [V]; the decoder's weight is that of the word embeddings. */
  readonly decoderBias: Parameter<Tensor1D>;

  constructor(size: BertSize) {
    super();
    this.bert = new Bert(size);
    this.transform = new Linear(size.channels, size.channels, FROM_ELSEWHERE);
    this.transformNorm = new LayerNorm(size.channels, EPSILON);
    this.decoderBias = parameter([size.vocabulary], zeros, FROM_ELSEWHERE.random);
  }

  /**
   * @param places int32 [B·P]: the rows of the hidden state [N, C] that are predicted
   * @param targets int32 [B·P]: the words that were there
   */
  loss(input: BertInput, places: Tensor1D, targets: Tensor1D, options: EncodeOptions = {}): Scalar {
    const hidden = this.bert.forward(input, options);
    const picked = embedding(hidden, places) as Tensor2D; // [B·P, C]
    const transformed = this.transformNorm.forward(gelu(this.transform.forward(picked)));
    const logits = add<Tensor2D>(matMul(transformed, this.bert.words.weight, false, true), this.decoderBias); // [B·P, V]
    return mean(softmaxCrossEntropy(logits, targets));
  }
}
