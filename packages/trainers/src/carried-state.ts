import type { RecurrentState, StateDict } from '@tenon/core';

export interface StateOptions<Batch> {
  /**
   * Makes the empty state of a model that goes on from batch to batch: `(batch) => model.initialState(rows, capacity)`.
   * It is carried along, saved with the checkpoints, and emptied where `batch.continues` is `false`. An update that
   * is made of several batches takes them as consecutive segments.
   * @default each batch stands for itself
   */
  readonly state?: (batch: Batch) => RecurrentState;
}

/** The state that a run carries from batch to batch: made at the first, emptied where a new stream begins. */
export class CarriedState<Batch> {
  readonly #make: ((batch: Batch) => RecurrentState) | undefined;
  #state: RecurrentState | undefined;
  /** What a checkpoint says it was, until there is a batch to make it for. */
  #restored: StateDict | undefined;

  constructor(make: ((batch: Batch) => RecurrentState) | undefined) {
    this.#make = make;
  }

  /** What to put into the context of a batch. */
  before(batch: Batch): { readonly state?: RecurrentState } {
    if (this.#make === undefined) return {};
    this.#state ??= this.#make(batch);
    if (this.#restored !== undefined) this.#state.loadStateDict(this.#restored);
    this.#restored = undefined;
    if ((batch as { readonly continues?: boolean }).continues === false) this.#state.reset();
    return { state: this.#state };
  }

  /** Empty where nothing is carried. */
  stateDict(): StateDict {
    return this.#state?.stateDict() ?? this.#restored ?? new Map();
  }

  /** @param weights has to outlive the file that it comes from. */
  loadStateDict(weights: StateDict): void {
    this.#restored = weights.size === 0 ? undefined : weights;
  }

  [Symbol.dispose](): void {
    this.#state?.dispose();
  }
}
