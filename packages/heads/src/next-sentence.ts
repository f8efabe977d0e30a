// B batch, C channels.

import {
  type Backbone,
  type EncodeOptions,
  type ModelInput,
  Module,
  type Objective,
  type ObjectiveValue,
  type Pooling,
  type StepContext,
  type TaskModel,
} from '@tenon/core';
import type { Linear } from '@tenon/layers';
import { softmax, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { type HeadOptions, projection } from './head-options.ts';
import { likeliest, rowsCrossEntropy } from './label-loss.ts';
import { pool } from './pool.ts';
import { withLogits } from './with-logits.ts';

export interface NextSentenceOptions extends HeadOptions {
  /** Which vector stands for a sequence. @default the model's `headDefaults`, else `pooled` or `last` */
  readonly pooling?: Pooling;
}

export interface NextSentenceBatch extends ModelInput {
  /** int32 [B]: 0 where the second text follows the first, 1 where it is another one; −100 does not count. */
  readonly labels: Tensor1D;
}

/**
 * Tells whether the second text of a pair follows the first (Devlin et al. 2019, section 3.1).
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { NextSentence } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = new NextSentence(bert({ ...bertTiny, vocabularySize: 100 }));
 * const inputIds = tensor2d([[2, 57, 3, 58, 3]], [1, 5], 'int32');
 * const tokenTypeIds = tensor2d([[0, 0, 0, 1, 1]], [1, 5], 'int32');
 * const labels = tensor1d([0], 'int32');
 * console.log(model.loss({ inputIds, tokenTypeIds, labels }, { training: false }).loss.dataSync()[0]); // near ln 2
 * ```
 */
export class NextSentence extends Module implements TaskModel, Objective<NextSentenceBatch> {
  static readonly task: 'nextSentence' = 'nextSentence';
  readonly task: 'nextSentence' = NextSentence.task;
  readonly backbone: Backbone;
  readonly nextSentence: Linear;
  readonly #pooling: Pooling | undefined;

  constructor(backbone: Backbone, options: NextSentenceOptions = {}) {
    super();
    this.backbone = backbone;
    this.nextSentence = projection(backbone, 2, options);
    this.#pooling = options.pooling;
  }

  /** Scores that the second text follows the first and that it does not, [B, 2]. */
  logits(input: ModelInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() =>
      this.nextSentence.forward(
        pool(this.backbone, this.backbone.encode(input, options), input, this.#pooling),
      ),
    );
  }

  /**
   * The mean of −log p over the pairs that count.
   *
   * @throws {TenonError} about labels of another shape or besides 0 and 1.
   */
  loss(batch: NextSentenceBatch, context: StepContext): ObjectiveValue {
    return tidy(() => {
      const logits = this.logits(batch, context);
      const loss = rowsCrossEntropy(logits, batch.labels, 'Pass 0 or 1 for each pair.');
      return withLogits({ loss }, logits, context);
    });
  }

  /** Probabilities of the two, [B, 2]. */
  probabilities(input: ModelInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => softmax(this.logits(input, options)));
  }

  /** 0 where the second text seems to follow, else 1: int32 [B]. */
  predict(input: ModelInput, options: EncodeOptions = {}): Tensor1D {
    return tidy(() => likeliest<Tensor1D>(this.logits(input, options)));
  }
}
