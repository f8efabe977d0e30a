// How a recurrent state is written down: its variables by name, and how many tokens it has seen.

import {
  assertStateDict,
  countFromStored,
  type StateDict,
  storedCopy,
  storedTensor,
  TenonError,
  tensorFromStored,
} from '@tenon/core';
import { tidy, type Variable, zerosLike } from '@tensorflow/tfjs-core';

export type Slots = ReadonlyMap<string, Variable>;

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** What the slots hold now, and the length. */
export function slotsToStateDict(slots: Slots, length: number): StateDict {
  return new Map([
    ...[...slots].map(([name, slot]) => [name, storedCopy(slot)] as const),
    ['length', storedTensor(Int32Array.of(length), [])],
  ]);
}

export interface LoadSlotsOptions {
  /** The longest length. */
  readonly capacity: number;
  /** What the state dict must have beside the slots; left to the caller. */
  readonly also?: Shapes;
}

/**
 * Sets the slots.
 *
 * @param subject of the errors.
 * @returns the length.
 * @throws {TenonError} about what does not fit; then nothing was changed.
 */
export function slotsFromStateDict(
  subject: string,
  slots: Slots,
  weights: StateDict,
  { capacity, also = new Map() }: LoadSlotsOptions,
): number {
  const expected: Shapes = new Map([...slots, ...also, ['length', { shape: [] }]]);
  assertStateDict(expected, weights, subject);
  const length = countFromStored(`${subject}: length`, weights.get('length')!);
  if (length > capacity) {
    throw new TenonError({
      subject: `${subject}: length`,
      expected: `at most its capacity of ${capacity}`,
      got: String(length),
      advice: 'Load what stateDict() gave.',
    });
  }
  for (const [name, slot] of slots) tidy(() => slot.assign(tensorFromStored(weights.get(name)!)));
  return length;
}

/** Zeros in every slot. */
export function clearSlots(slots: Slots): void {
  for (const slot of slots.values()) tidy(() => slot.assign(zerosLike(slot)));
}
