// B batch, H heads, S slots, T new tokens, D head size.

import {
  assertShape,
  assertWhole,
  type RecurrentState,
  type StateDict,
  storedTensor,
  TenonError,
  writeRows,
} from '@tenon/core';
import {
  concat,
  keep,
  slice,
  type Tensor2D,
  type Tensor4D,
  tensor4d,
  tidy,
  type Variable,
  variable,
  zeros,
} from '@tensorflow/tfjs-core';
import type { AttentionSource } from './attention.ts';
import { MASKED } from './attention-masks.ts';
import { clearSlots, type Slots, slotsFromStateDict, slotsToStateDict } from './state-slots.ts';

export interface KeyValueCacheOptions {
  readonly layers: number;
  readonly batchSize: number;
  readonly heads: number;
  readonly headSize: number;
  /** Tokens it has room for. */
  readonly capacity: number;
}

export interface KeysAndValues {
  /** [B, H, S, D] */
  readonly keys: Tensor4D;
  readonly values: Tensor4D;
}

/** What one layer remembers. */
interface Layer {
  /** [B, H, S, D] */
  readonly keys: Variable & Tensor4D;
  readonly values: Variable & Tensor4D;
  /** The last pass's rows [B, H, T, D], not yet among the slots. */
  fresh: KeysAndValues | undefined;
}

/**
 * The keys and values of the tokens seen so far, so that the next ones need not compute them again.
 *
 * No shape depends on how many tokens there are, so that a recorded graph serves every step. For the same
 * reason new rows wait until the next pass before they go into their slots: then they have been computed
 * along with what the caller read, and writing them is a copy in place.
 *
 * A model calls `advance` at the start of a pass, then for each layer `sources` and `store`.
 */
export class KeyValueCache implements RecurrentState {
  readonly batchSize: number;
  readonly heads: number;
  readonly headSize: number;
  readonly capacity: number;
  readonly #layers: readonly Layer[];
  /** [B, S], 1 where a slot holds a token that may be attended to. */
  readonly #valid: Uint8Array;
  #written = 0;
  #length = 0;

  constructor(options: KeyValueCacheOptions) {
    const { layers, batchSize, heads, headSize, capacity } = options;
    assertWhole('key/value cache batch size', batchSize);
    assertWhole('key/value cache capacity', capacity);
    this.batchSize = batchSize;
    this.heads = heads;
    this.headSize = headSize;
    this.capacity = capacity;
    this.#valid = new Uint8Array(batchSize * capacity);
    const slots = (): Variable & Tensor4D =>
      tidy(() => variable(zeros([batchSize, heads, capacity, headSize]), false)) as Variable & Tensor4D;
    this.#layers = Array.from({ length: layers }, () => ({
      keys: slots(),
      values: slots(),
      fresh: undefined,
    }));
  }

  /** @throws {TenonError} when a state is something other than a key/value cache. */
  static from(state: RecurrentState | undefined): KeyValueCache | undefined {
    if (state === undefined || state instanceof KeyValueCache) return state;
    throw new TenonError({
      subject: 'state',
      expected: 'a key/value cache',
      got: state.constructor.name,
      advice: "Make it by the model's own initialState.",
    });
  }

  get length(): number {
    return this.#length;
  }

  get layers(): number {
    return this.#layers.length;
  }

  /**
   * Makes room for T new tokens, and writes those of the pass before into their slots.
   *
   * @param attentionMask int32 [B, T] for the new tokens: padding (0) is never attended to later. It is read.
   * @returns the mask of the slots [B, 1, 1, S] to add to scores, or nothing while all are empty.
   * @throws {TenonError} when they do not fit.
   */
  advance(tokens: number, attentionMask?: Tensor2D): Tensor4D | undefined {
    if (this.#length + tokens > this.capacity) {
      throw new TenonError({
        subject: 'key/value cache',
        expected: `at most ${this.capacity - this.#length} more tokens (${this.#length} of ${this.capacity} slots are taken)`,
        got: String(tokens),
        advice: 'Make the state with a larger capacity: initialState(batchSize, capacity).',
      });
    }
    if (attentionMask !== undefined) {
      const advice = 'Pass the mask of the new tokens only; the cache remembers those before.';
      assertShape('attention mask', attentionMask.shape, [this.batchSize, tokens], advice);
    }
    const given = attentionMask?.dataSync();
    this.#write();
    const mask = this.#written === 0 ? undefined : this.#slotMask();
    for (let row = 0; row < this.batchSize; row++) {
      for (let i = 0; i < tokens; i++) {
        this.#valid[row * this.capacity + this.#length + i] = given?.[row * tokens + i] ?? 1;
      }
    }
    this.#length += tokens;
    return mask;
  }

  /** What a layer remembers from before this pass, given the mask from `advance`: one source, or none. */
  sources(layer: number, mask: Tensor4D | undefined): readonly AttentionSource[] {
    if (mask === undefined) return [];
    const { keys, values } = this.#layers[layer]!;
    return [{ keys, values, mask }];
  }

  /** Keeps a layer's new rows [B, H, T, D] for the next pass. */
  store(layer: number, keys: Tensor4D, values: Tensor4D): void {
    this.#layers[layer]!.fresh = { keys: keep(keys), values: keep(values) };
  }

  /** A layer's keys and values so far, [B, H, length, D] each. They belong to the caller. */
  read(layer: number): KeysAndValues {
    const { keys, values, fresh } = this.#layers[layer]!;
    const soFar = (slots: Tensor4D, rows: Tensor4D | undefined): Tensor4D =>
      tidy(() => {
        const [batch, heads, , size] = slots.shape;
        const written = slice(slots, [0, 0, 0, 0], [batch, heads, this.#written, size]);
        return rows === undefined ? written : concat([written, rows], 2);
      });
    return { keys: soFar(keys, fresh?.keys), values: soFar(values, fresh?.values) };
  }

  /** `<layer>.keys` and `<layer>.values` [B, H, S, D], `valid` int32 [B, S], 1 = a token, and `length`. */
  stateDict(): StateDict {
    this.#write();
    const valid = storedTensor(Int32Array.from(this.#valid), [this.batchSize, this.capacity]);
    return slotsToStateDict(this.#slots, this.#length).set('valid', valid);
  }

  /** @throws {TenonError} about what does not fit; then nothing was changed. */
  loadStateDict(weights: StateDict): void {
    const { capacity, batchSize } = this;
    const also = new Map([['valid', { shape: [batchSize, capacity] }]]);
    this.#length = slotsFromStateDict('key/value cache', this.#slots, weights, { also, capacity });
    this.#valid.set(weights.get('valid')!.read());
    this.#forgetFresh();
    this.#written = this.#length;
  }

  reset(): void {
    clearSlots(this.#slots);
    this.#valid.fill(0);
    this.#forgetFresh();
    this.#written = this.#length = 0;
  }

  dispose(): void {
    this.#forgetFresh();
    for (const layer of this.#layers) {
      if (layer.keys.isDisposed) continue;
      layer.keys.dispose();
      layer.values.dispose();
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  get #slots(): Slots {
    return new Map(
      this.#layers.flatMap(({ keys, values }, i) => [
        [`${i}.keys`, keys],
        [`${i}.values`, values],
      ]),
    );
  }

  #forgetFresh(): void {
    for (const layer of this.#layers) {
      layer.fresh?.keys.dispose();
      layer.fresh?.values.dispose();
      layer.fresh = undefined;
    }
  }

  #write(): void {
    for (const layer of this.#layers) {
      if (layer.fresh === undefined) continue;
      writeRows(layer.keys, layer.fresh.keys, this.#written);
      writeRows(layer.values, layer.fresh.values, this.#written);
    }
    this.#forgetFresh();
    this.#written = this.#length;
  }

  #slotMask(): Tensor4D {
    const values = Float32Array.from(this.#valid, (valid) => (valid === 1 ? 0 : MASKED));
    return tensor4d(values, [this.batchSize, 1, 1, this.capacity]);
  }
}
