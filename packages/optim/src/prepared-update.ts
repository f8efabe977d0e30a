import { TenonError } from '@tenon/core';
import { keep, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { StepPlan } from './transform.ts';

/**
 * A step that is worked out and not yet made. Reading the loss or `gradientNorm` now computes loss, gradients
 * and norm together on a lazy backend; if one is not finite, dispose of this without applying it, and
 * neither parameters nor optimiser have changed.
 */
export class PreparedUpdate implements StepPlan {
  /** Absent where the rule has no learning rate or nothing is to be updated. */
  learningRate?: number;
  /** The gradients' norm before clipping; absent without `clipByGlobalNorm`. It is freed with this. */
  gradientNorm?: Scalar;
  calls = 1;
  /** Whether the parameters will change: not in a call of `accumulate` that only adds up. */
  willUpdate = false;

  readonly #borrowed: ReadonlySet<Tensor>;
  readonly #held = new Set<Tensor>();
  #actions: (() => void)[] | undefined = [];

  /** @param gradients must live until `apply`; they stay the caller's. */
  constructor(gradients: ReadonlyMap<string, Tensor>) {
    this.#borrowed = new Set(gradients.values());
  }

  hold<T extends Tensor>(tensor: T): T {
    if (!this.#borrowed.has(tensor)) this.#held.add(keep(tensor));
    return tensor;
  }

  onApply(action: () => void): void {
    this.#actions?.push(action);
  }

  /**
   * Makes the step: changes parameters, state and counters.
   *
   * @throws {TenonError} when it was applied or disposed of before.
   */
  apply(): void {
    if (this.#actions === undefined) {
      throw new TenonError({
        subject: 'prepared update',
        expected: 'one that is neither applied nor disposed of',
        got: 'a second use',
        advice: 'Call optimizer.prepare() again for each step.',
      });
    }
    const actions = this.#actions;
    this.#actions = undefined;
    for (const action of actions) action();
  }

  /** Frees what was held, the norm included. */
  dispose(): void {
    this.#actions = undefined;
    for (const tensor of this.#held) tensor.dispose();
    this.#held.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
