import { mul, type Scalar } from '@tensorflow/tfjs-core';
import type { ObjectiveValue, StepContext } from '@tenon/core';
import type { NumberBatch } from './number-batches.ts';
import { TinyObjective } from './tiny-objective.ts';

/** Its loss is not a number at one step. */
export class BreakingObjective extends TinyObjective {
  readonly #breakAt: number;
  #calls = 0;

  constructor(breakAt: number) {
    super();
    this.#breakAt = breakAt;
  }

  override loss(batch: NumberBatch, context: StepContext): ObjectiveValue {
    const { loss } = super.loss(batch, context);
    if (context.training && ++this.#calls === this.#breakAt) return { loss: mul(loss, Number.NaN) as Scalar };
    return { loss };
  }
}

