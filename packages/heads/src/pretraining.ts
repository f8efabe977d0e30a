// B batch, T time, C channels, V vocabulary.

import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  type ModelInput,
  Module,
  type Objective,
  type ObjectiveValue,
  type StepContext,
  type TaskModel,
} from '@tenon/core';
import type { Linear } from '@tenon/layers';
import { add, type Scalar, type Tensor1D, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { type HeadOptions, projection, randomOf } from './head-options.ts';
import { rowsCrossEntropy } from './label-loss.ts';
import { type MaskedLMBatch, maskedLoss } from './masked-lm-batch.ts';
import { MaskedPredictions } from './masked-predictions.ts';
import { pool } from './pool.ts';

export interface PretrainingBatch extends MaskedLMBatch {
  /** int32 [B]: 0 where the second text follows the first, 1 where it is another one; −100 does not count. */
  readonly nextSentenceLabels: Tensor1D;
}

/** (A type and not an interface, so that `tf.dispose` and `tf.tidy` take it.) */
export type PretrainingLogits = {
  /** [B, T, V] */
  readonly maskedLM: Tensor3D;
  /** [B, 2] */
  readonly nextSentence: Tensor2D;
};

/**
 * BERT's first training: the words under the masks, and whether the second text follows the first
 * (Devlin et al. 2019, section 3.1).
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { Pretraining } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = new Pretraining(bert({ ...bertTiny, vocabularySize: 100 }));
 * const { parts } = model.loss(
 *   {
 *     inputIds: tensor2d([[2, 4, 9, 3, 11, 3]], [1, 6], 'int32'), // 4 is [MASK]
 *     tokenTypeIds: tensor2d([[0, 0, 0, 0, 1, 1]], [1, 6], 'int32'),
 *     maskedPositions: tensor2d([[1]], [1, 1], 'int32'),
 *     maskedIds: tensor2d([[57]], [1, 1], 'int32'),
 *     nextSentenceLabels: tensor1d([0], 'int32'),
 *   },
 *   { training: false },
 * );
 * console.log(parts?.['maskedLM']?.dataSync()[0]); // near ln 100
 * console.log(parts?.['nextSentence']?.dataSync()[0]); // near ln 2
 * ```
 */
export class Pretraining extends Module implements TaskModel, Objective<PretrainingBatch> {
  static readonly task: 'pretraining' = 'pretraining';
  readonly task: 'pretraining' = Pretraining.task;
  readonly backbone: Backbone;
  readonly predictions: MaskedPredictions;
  readonly nextSentence: Linear;

  /** @throws {TenonError} when the backbone has no token embeddings. */
  constructor(backbone: Backbone, options: HeadOptions = {}) {
    super();
    const random = randomOf(options);
    this.backbone = backbone;
    this.predictions = new MaskedPredictions('Pretraining', backbone, { random });
    this.nextSentence = projection(backbone, 2, { random });
  }

  /** Scores of the vocabulary at each token, and of whether the second text follows. */
  logits(input: ModelInput, options: EncodeOptions = {}): PretrainingLogits {
    return tidy(() => {
      const encoded = this.backbone.encode(input, options);
      return {
        maskedLM: this.predictions.logits(encoded.lastHidden),
        nextSentence: this.#nextSentenceLogits(encoded, input),
      };
    });
  }

  /**
   * The sum of both losses, which are its parts `maskedLM` and `nextSentence`; each is the mean over what counts.
   *
   * @throws {TenonError} as the losses of `MaskedLM` and `NextSentence` do.
   */
  loss(batch: PretrainingBatch, context: StepContext): ObjectiveValue {
    return tidy(() => {
      const encoded = this.backbone.encode(batch, context);
      const maskedLM = maskedLoss(this.predictions, encoded.lastHidden, batch);
      const { nextSentenceLabels: labels } = batch;
      const logits = this.#nextSentenceLogits(encoded, batch);
      const advice = 'Pass 0 or 1 for each pair.';
      const nextSentence = rowsCrossEntropy(logits, labels, advice, 'next sentence labels');
      return { loss: add<Scalar>(maskedLM, nextSentence), parts: { maskedLM, nextSentence } };
    });
  }

  #nextSentenceLogits(encoded: Encoded, input: ModelInput): Tensor2D {
    return this.nextSentence.forward(pool(this.backbone, encoded, input));
  }
}
