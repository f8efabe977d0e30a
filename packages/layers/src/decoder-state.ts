import {
  assertStateDict,
  type RecurrentState,
  type StateDict,
  storedCopy,
  TenonError,
  tensorFromStored,
} from '@tenon/core';
import { keep, type Tensor4D } from '@tensorflow/tfjs-core';
import type { KeysAndValues, KeyValueCache } from './key-value-cache.ts';

/** How the names of the source's entries begin in a state dict. */
const SOURCE = 'source.';

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

  /** What the cache's is, and where there is a source, `source.<layer>.keys` and `source.<layer>.values` [B, H, S, D]. */
  stateDict(): StateDict {
    const all = this.cache.stateDict();
    for (const [i, { keys, values }] of this.#sources.entries()) {
      all.set(`${SOURCE}${i}.keys`, storedCopy(keys));
      all.set(`${SOURCE}${i}.values`, storedCopy(values));
    }
    return all;
  }

  /** @throws {TenonError} about what does not fit; then nothing was changed. */
  loadStateDict(weights: StateDict): void {
    const isSource = ([name]: readonly [string, unknown]): boolean => name.startsWith(SOURCE);
    const sources: StateDict = new Map([...weights].filter(isSource));
    if (sources.size > 0) assertStateDict(this.#sourceShapes(sources), sources, "a decoder's state");
    this.cache.loadStateDict(new Map([...weights].filter((entry) => !isSource(entry))));

    this.#forgetSource();
    for (let i = 0; i < sources.size / 2; i++) {
      const made = (kind: string): Tensor4D =>
        keep(tensorFromStored(sources.get(`${SOURCE}${i}.${kind}`)!) as Tensor4D); // the shape was checked
      this.#sources[i] = { keys: made('keys'), values: made('values') };
    }
  }

  /** Forgets the source, too. */
  reset(): void {
    this.cache.reset();
    this.#forgetSource();
  }

  dispose(): void {
    this.cache.dispose();
    this.#forgetSource();
  }

  /** Keys and values for every layer, all of a source as long as the first one's. */
  #sourceShapes(sources: StateDict): Map<string, { readonly shape: readonly number[] }> {
    const { batchSize, heads, headSize, layers } = this.cache;
    const [first] = sources.values();
    const shape = [batchSize, heads, first!.shape[2] ?? 1, headSize];
    return new Map(
      Array.from({ length: layers }, (_, i) => ['keys', 'values'].map((kind) => `${SOURCE}${i}.${kind}`))
        .flat()
        .map((name) => [name, { shape }]),
    );
  }

  #forgetSource(): void {
    for (const { keys, values } of this.#sources.splice(0)) {
      keys.dispose();
      values.dispose();
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
