import {
  everyRun,
  type Parameter,
  type StateDict,
  storedFromTensor,
  storedTensor,
  TenonError,
} from '@tenon/core';
import { add, type Scalar, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import { partsOf } from './chain.ts';
import { checkGradients, type GradientOptions } from './check-gradients.ts';
import { fuseAdamW } from './fuse-adamw.ts';
import { loadState } from './load-state.ts';
import { PreparedUpdate } from './prepared-update.ts';
import { type GradientTransform, type RunningTransform, scaledTensors, type Updates } from './transform.ts';

/** What one update did. */
export interface OptimizerReport {
  /** Absent where the rule has no learning rate or nothing was updated. */
  readonly learningRate?: number;
  /** The gradients' norm before clipping; absent without `clipByGlobalNorm`. The caller disposes of it. */
  readonly gradientNorm?: Scalar;
  /** Whether the parameters changed: not in a call of `accumulate` that only adds up. */
  readonly applied: boolean;
}

/** A rule at work on parameters. It owns its state, not the parameters. */
export interface Optimizer {
  /** Updates made so far. */
  readonly step: number;
  /**
   * Works out a step without making it: the way to look at loss and norm first, at no cost on a lazy backend.
   *
   * @param gradients one for each parameter, by its name. They must live until the step is applied.
   * @throws {TenonError} naming every gradient that is missing, unknown or mis-shaped.
   */
  prepare(gradients: ReadonlyMap<string, Tensor>, options?: GradientOptions): PreparedUpdate;
  /**
   * Works out an update from what `accumulate` has added up, before all its batches came: for the end of an epoch.
   *
   * @returns `undefined` when nothing is waiting.
   */
  prepareRest(): PreparedUpdate | undefined;
  /** Makes a step. The gradients stay the caller's. @throws {TenonError} as `prepare` does. */
  update(gradients: ReadonlyMap<string, Tensor>, options?: GradientOptions): OptimizerReport;
  /** `<parameter>.<slot>` and the int32 counters `step` and `calls`, read from the live state when asked for. */
  stateDict(): StateDict;
  /** @throws {StateDictError} naming every missing, unexpected and mis-shaped entry; then nothing was changed. */
  loadStateDict(weights: StateDict): void;
  /** Frees the state; the parameters stay. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Starts a rule on parameters: allocates its state and counts its steps.
 *
 * @param parameters all that is trained, by name. Leave frozen ones out.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { square, sub, sum } from '@tensorflow/tfjs-core';
 * import { ones, parameter, RandomStream } from '@tenon/core';
 * import { adamW, createOptimizer, valueAndGradients } from '@tenon/optim';
 *
 * const weight = parameter([3], ones, new RandomStream(0));
 * const parameters = new Map([['weight', weight]]);
 * using optimizer = createOptimizer(adamW({ learningRate: 0.1 }), parameters);
 * const { gradients } = valueAndGradients(() => sum(square(sub(weight, 2))), parameters);
 * optimizer.update(gradients);
 * ```
 */
export function createOptimizer(
  transform: GradientTransform,
  parameters: ReadonlyMap<string, Parameter>,
): Optimizer {
  return new RunningOptimizer(transform, parameters);
}

class RunningOptimizer implements Optimizer {
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #running: readonly RunningTransform[];
  readonly #slots: ReadonlyMap<string, Variable>;
  #step = 0;
  /** Steps and the calls of `accumulate` that only added up. */
  #calls = 0;

  constructor(transform: GradientTransform, parameters: ReadonlyMap<string, Parameter>) {
    this.#parameters = parameters;
    this.#running = fuseAdamW(partsOf(transform)).map((part) => part.start(parameters));
    this.#slots = gatherSlots(this.#running);
  }

  get step(): number {
    return this.#step;
  }

  prepare(gradients: ReadonlyMap<string, Tensor>, options?: GradientOptions): PreparedUpdate {
    checkGradients(this.#parameters, gradients, options);
    // In the parameters' order, so that sums over all gradients do not depend on who gathered them.
    const used = [...this.#parameters.keys()].filter((name) => gradients.has(name));
    const tensors = new Map(used.map((name) => [name, gradients.get(name)!]));
    const updates = { step: this.#calls, stepNow: () => this.#calls, tensors };
    return this.#prepare(new PreparedUpdate(gradients), (prepared) => {
      this.#plan(updates, prepared, this.#running);
    });
  }

  prepareRest(): PreparedUpdate | undefined {
    const place = this.#running.findIndex(({ planRest }) => planRest !== undefined);
    const accumulating = this.#running[place];
    const prepared = this.#prepare(new PreparedUpdate(new Map()), (plan) => {
      const rest = accumulating?.planRest?.(this.#calls, () => this.#calls, plan);
      if (rest !== undefined) this.#plan(rest, plan, this.#running.slice(place + 1));
    });
    if (prepared.willUpdate) return prepared;
    prepared.dispose();
    return undefined;
  }

  #prepare(prepared: PreparedUpdate, plan: (prepared: PreparedUpdate) => void): PreparedUpdate {
    try {
      tidy(() => plan(prepared));
    } catch (error) {
      prepared.dispose();
      throw error;
    }
    const { willUpdate, calls } = prepared;
    prepared.onApply(() =>
      everyRun(() => {
        this.#calls += calls;
        if (willUpdate) this.#step++;
      }),
    );
    return prepared;
  }

  #plan(first: Updates, prepared: PreparedUpdate, running: readonly RunningTransform[]): void {
    let updates: Updates | undefined = first;
    for (const transform of running) {
      updates = transform.plan(updates, prepared);
      if (updates === undefined) return;
    }
    prepared.willUpdate = true;
    for (const [name, change] of scaledTensors(updates)) {
      const parameter = this.#parameters.get(name)!;
      const changed = prepared.hold(add(parameter, change));
      prepared.onApply(() => parameter.assign(changed));
    }
  }

  update(gradients: ReadonlyMap<string, Tensor>, options?: GradientOptions): OptimizerReport {
    using prepared = this.prepare(gradients, options);
    prepared.apply();
    const { learningRate, gradientNorm, willUpdate } = prepared;
    return {
      applied: willUpdate,
      ...(learningRate === undefined ? {} : { learningRate }),
      ...(gradientNorm === undefined ? {} : { gradientNorm: gradientNorm.clone() }),
    };
  }

  stateDict(): StateDict {
    return new Map([
      ...[...this.#slots].map(([name, slot]) => [name, storedFromTensor(slot)] as const),
      ['step', storedTensor(Int32Array.of(this.#step), [])],
      ['calls', storedTensor(Int32Array.of(this.#calls), [])],
    ]);
  }

  loadStateDict(weights: StateDict): void {
    const { step, calls } = loadState(this.#slots, weights);
    this.#step = step;
    this.#calls = calls;
  }

  dispose(): void {
    for (const slot of this.#slots.values()) if (!slot.isDisposed) slot.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function gatherSlots(running: readonly RunningTransform[]): ReadonlyMap<string, Variable> {
  const all = running.flatMap((transform) => [...(transform.slots ?? [])]);
  const slots = new Map(all);
  if (slots.size === all.length) return slots;
  for (const [, slot] of all) slot.dispose();
  const twice = all.find(([name, slot]) => slots.get(name) !== slot)![0];
  throw new TenonError({
    subject: 'optimizer',
    expected: 'each kind of state once',
    got: `${twice} twice`,
    advice: 'Chain only one transform of a kind that keeps state.',
  });
}
