import { assertStateDict, countFromStored, type StateDict, tensorFromStored } from '@tenon/core';
import type { Variable } from '@tensorflow/tfjs-core';

/** How many updates and how many calls an optimiser has behind it; they differ under `accumulate`. */
export interface Counters {
  readonly step: number;
  readonly calls: number;
}

/**
 * Sets the variables from a state dict and gives its counters.
 *
 * @throws {StateDictError} naming every missing, unexpected and mis-shaped entry; then nothing was changed.
 * @throws {TenonError} when a counter is not a whole number of at least 0.
 */
export function loadState(slots: ReadonlyMap<string, Variable>, weights: StateDict): Counters {
  const expected = new Map<string, { readonly shape: readonly number[] }>(slots);
  for (const name of ['step', 'calls']) expected.set(name, { shape: [] });
  assertStateDict(expected, weights, 'optimizer state');

  const counter = (name: string): number => countFromStored(`optimizer state: ${name}`, weights.get(name)!);
  const counters = { step: counter('step'), calls: counter('calls') };
  for (const [name, slot] of slots) {
    const values = tensorFromStored(weights.get(name)!);
    slot.assign(values);
    values.dispose();
  }
  return counters;
}
