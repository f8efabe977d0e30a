import { type LazyValue, leaf, type Memory, newMemory } from '../graph/value.ts';
import type { Source } from './record.ts';

/** The place of a value among those of one replay. */
export interface Slot {
  readonly number: number;
  readonly value: LazyValue;
  readonly source: Source | null;
  /** Whether a result or an assigned variable holds it after the replay. */
  lasts: boolean;
}

/** Gives every value of a recording its place. */
export class Slots {
  readonly all: Slot[] = [];
  readonly #byMemory = new Map<Memory, Slot>();
  readonly #byValue = new Map<LazyValue, Slot>();

  /** @param sources where the recording's leaves come from: they have the first places */
  constructor(sources: ReadonlyMap<Memory, Source>) {
    for (const [memory, source] of sources) {
      this.#byMemory.set(memory, this.#add(leaf([], 'float32', memory), source));
    }
  }

  of(value: LazyValue): Slot {
    return this.#byValue.get(value) ?? this.#byMemory.get(value.storage!)!;
  }

  /** A place for what a stage computes. */
  addComputed(value: LazyValue): Slot {
    const slot = this.#add(value, null);
    this.#byValue.set(value, slot);
    return slot;
  }

  /** What later stages see of values that are computed by then. */
  settle(values: readonly LazyValue[]): void {
    for (const value of values) {
      value.settle(newMemory(null));
      this.#byMemory.set(value.storage!, this.#byValue.get(value)!);
    }
  }

  #add(value: LazyValue, source: Source | null): Slot {
    const slot: Slot = { number: this.all.length, value, source, lasts: false };
    this.all.push(slot);
    return slot;
  }
}
