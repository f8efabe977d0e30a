// L layers, B batch, M places of the memory, T new tokens, C channels.
import {
  assertShape,
  assertWhole,
  everyRun,
  type RecurrentState,
  type StateDict,
  TenonError,
} from '@tenon/core';
import {
  cast,
  concat,
  fill,
  mul,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
  type Variable,
  variable,
  zeros,
} from '@tensorflow/tfjs-core';
import { MASKED } from './attention-masks.ts';
import { clearSlots, type Slots, slotsFromStateDict, slotsToStateDict } from './state-slots.ts';

export interface SegmentMemoryOptions {
  /** How many layers remember. */
  readonly layers: number;
  readonly batchSize: number;
  /** C */
  readonly size: number;
  /** The most tokens that are remembered: M. */
  readonly memoryLength: number;
  /**
   * Tokens that will come at most. Where they are fewer than `memoryLength`, only so many places are made and more
   * tokens are refused. @default Infinity
   */
  readonly capacity?: number;
}

/**
 * What each layer read in the segments before (Dai et al. 2019, section 3.2): hidden states of the last M tokens,
 * through which no gradient goes. Older ones are let go.
 *
 * All M places are there from the start, and a mask hides those that hold nothing yet: so all segments of a
 * length have the same shapes, and a recorded step, which changes the memory where it lies, serves them all.
 */
export class SegmentMemory implements RecurrentState {
  readonly layers: number;
  readonly batchSize: number;
  readonly size: number;
  readonly memoryLength: number;
  readonly capacity: number;
  /** How many places there are. */
  readonly places: number;
  readonly #read: readonly (Variable & Tensor3D)[];
  /** [B, M]: what is added to the score of a place, 0 where it holds a token. */
  readonly #mask: Variable & Tensor2D;
  #length = 0;

  constructor(options: SegmentMemoryOptions) {
    const { layers, batchSize, size, memoryLength, capacity = Number.POSITIVE_INFINITY } = options;
    assertWhole('segment memory batch size', batchSize);
    assertWhole('segment memory length', memoryLength);
    if (capacity !== Number.POSITIVE_INFINITY) assertWhole('segment memory capacity', capacity);
    this.layers = layers;
    this.batchSize = batchSize;
    this.size = size;
    this.memoryLength = memoryLength;
    this.capacity = capacity > memoryLength ? Number.POSITIVE_INFINITY : capacity;
    this.places = Math.min(memoryLength, capacity);
    const empty = [batchSize, this.places] as [number, number];
    const made = <T extends Tensor>(make: () => T): Variable & T =>
      tidy(() => variable(make(), false)) as Variable & T; // variable() forgets the rank
    this.#read = Array.from({ length: layers }, () =>
      made(() => zeros<Tensor3D['rankType']>([...empty, size])),
    );
    this.#mask = made(() => emptyMask(empty));
  }

  get length(): number {
    return this.#length;
  }

  /** @throws {TenonError} when so many more tokens are beyond the capacity. */
  assertRoom(tokens: number): void {
    if (this.#length + tokens <= this.capacity) return;
    throw new TenonError({
      subject: 'segment memory',
      expected: `at most ${this.capacity - this.#length} more tokens (${this.#length} of ${this.capacity} came)`,
      got: String(tokens),
      advice: 'Make the state with a larger capacity: initialState(batchSize, capacity).',
    });
  }

  /** What a layer remembers, [B, M, C], the latest last. It stays the memory's own. */
  read(layer: number): Tensor3D {
    return this.#read[layer]!;
  }

  /** [B, M]: 0 for places that hold a token, `MASKED` for the others. It stays the memory's own. */
  get mask(): Tensor2D {
    return this.#mask;
  }

  /**
   * Remembers a segment.
   *
   * @param layers what each layer read, [B, T, C]
   * @param mask [B, T]: 0 for tokens, `MASKED` for padding
   */
  remember(layers: readonly Tensor3D[], mask: Tensor2D): void {
    const [batch, time] = mask.shape;
    for (const [i, read] of layers.entries()) latest(this.#read[i]!, read);
    assertShape('mask of the segment', [batch], [this.batchSize], 'Pass a row for each sequence.');
    latest(this.#mask, mask);
    everyRun(() => {
      this.#length += time;
    });
  }

  /** `read.<layer>` [B, M, C], `mask` [B, M], and `length`. */
  stateDict(): StateDict {
    return slotsToStateDict(this.#slots, this.#length);
  }

  /** @throws {TenonError} about what does not fit; then nothing was changed. */
  loadStateDict(weights: StateDict): void {
    this.#length = slotsFromStateDict('segment memory', this.#slots, weights, this);
  }

  reset(): void {
    clearSlots(this.#slots);
    tidy(() => this.#mask.assign(emptyMask(this.#mask.shape)));
    everyRun(() => {
      this.#length = 0;
    });
  }

  get #slots(): Slots {
    const read = this.#read.map((one, i): [string, Variable] => [`read.${i}`, one]);
    return new Map([...read, ['mask', this.#mask]]);
  }

  dispose(): void {
    for (const one of [...this.#read, this.#mask]) if (!one.isDisposed) one.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

const emptyMask = (shape: [number, number]): Tensor2D => fill(shape, MASKED);

/** Appends to the second axis, and drops as much from its front. */
function latest<T extends Tensor2D | Tensor3D>(memory: Variable & T, news: T): void {
  const [batch, places, ...rest] = memory.shape as [number, number, ...number[]];
  const time = news.shape[1]!;
  const from = (x: Tensor, start: number): Tensor =>
    slice(x, [0, start, ...rest.map(() => 0)], [batch, x.shape[1]! - start, ...rest]);
  tidy(() => {
    memory.assign((time >= places ? from(news, time - places) : concat([from(memory, time), news], 1)) as T);
  });
}

/** int32 [B, T] with 1 = token and 0 = padding to what is added to the scores of these tokens, [B, T]. */
export function tokenMask(batch: number, time: number, attentionMask?: Tensor2D): Tensor2D {
  if (attentionMask === undefined) return zeros([batch, time]);
  return mul(sub(cast(attentionMask, 'float32'), 1), -MASKED);
}
