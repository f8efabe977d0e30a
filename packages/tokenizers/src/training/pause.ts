/** Work between two breaths, in milliseconds: short enough for a progress bar and an abort to feel immediate. */
const WORK = 50;

/** Lets a long synchronous job give way to timers and events now and then, and stop when it is told to. */
export class Pause {
  readonly #signal: AbortSignal | undefined;
  #until = performance.now() + WORK;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.throwIfAborted();
  }

  get due(): boolean {
    return performance.now() >= this.#until;
  }

  /** @throws the signal's reason, once it is aborted */
  async take(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#signal?.throwIfAborted();
    this.#until = performance.now() + WORK;
  }
}
