import type { Guard, ReplayGuard } from './graph/guard.ts';
import { recordedCount } from './graph/recorder.ts';
import type { HostArray, LazyValue } from './graph/value.ts';
import { notComputed, throwFailure } from './not-computed.ts';
import type { OnnxBackendOptions } from './options.ts';
import type { Executor } from './runtime/executor.ts';
import { releaseUnheld } from './runtime/host-stage.ts';
import { finish, finishLater } from './runtime/steps.ts';

/** The values that tensors hold: when they are computed, and what becomes of their memory when no tensor holds it any more. */
export class LiveValues {
  readonly #executor: Executor;
  /** Those that no run has computed yet, in the order in which they were recorded. */
  readonly #pending = new Set<LazyValue>();
  /** The run of an asynchronous runtime that is on its way. */
  #flight: Promise<void> | null = null;
  /** Whether a microtask is queued that runs what is pending. */
  #pauseAwaited = false;
  /** There while a function is recorded for export or for replays, when nothing runs. */
  #guard: Guard | null = null;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** Those that no run has computed yet. */
  get pending(): ReadonlySet<LazyValue> {
    return this.#pending;
  }

  get guard(): Guard | null {
    return this.#guard;
  }

  /** There while what is recorded is to be replayed. */
  get replay(): ReplayGuard | null {
    return this.#guard?.replay ?? null;
  }

  /** Runs `body`, which records for later: nothing is computed, and no memory is lent anew that a recording may read. */
  recordUnder<T>(guard: Guard, body: () => T): T {
    this.#guard = guard;
    try {
      return body();
    } finally {
      this.#guard = null;
      releaseUnheld(guard.released, (...memory) => this.#executor.release(...memory, false));
    }
  }

  /** A tensor takes the value, which is to be computed if it is not yet. */
  hold(value: LazyValue): void {
    value.hold();
    if (!value.storage) this.#expect(value);
  }

  /** A tensor lets go of the value. */
  release(value: LazyValue): void {
    value.release();
    if (!value.storage) {
      if (value.holders === 0) this.#pending.delete(value);
    } else if (value.storage.holders === 0) {
      if (this.#guard) this.#guard.released.push(value);
      else this.#executor.release(value, value.storage, this.#pending.size > 0);
    }
  }

  /** Computes all of them, in one graph; on an asynchronous runtime only waiting for them does. */
  flush(): void {
    if (!this.#executor.synchronous || this.#guard) return;
    const outputs = [...this.#pending];
    this.#pending.clear();
    this.#executor.run(outputs);
  }

  /** Values are recorded without end if nobody reads (losses collected in a list, say): runs what has piled up. */
  flushIfLong({ pendingOperations, pendingBytes }: OnnxBackendOptions): void {
    if (this.#guard) return;
    if (recordedCount() <= pendingOperations && this.#executor.memories.releasedBytes <= pendingBytes) return;
    this.#start();
  }

  /**
   * A value's numbers, computed now if they were not yet.
   * @throws where they cannot be computed, or are still to come from an asynchronous runtime
   */
  numbers(value: LazyValue): HostArray {
    if (this.replay) this.#guard!.assertKnown(value);
    if (!value.storage) {
      if (!this.#executor.synchronous) throw notComputed(value, this.#executor.description);
      if (this.#guard) {
        this.#guard.assertKnown(value);
        this.#pending.delete(value);
        this.#executor.run([value]);
        if (value.storage) this.replay?.wrote(value.storage);
      } else if (!value.operation!.failure) {
        this.#pending.add(value);
        this.flush();
      }
      throwFailure(value);
    }
    const storage = value.storage!;
    if (!storage.array) {
      if (!this.#executor.synchronous) throw notComputed(value, this.#executor.description);
      finish(this.#executor.download(storage));
    }
    return storage.array!;
  }

  /** Waits until a value's numbers are in this process's memory. */
  async computed(value: LazyValue): Promise<void> {
    while (!value.storage) {
      throwFailure(value);
      if (!this.#flight) this.#pending.add(value);
      await (this.#flight ?? this.#launch());
    }
    const { storage } = value;
    while (!storage.array) {
      if (this.#flight)
        await this.#flight.catch(() => {}); // whoever waits for that one is told
      else await this.#fly(() => finishLater(this.#executor.download(storage)));
    }
  }

  /** Waits until all of them are computed. */
  async allComputed(): Promise<void> {
    this.flush();
    while (this.#flight || this.#pending.size > 0) await (this.#flight ?? this.#launch());
  }

  dispose(): void {
    this.#pending.clear();
  }

  /**
   * Notes a value to be computed. What is recorded until the caller awaits something runs there: so a loop that
   * awaits but reads nothing (model.fit of tfjs-layers) runs one graph a step, the same each time, and not one of as
   * many steps as pass until someone reads.
   */
  #expect(value: LazyValue): void {
    this.#pending.add(value);
    if (this.#pauseAwaited) return;
    this.#pauseAwaited = true;
    queueMicrotask(() => {
      this.#pauseAwaited = false;
      if (this.#pending.size > 0 && !this.#guard) this.#start();
    });
  }

  /** Runs what is pending, or has it run. */
  #start(): void {
    if (this.#executor.synchronous) this.flush();
    // Where it fails, the tensors stay to be computed, and reading them says so.
    else if (!this.#flight) this.#launch().catch(() => {});
  }

  /** Starts a run of all that is pending; none may be on its way. */
  #launch(): Promise<void> {
    // A value that was on its way when a second tensor took it is there by now.
    const outputs = [...this.#pending].filter(({ storage }) => !storage);
    this.#pending.clear();
    return this.#fly(async () => {
      try {
        await this.#executor.runAsynchronously(outputs);
      } catch (error) {
        for (const output of outputs) if (output.holders > 0) this.#pending.add(output);
        throw error;
      }
    });
  }

  /** One thing at a time: ONNX Runtime for browsers refuses a second. */
  #fly(work: () => Promise<void>): Promise<void> {
    this.#flight = work().finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }
}
