import type { Parameter } from '@tenon/core';
import { mul, type Scalar, type Tensor, type Variable } from '@tensorflow/tfjs-core';

/** What flows through a chain of transforms: gradients at its start, what is added to the parameters at its end. */
export interface Updates {
  /** Updates made before this one. Schedules take it, and Adam's t is one more. */
  readonly step: number;
  /** The same at the time when the step is made: that of each replay, where it is recorded once and replayed. */
  stepNow(): number;
  /** A tensor for every parameter that is still to be changed, by the parameter's name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /**
   * A factor that every tensor is still to be multiplied by. Clipping and averaging leave it here, where
   * the AdamW kernel takes it along instead of another pass over all values.
   */
  readonly scale?: Scalar;
}

/** One step while it is worked out. Nothing changes until it is applied. */
export interface StepPlan {
  /** The learning rate of this step, for the report. */
  learningRate?: number;
  /** The gradients' norm before clipping, for the report. Held by the plan. */
  gradientNorm?: Scalar;
  /** Calls of the optimiser that this one counts for. @default 1 */
  calls?: number;
  /** Keeps a tensor alive until the step is over; the gradients themselves stay with whoever made them. */
  hold<T extends Tensor>(tensor: T): T;
  /** Adds to what applying the step does. */
  onApply(action: () => void): void;
}

/** A transform at work on the parameters it was started with. */
export interface RunningTransform {
  /** What is saved, under the names `<parameter>.<slot>`. The transform owns the variables. */
  readonly slots?: ReadonlyMap<string, Variable>;
  /**
   * Works out this transform's share of a step. It runs inside a `tidy` and changes no state itself: that
   * is for `plan.onApply`, and what is needed there is held by the plan.
   *
   * @returns `undefined` when the chain ends here and this step updates nothing.
   */
  plan(updates: Updates, plan: StepPlan): Updates | undefined;
  /**
   * What `accumulate` has added up and not handed on, as the last of its calls would have handed it on.
   *
   * @param calls calls so far
   * @returns `undefined` when there is nothing.
   */
  planRest?(calls: number, callsNow: () => number, plan: StepPlan): Updates | undefined;
}

/** One rule for turning gradients into updates. It is a description: `createOptimizer` starts it on parameters. */
export interface Transform {
  start(parameters: ReadonlyMap<string, Parameter>): RunningTransform;
}

/** Rules one after another, as `chain` makes them. */
export interface Chain {
  readonly parts: readonly Transform[];
}

/** What optimisers are composed of (after optax: Hessel et al. 2020). */
export type GradientTransform = Transform | Chain;

/** The updates with the pending factor multiplied in. */
export function scaledTensors({ tensors, scale }: Updates): ReadonlyMap<string, Tensor> {
  return scale === undefined ? tensors : mapTensors(tensors, (tensor) => mul(tensor, scale));
}

export function mapTensors(
  tensors: ReadonlyMap<string, Tensor>,
  change: (tensor: Tensor, name: string) => Tensor,
): Map<string, Tensor> {
  return new Map([...tensors].map(([name, tensor]) => [name, change(tensor, name)]));
}
