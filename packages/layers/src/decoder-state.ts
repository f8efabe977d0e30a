import { type RecurrentState, TenonError } from '@tenon/core';
import { keep } from '@tensorflow/tfjs-core';
import type { KeysAndValues, KeyValueCache } from './key-value-cache.ts';

/**
 * What an encoder–decoder's decoder remembers: the target's keys and values so far, and the source's, which are made
 * once.
 */
export class DecoderState implements RecurrentState {
  readonly cache: KeyValueCache;
  readonly #sources: KeysAndValues[] = [];

  constructor(cache: KeyValueCache) {
    this.cache = cache;
  }

  /** @throws {TenonError} when a state is something else. */
  static from(state: RecurrentState | undefined): DecoderState | undefined {
    if (state === undefined || state instanceof DecoderState) return state;
    throw new TenonError({
      subject: 'state',
      expected: "a decoder's",
      got: state.constructor.name,
      advice: "Make it by the model's own initialState.",
    });
  }

  get length(): number {
    return this.cache.length;
  }

  get capacity(): number {
    return this.cache.capacity;
  }

  get batchSize(): number {
    return this.cache.batchSize;
  }

  /** A layer's keys and values of the source: `make` is called the first time only. */
  source(layer: number, make: () => KeysAndValues): KeysAndValues {
    const known = this.#sources[layer];
    if (known !== undefined) return known;
    const { keys, values } = make();
    const made = { keys: keep(keys), values: keep(values) };
    this.#sources[layer] = made;
    return made;
  }

  dispose(): void {
    this.cache.dispose();
    for (const { keys, values } of this.#sources.splice(0)) {
      keys.dispose();
      values.dispose();
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
