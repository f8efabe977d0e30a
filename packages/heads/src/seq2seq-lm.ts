// B batch, S source tokens, T target tokens, N = B·T tokens, C channels, V vocabulary.

import {
  assertShape,
  type Decoded,
  type EncodeOptions,
  type EncoderDecoder,
  type ModelInput,
  Module,
  type Objective,
  type ObjectiveValue,
  type StepContext,
  type TaskModel,
} from '@tenon/core';
import {
  cast,
  concat,
  div,
  fill,
  greaterEqual,
  maximum,
  type Rank,
  reshape,
  type Scalar,
  slice,
  sum,
  type Tensor2D,
  type Tensor3D,
  tidy,
  where,
} from '@tensorflow/tfjs-core';

/** Texts to read, and what is to be written from them. */
export interface Seq2SeqLMBatch extends ModelInput {
  /** int32 [B, T]: the target, its end token included, −100 where nothing is to be predicted. */
  readonly labels: Tensor2D;
}

/**
 * A model that reads one text and writes another: any encoder–decoder.
 *
 * The decoder reads the labels moved by one, with `decoderStartTokenId` before them (Vaswani et al. 2017, section 3.1).
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { Seq2SeqLM } from '@tenon/heads';
 * import { transformer, transformerBase } from '@tenon/models';
 *
 * const sizes = { encoderLayers: 1, decoderLayers: 1, encoderFeedForwardSize: 64, decoderFeedForwardSize: 64 };
 * using model = new Seq2SeqLM(transformer({ ...transformerBase, ...sizes, vocabularySize: 100, hiddenSize: 32 }));
 * const inputIds = tensor2d([[5, 7, 9]], [1, 3], 'int32');
 * const labels = tensor2d([[9, 7, 5, 1]], [1, 4], 'int32');
 * const { loss } = model.loss({ inputIds, labels }, { training: false });
 * console.log(loss.dataSync()[0]);
 * ```
 */
export class Seq2SeqLM extends Module implements TaskModel, Objective<Seq2SeqLMBatch> {
  static readonly task: 'seq2seqLM' = 'seq2seqLM';
  readonly task: 'seq2seqLM' = Seq2SeqLM.task;
  readonly backbone: EncoderDecoder;

  constructor(backbone: EncoderDecoder) {
    super();
    this.backbone = backbone;
  }

  /** Scores of each target token from those before it, [B, T, V]. */
  logits(batch: Seq2SeqLMBatch, options: EncodeOptions = {}): Tensor3D {
    return tidy(() => this.backbone.scorer.logits(this.#read(batch, options).lastHidden) as Tensor3D);
  }

  /**
   * The mean of −log p over the labels that count; 0 where none does.
   *
   * @throws {TenonError} about labels in another shape than [B, T].
   */
  loss(batch: Seq2SeqLMBatch, context: StepContext): ObjectiveValue {
    const loss = tidy(() => {
      const { lastHidden } = this.#read(batch, context);
      const [B, T, C] = lastHidden.shape;
      const targets = reshape<Rank.R1>(batch.labels, [B * T]);
      const hidden = reshape<Rank.R2>(lastHidden, [B * T, C]);
      const nll = this.backbone.scorer.negativeLogLikelihood(hidden, targets);
      const count = sum(cast(greaterEqual(targets, 0), 'float32'));
      return div(sum(nll), maximum(count, 1)) as Scalar;
    });
    return { loss };
  }

  #read({ labels, ...source }: Seq2SeqLMBatch, { training, random }: EncodeOptions): Decoded {
    assertShape('labels', labels.shape, ['B', 'T'], 'Pass a row of target tokens for each source.');
    const options = { ...(training === undefined ? {} : { training }), ...(random && { random }) };
    const { lastHidden: hidden } = this.backbone.encode(source, options);
    const { attentionMask } = source;
    const target = { inputIds: this.#movedByOne(labels) };
    return this.backbone.decode(target, { hidden, ...(attentionMask && { attentionMask }) }, options);
  }

  /** What the decoder reads: the token before each label. */
  #movedByOne(labels: Tensor2D): Tensor2D {
    const [B, T] = labels.shape;
    const { decoderStartTokenId: start, padTokenId: pad } = this.backbone;
    const before = slice(labels, [0, 0], [B, T - 1]);
    const read = where(greaterEqual(before, 0), before, fill([B, T - 1], pad, 'int32'));
    return concat([fill([B, 1], start, 'int32'), cast(read, 'int32')], 1) as Tensor2D;
  }
}
