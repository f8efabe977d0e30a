// B rows, P output, H cells.

import { assertWhole, everyRun, type RecurrentState, type StateDict, TenonError } from '@tenon/core';
import { concat, slice, type Tensor2D, tidy, type Variable, variable, zeros } from '@tensorflow/tfjs-core';
import type { LSTMCarry } from './lstm.ts';
import { clearSlots, type Slots, slotsFromStateDict, slotsToStateDict } from './state-slots.ts';

export interface LSTMStateOptions {
  /** The most rows of a batch. */
  readonly batchSize: number;
  /** The LSTMs whose place it keeps, in order. */
  readonly lstms: readonly { readonly outputSize: number; readonly cellSize: number }[];
}

interface Place {
  readonly output: Variable & Tensor2D;
  readonly cells: Variable & Tensor2D;
}

/**
 * Where the LSTMs of a model stand, from one batch to the next and row by row. A smaller batch moves its own rows
 * and leaves the others. Gradients do not go back into the batch before.
 */
export class LSTMState implements RecurrentState {
  readonly batchSize: number;
  readonly capacity: number = Number.POSITIVE_INFINITY;
  readonly #places: readonly Place[];
  #length = 0;

  constructor({ batchSize, lstms }: LSTMStateOptions) {
    assertWhole('LSTM state batch size', batchSize);
    this.batchSize = batchSize;
    const start = (size: number): Variable & Tensor2D =>
      tidy(() => variable(zeros([batchSize, size]), false)) as Variable & Tensor2D;
    this.#places = lstms.map(({ outputSize, cellSize }) => ({
      output: start(outputSize),
      cells: start(cellSize),
    }));
  }

  /** @throws {TenonError} when a state is something other than that of LSTMs. */
  static from(state: RecurrentState | undefined): LSTMState | undefined {
    if (state === undefined || state instanceof LSTMState) return state;
    throw new TenonError({
      subject: 'state',
      expected: 'an LSTM state',
      got: state.constructor.name,
      advice: "Make it by the model's own initialState.",
    });
  }

  /** Steps that it was moved by. */
  get length(): number {
    return this.#length;
  }

  /** Where each LSTM stands in the first `batch` rows. @throws {TenonError} when there are not so many. */
  carries(batch: number): LSTMCarry[] {
    if (batch > this.batchSize) {
      throw new TenonError({
        subject: 'state',
        expected: `at most its ${this.batchSize} rows`,
        got: `a batch of ${batch}`,
        advice: 'Make it for the largest batch: initialState(batchSize, capacity).',
      });
    }
    const rows = (all: Tensor2D): Tensor2D => slice(all, 0, batch);
    return this.#places.map(({ output, cells }) => ({ output: rows(output), cells: rows(cells) }));
  }

  /** Moves the rows that the carries have. */
  advance(steps: number, carries: readonly LSTMCarry[]): void {
    for (const [i, place] of this.#places.entries()) {
      move(place.output, carries[i]!.output);
      move(place.cells, carries[i]!.cells);
    }
    everyRun(() => {
      this.#length += steps;
    });
  }

  /** `<LSTM>.output` [B, P] and `<LSTM>.cells` [B, H], and `length`. */
  stateDict(): StateDict {
    return slotsToStateDict(this.#slots, this.#length);
  }

  /** @throws {TenonError} about what does not fit; then nothing was changed. */
  loadStateDict(weights: StateDict): void {
    this.#length = slotsFromStateDict('LSTM state', this.#slots, weights, this);
  }

  reset(): void {
    clearSlots(this.#slots);
    everyRun(() => {
      this.#length = 0;
    });
  }

  get #slots(): Slots {
    return new Map(
      this.#places.flatMap(({ output, cells }, i) => [
        [`${i}.output`, output],
        [`${i}.cells`, cells],
      ]),
    );
  }

  dispose(): void {
    for (const place of this.#places) {
      if (place.output.isDisposed) continue;
      place.output.dispose();
      place.cells.dispose();
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function move(all: Variable & Tensor2D, rows: Tensor2D): void {
  const [batch] = rows.shape;
  tidy(() => all.assign(batch === all.shape[0] ? rows : concat([rows, slice(all, batch)])));
}
