import type { StepEvent, TrainerCallback } from '@tenon/trainers';
import type { StepResult } from '../trainer.ts';

/** Lets a run make one update each time it is asked for one. */
export class Turns implements TrainerCallback {
  #go: (() => void) | undefined;
  #done: ((event: StepEvent) => void) | undefined;
  #waits: (() => void) | undefined;

  onStepBegin(): Promise<void> {
    return new Promise((resolve) => {
      this.#go = resolve;
      this.#waits?.();
    });
  }

  onStepEnd(event: StepEvent): void {
    this.#done?.(event);
  }

  /** Until the run stands before an update. */
  waiting(): Promise<void> {
    return this.#go ? Promise.resolve() : new Promise((resolve) => (this.#waits = resolve));
  }

  /** One update, and how long it took from the examples to the weights. */
  async next(): Promise<StepResult> {
    await this.waiting();
    const go = this.#go!;
    this.#go = undefined;
    const done = new Promise<StepEvent>((resolve) => (this.#done = resolve));
    const start = performance.now();
    go();
    const { loss } = await done;
    return { milliseconds: performance.now() - start, loss };
  }
}
