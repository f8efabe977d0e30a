import { engine, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { startOver } from '../graph/recorder.ts';
import { type Schedule, schedule } from '../graph/schedule.ts';
import { type LazyValue, leaf, type Memory, newMemory } from '../graph/value.ts';
import { type HostType, hostArray } from '../runtime/buffer-pool.ts';
import { type Look, ReplayRecorder } from './replay-recorder.ts';
import { flatten, type TreeShape, unflatten } from './tree.ts';

/** Where a recorded function finds numbers at each call. */
export type Source =
  | { readonly kind: 'argument'; readonly index: number }
  | { readonly kind: 'captured'; readonly tensor: Tensor }
  /** Written by JavaScript inside of the function: the same at every call. */
  | { readonly kind: 'constant' };

/** A variable that the function assigns to, and what. */
interface Effect {
  readonly variable: Variable;
  readonly value: LazyValue;
}

/** A function, recorded and not run. */
export interface Recording {
  /** Null where it computes nothing. */
  readonly plan: Schedule | null;
  /** By the memory of leaves; a leaf among the results is in here too. */
  readonly sources: ReadonlyMap<Memory, Source>;
  readonly results: readonly LazyValue[];
  readonly resultShape: TreeShape;
  readonly effects: readonly Effect[];
  /** Whether it made variables, as an optimiser of tfjs does in its first step. */
  readonly madeVariables: boolean;
  readonly looks: readonly Look[];
  readonly actions: readonly (() => void)[];
}

export type AnyFunction = (...args: never[]) => unknown;

/** Records `fn` on placeholders for these arguments; variables that it assigns to keep their values. */
export function recordFunction(
  backend: OnnxBackend,
  fn: AnyFunction,
  shape: TreeShape,
  args: readonly Tensor[],
): Recording {
  tellApart(backend);
  backend.flush();
  // An operation found again would stand at another place.
  startOver();
  const placeholders = args.map(({ shape, dtype }) => leaf([...shape], dtype as HostType, newMemory(null)));
  const recorder = new ReplayRecorder(
    backend,
    new Set(placeholders.map(({ storage }) => storage!)),
    Object.values(engine().registeredVariables),
  );
  return backend.recordUnder(recorder, () => {
    const variables = new WatchedVariables(backend);
    let [results, resultShape, effects]: [LazyValue[], TreeShape, Effect[]] = [[], null, []];
    try {
      tidy(() => {
        const given = placeholders.map((value) => engine().makeTensorFromTensorInfo(backend.adopt(value)));
        const call = fn as (...args: unknown[]) => unknown;
        const returned = call(...(unflatten(shape, given) as unknown[]));
        if (returned instanceof Promise) throw new Error(ASYNC);
        const tensors: Tensor[] = [];
        resultShape = flatten(returned, 'what the function returns', tensors);
        recorder.sees(tensors);
        results = tensors.map((tensor) => backend.value(tensor));
        effects = variables.effects();
        recorder.sees(effects.map(({ variable }) => variable));
      });
    } finally {
      variables.restore();
    }
    const kept = [...backend.pendingValues].find(
      (value) => !effects.some((effect) => effect.value === value),
    );
    if (kept) throw keeps(kept);

    const { actions, looks } = recorder;
    const values = [...results, ...effects.map(({ value }) => value), ...looks.map(({ value }) => value)];
    const pending = [...new Set(values)].filter(({ storage }) => !storage);
    const plan = pending.length > 0 ? schedule(pending) : null;
    const sources = new Map<Memory, Source>();
    for (const { storage } of [...(plan?.leaves ?? []), ...values]) {
      if (!storage || sources.has(storage)) continue;
      const index = placeholders.findIndex((placeholder) => placeholder.storage === storage);
      const tensor = recorder.captured.get(storage);
      if (index >= 0) sources.set(storage, { kind: 'argument', index });
      else if (tensor) sources.set(storage, { kind: 'captured', tensor });
      else {
        storage.holders++; // the recording's own, until it is discarded
        sources.set(storage, { kind: 'constant' });
      }
    }
    const madeVariables = variables.made;
    return { plan, sources, results, resultShape, effects, madeVariables, looks, actions };
  });
}

/**
 * Variables that began as one tensor (a moving average of weights, a target network) share their data with it, and with
 * one another, until one is assigned. Each gets its own, so that the recorder can tell which of them is read.
 */
function tellApart(backend: OnnxBackend): void {
  for (const variable of Object.values(engine().registeredVariables)) {
    const { shape, dtype, dataId } = variable;
    if (backend.refCount(dataId) < 2 || dtype === 'string' || dtype === 'complex64') continue;
    const copy = backend.executor.memories.pool.copy(dtype, backend.numbers(variable));
    backend.assign(variable, leaf([...shape], dtype, copy));
  }
}

/** Lets go of the numbers that a recording holds. */
export function discard(recording: Recording): void {
  for (const [memory, { kind }] of recording.sources) if (kind === 'constant') memory.holders--;
}

const ASYNC =
  'compile: expected a function that returns tensors, got a promise. It cannot be async: nothing is computed while it is recorded.';

function keeps(value: LazyValue): Error {
  const error = new Error(
    `compile: expected the function to leave no tensor behind but what it returns, got a kept ${value.type} [${value.shape}] tensor ` +
      `made by the tfjs kernel ${value.operation?.kernel}. Return it: a replay gives each caller new tensors.`,
  );
  if (value.operation) value.operation.failure = error;
  return error;
}

/** All variables there are, and what a function does to them. */
class WatchedVariables {
  readonly #backend: OnnxBackend;
  readonly #before = new Map<Variable, object>();
  made = false;

  constructor(backend: OnnxBackend) {
    this.#backend = backend;
    for (const variable of Object.values(engine().registeredVariables)) {
      this.#before.set(variable, variable.dataId);
      // Assigning to the variable does not free its value.
      if (backend.refCount(variable.dataId) > 0) backend.incRef(variable.dataId);
    }
  }

  effects(): Effect[] {
    const effects: Effect[] = [];
    for (const variable of Object.values(engine().registeredVariables)) {
      const before = this.#before.get(variable);
      if (before === variable.dataId) continue;
      effects.push({ variable, value: this.#backend.value(variable) });
      if (before !== undefined) continue;
      // Until the first replay gives it its value.
      this.made = true;
      const nothing = newMemory(hostArray(variable.dtype as HostType, variable.size));
      this.#backend.assign(variable, leaf(variable.shape, variable.dtype as HostType, nothing));
    }
    const gone = [...this.#before.keys()].find(({ isDisposed }) => isDisposed);
    if (gone) {
      throw new Error(
        `compile: expected the function to dispose of nothing that it did not make, got the variable ${gone.name} disposed of. ` +
          'Dispose of it outside.',
      );
    }
    return effects;
  }

  /** Gives every variable the value back that it had before the recording. */
  restore(): void {
    for (const [variable, dataId] of this.#before) {
      if (this.#backend.refCount(dataId) === 0) continue;
      if (variable.dataId === dataId || variable.isDisposed) this.#backend.disposeData(dataId);
      else {
        const { shape, dtype } = variable;
        const old = engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
        variable.assign(old);
        old.dispose();
      }
    }
  }
}
