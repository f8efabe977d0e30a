import type { ObjectiveValue, StepContext } from '@tenon/core';
import { mul, type Scalar } from '@tensorflow/tfjs-core';
import type { NumberBatch } from './number-batches.ts';
import { TinyObjective } from './tiny-objective.ts';

/** Its loss is not a number at one call, counted in training or in evaluation. */
export class BreakingObjective extends TinyObjective {
  readonly #breakAt: number;
  readonly #training: boolean;
  #calls = 0;

  constructor(breakAt: number, training = true) {
    super();
    this.#breakAt = breakAt;
    this.#training = training;
  }

  override loss(batch: NumberBatch, context: StepContext): ObjectiveValue {
    const { loss } = super.loss(batch, context);
    if (context.training === this.#training && ++this.#calls === this.#breakAt)
      return { loss: mul(loss, Number.NaN) as Scalar };
    return { loss };
  }
}
