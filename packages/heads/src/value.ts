// B batch, T time, C channels.

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
  cast,
  div,
  maximum,
  mul,
  onesLike,
  type Rank,
  reshape,
  type Scalar,
  squaredDifference,
  sum,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { DROPOUT, type DropoutHeadOptions, projection } from './head-options.ts';

export interface ValueBatch extends ModelInput {
  /** float32 [B, T]: what the value after each token should be. Padding does not count. */
  readonly targets: Tensor2D;
}

/**
 * A number after each token: what is still to be gained from there on, as a critic of reinforcement learning
 * estimates it.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { Value } from '@tenon/heads';
 * import { gpt2, gpt2Small } from '@tenon/models';
 *
 * using model = new Value(gpt2({ ...gpt2Small, vocabularySize: 100, hiddenSize: 32, layers: 2, heads: 4 }));
 * const inputIds = tensor2d([[5, 7, 9]], [1, 3], 'int32');
 * console.log(model.values({ inputIds }).shape); // [ 1, 3 ]
 * ```
 */
export class Value extends Module implements TaskModel, Objective<ValueBatch> {
  static readonly task: 'value' = 'value';
  readonly task: 'value' = Value.task;
  readonly backbone: Backbone;
  readonly regressor: Linear;
  readonly #dropout: number;

  constructor(backbone: Backbone, options: DropoutHeadOptions = {}) {
    super();
    this.backbone = backbone;
    this.regressor = projection(backbone, 1, options);
    this.#dropout = options.dropout ?? backbone.headDefaults?.dropout ?? DROPOUT;
  }

  /** The value after each token, [B, T]. */
  values(input: ModelInput, options: EncodeOptions = {}): Tensor2D {
    return tidy(() => {
      const { lastHidden } = this.backbone.encode(input, options); // [B, T, C]
      const [B, T] = lastHidden.shape;
      return reshape<Rank.R2>(this.regressor.forward(dropout(lastHidden, this.#dropout, options)), [B, T]);
    });
  }

  /** The squared error, the mean over the tokens. @throws {TenonError} about targets of another shape. */
  loss(batch: ValueBatch, context: StepContext): ObjectiveValue {
    const { targets, attentionMask } = batch;
    const loss = tidy(() => {
      const values = this.values(batch, context);
      assertShape('targets', targets.shape, values.shape, 'Pass a number for each token.');
      const counts = attentionMask ? cast(attentionMask, 'float32') : onesLike(values);
      const errors = mul(squaredDifference(values, targets), counts);
      return div<Scalar>(sum(errors), maximum(sum(counts), 1));
    });
    return { loss };
  }
}
