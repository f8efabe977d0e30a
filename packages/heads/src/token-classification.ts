// B batch, T time, N = B·T tokens, C channels, L labels.

import {
  assertShape,
  type Backbone,
  type EncodeOptions,
  type ModelInput,
  Module,
  type Objective,
  type ObjectiveValue,
  type StepContext,
  type TaskModel,
} from '@tenon/core';
import { dropout, type Linear } from '@tenon/layers';
import {
  fill,
  greater,
  type Rank,
  reshape,
  softmax,
  type Tensor2D,
  type Tensor3D,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { DROPOUT, type LabelledHeadOptions, labelsOf, projection } from './head-options.ts';
import { IGNORED, likeliest, meanCrossEntropy } from './label-loss.ts';
import { withLogits } from './with-logits.ts';

export interface TokenClassificationBatch extends ModelInput {
  /** int32 [B, T]: the class of each token. −100 and whatever stands at padding do not count. */
  readonly labels: Tensor2D;
}

/**
 * Classifies each token: named entities, slots, parts of speech.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { TokenClassification } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = new TokenClassification(bert({ ...bertTiny, vocabularySize: 100, pooler: false }), {
 *   labels: ['O', 'B-PER', 'I-PER'],
 * });
 * const inputIds = tensor2d([[2, 57, 9, 3]], [1, 4], 'int32');
 * const labels = tensor2d([[-100, 1, 2, -100]], [1, 4], 'int32');
 * console.log(model.loss({ inputIds, labels }, { training: false }).loss.dataSync()[0]); // near ln 3
 * console.log(model.predict({ inputIds }).shape); // [ 1, 4 ]
 * ```
 */
export class TokenClassification extends Module implements TaskModel, Objective<TokenClassificationBatch> {
  static readonly task: 'tokenClassification' = 'tokenClassification';
  readonly task: 'tokenClassification' = TokenClassification.task;
  readonly backbone: Backbone;
  readonly classifier: Linear;
  readonly labels: readonly string[];
  readonly #dropout: number;

  /** @throws {TenonError} when there are no labels. */
  constructor(backbone: Backbone, options: LabelledHeadOptions) {
    super();
    this.backbone = backbone;
    this.labels = labelsOf('TokenClassification', options.labels);
    this.classifier = projection(backbone, this.labels.length, options);
    this.#dropout = options.dropout ?? backbone.headDefaults?.dropout ?? DROPOUT;
  }

  /** Scores of the classes for each token, [B, T, L]. */
  logits(input: ModelInput, options: EncodeOptions = {}): Tensor3D {
    return tidy(() => {
      const { lastHidden } = this.backbone.encode(input, options); // [B, T, C]
      return this.classifier.forward(dropout(lastHidden, this.#dropout, options));
    });
  }

  /**
   * The mean of −log p over the tokens that count.
   *
   * @throws {TenonError} about labels of another shape or beyond the classes.
   */
  loss(batch: TokenClassificationBatch, context: StepContext): ObjectiveValue {
    return tidy(() => {
      const { labels, attentionMask: mask } = batch;
      const logits = this.logits(batch, context);
      const [B, T, L] = logits.shape;
      assertShape('labels', labels.shape, [B, T], 'Pass one for each token, −100 where it does not count.');
      const counting = mask ? where(greater(mask, 0), labels, fill([B, T], IGNORED, 'int32')) : labels;
      const rows = reshape<Rank.R2>(logits, [B * T, L]);
      const loss = meanCrossEntropy(rows, reshape<Rank.R1>(counting, [B * T]));
      return withLogits({ loss }, logits, context);
    });
  }

  /** Probabilities of the classes for each token, [B, T, L]. */
  probabilities(input: ModelInput, options: EncodeOptions = {}): Tensor3D {
    return tidy(() => softmax(this.logits(input, options)));
  }

  /** The class of each token, int32 [B, T]. What stands at padding means nothing. */
  predict(input: ModelInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => likeliest<Tensor2D>(this.logits(input, options)));
  }
}
