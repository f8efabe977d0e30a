import { buildModel, valueName } from '../graph/build-model.ts';
import { LeastRecentlyUsed } from '../graph/least-recently-used.ts';
import { orderMarkers } from '../graph/order-markers.ts';
import { startOver } from '../graph/recorder.ts';
import { type Schedule, schedule } from '../graph/schedule.ts';
import { type HostMemory, isOnHost, type LazyValue, type Memory } from '../graph/value.ts';
import type { OnnxBackendOptions } from '../options.ts';
import { BufferPool, type HostType, hostArray } from './buffer-pool.ts';
import { blaming, dependents, type Failure, failure } from './failure.ts';
import { expectFreeMemory } from './free-memory.ts';
import type { Fetches, NamedTensors, Runtime, RuntimeTensor, Session } from './runtime.ts';

interface CompiledGraph {
  readonly session: Session;
  /** For every leaf the number that was built in, or null where it is an input. */
  readonly constants: readonly (number | null)[];
}

export interface ExecutorStatistics {
  /** Graphs run. */
  runs: number;
  /** Runs whose graph was in the cache. */
  cacheHits: number;
  /** Sessions built: for a new structure, or because a built-in scalar changed. */
  sessionBuilds: number;
  /** Milliseconds in ONNX Runtime, computing. */
  runMs: number;
  /** Milliseconds spent building sessions. */
  buildMs: number;
}

interface Released {
  readonly type: HostType;
  readonly storage: HostMemory;
}

/** A computation with pauses; what a pause gives is awaited on an asynchronous runtime. */
type Steps<Result> = Generator<unknown, Result, unknown>;

/** Pauses for a result that may be a promise. */
function* waitFor<T>(result: T | Promise<T>): Steps<T> {
  // Whoever drives the steps gives back what the promise came to, or the result itself.
  return (yield result) as T;
}

/** An idle buffer is kept this many runs: a training step and what happens between two steps take fewer. */
const KEPT_RUNS = 8;

/** Runs recorded graphs: finds or builds the session, feeds it, and gives its outputs memory from the pool. */
export class Executor {
  readonly statistics: ExecutorStatistics = { runs: 0, cacheHits: 0, sessionBuilds: 0, runMs: 0, buildMs: 0 };
  readonly pool: BufferPool = new BufferPool(KEPT_RUNS);
  readonly #runtime: Runtime;
  readonly #cache: LeastRecentlyUsed<CompiledGraph>;
  /** Storages that lost their last holder; a recorded operation may still want to read them. */
  #released: Released[] = [];
  #releasedBytes = 0;
  /** Whether an asynchronous run is on its way. */
  #running = false;
  #options: OnnxBackendOptions;

  constructor(runtime: Runtime, options: OnnxBackendOptions) {
    this.#runtime = runtime;
    this.#options = options;
    this.#cache = new LeastRecentlyUsed(options.cachedSessions, ({ session }) => session.dispose());
  }

  get cachedSessions(): number {
    return this.#cache.size;
  }

  configure(options: OnnxBackendOptions): void {
    if (options.threads !== this.#options.threads) this.#cache.clear();
    this.#cache.resize(options.cachedSessions);
    this.#options = options;
  }

  /** Memory without a holder that waits for the next run, which may still read it. */
  get releasedBytes(): number {
    return this.#releasedBytes;
  }

  /** Takes back memory that no tensor holds any more; `awaited` where the next run may still read it. */
  release(type: HostType, storage: Memory, awaited: boolean): void {
    if (!storage.pooled || !isOnHost(storage)) return;
    if (!awaited && !this.#running) this.pool.give(type, storage);
    else {
      this.#released.push({ type, storage });
      this.#releasedBytes += storage.array.byteLength;
    }
  }

  /**
   * Computes `outputs` in one graph; one that cannot be computed has its `failure` instead of numbers. Everything recorded so far that they do not depend on is forgotten.
   */
  run(outputs: readonly LazyValue[]): void {
    const steps = this.#steps(outputs);
    let step = steps.next();
    while (!step.done) step = steps.next(step.value);
  }

  /** The same on an asynchronous runtime; the next one may start when this one is done. */
  async runAsynchronously(outputs: readonly LazyValue[]): Promise<void> {
    const steps = this.#steps(outputs);
    this.#running = true;
    try {
      let step = steps.next();
      while (!step.done) {
        let result: unknown;
        try {
          result = await step.value;
        } catch (error) {
          step = steps.throw(error);
          continue;
        }
        step = steps.next(result);
      }
    } finally {
      this.#running = false;
    }
  }

  dispose(): void {
    this.#cache.clear();
    this.pool.clear();
    this.#released = [];
    this.#releasedBytes = 0;
  }

  /** What a run does on either kind of runtime: each step gives what an asynchronous one has to wait for. */
  *#steps(outputs: readonly LazyValue[]): Steps<void> {
    if (outputs.length === 0) {
      startOver();
      if (!this.#running) this.#reclaim();
      return;
    }
    // What is recorded while this runs belongs to the next graph.
    startOver();
    this.statistics.runs++;
    const parts = [outputs];
    for (let part = parts.pop(); part; part = parts.pop()) parts.push(...(yield* this.#compute(part)));
    // What was recorded while this ran may read what was released meanwhile.
    if (!this.#running) this.#reclaim();
  }

  /**
   * Computes outputs in one graph. Where that fails, the operation at fault and the outputs that need it are marked as
   * failed, and what can be computed without it is given back, to be computed next.
   */
  *#compute(outputs: readonly LazyValue[]): Steps<LazyValue[][]> {
    const plan = schedule(outputs);
    let culprit = plan.operations.find((operation) => operation.failure);
    if (!culprit) {
      const failed = yield* this.#attempt(plan);
      if (!failed) return [];
      if (!failed.operation && outputs.length > 1) {
        const half = outputs.length >> 1;
        return [outputs.slice(0, half), outputs.slice(half)];
      }
      culprit = failed.operation ?? outputs[0]!.operation!;
      culprit.failure = failed.error;
    }
    const { dependent, independent } = dependents(culprit, plan);
    for (const output of dependent) output.operation!.failure ??= culprit.failure;
    return independent.length > 0 ? [independent] : [];
  }

  /** Runs a graph; gives back why it could not be, or null. */
  *#attempt(plan: Schedule): Steps<Failure | null> {
    const { outputs } = plan;
    // What the whole run reads is marked by its first attempt, and stays for those that follow.
    const run = this.statistics.runs;
    for (const leaf of plan.leaves) leaf.storage!.lastRead = run;
    this.#reclaim(run);
    this.pool.age();

    const storages: HostMemory[] = [];
    try {
      yield* this.#run(plan, storages);
    } catch (error) {
      storages.forEach((storage, index) => {
        this.pool.give(outputs[index]!.type as HostType, storage);
      });
      return failure(error, plan);
    }
    outputs.forEach((output, index) => {
      output.settle(storages[index]!);
      // Disposed of while it was computed.
      if (this.#running && output.holders === 0)
        this.release(output.type as HostType, storages[index]!, true);
    });
    return null;
  }

  /** Runs a graph into memory from the pool, which it adds to `storages`, one for each output. */
  *#run(plan: Schedule, storages: HostMemory[]): Steps<void> {
    const { outputs } = plan;
    const graph = yield* this.#compiled(plan);
    const feeds: NamedTensors = {};
    plan.leaves.forEach((leaf, index) => {
      if (graph.constants[index] === null) feeds[valueName(leaf)] = this.#tensor(leaf, leaf.storage!);
    });
    for (const output of outputs) {
      storages.push(blaming(output.operation!, () => this.pool.take(output.type as HostType, output.size)));
    }
    const fetches: Fetches = {};
    outputs.forEach((output, index) => {
      fetches[valueName(output)] = this.#tensor(output, storages[index]!);
    });
    for (const { name, output, shape } of orderMarkers(outputs)) {
      const type = output.type as HostType;
      fetches[name] = this.#runtime.tensor(type, hostArray(type, 1), shape);
    }

    const start = performance.now();
    yield* waitFor(graph.session.run(feeds, fetches));
    this.statistics.runMs += performance.now() - start;
  }

  /** Returns dead storages to the pool, except those that the given run is about to read. */
  #reclaim(exceptRun?: number): void {
    const kept: Released[] = [];
    this.#releasedBytes = 0;
    for (const entry of this.#released) {
      if (entry.storage.holders > 0) continue;
      if (entry.storage.lastRead === exceptRun) {
        kept.push(entry);
        this.#releasedBytes += entry.storage.array.byteLength;
      } else this.pool.give(entry.type, entry.storage);
    }
    this.#released = kept;
  }

  *#compiled(plan: Schedule): Steps<CompiledGraph> {
    const known = this.#cache.get(plan.signature);
    const current = plan.leaves.map((leaf) => (leaf.isConstant ? leaf.storage!.array![0]! : null));
    if (known?.constants.every((built, index) => built === null || Object.is(built, current[index]))) {
      this.statistics.cacheHits++;
      return known;
    }
    // A scalar that turned out to change is an input from now on.
    const constants = known
      ? known.constants.map((built, index) => (Object.is(built, current[index]) ? built : null))
      : current;
    const start = performance.now();
    expectMemoryFor(plan);
    const model = buildModel(plan, constants);
    const session = yield* waitFor<Session>(this.#runtime.build(model, this.#options));
    const graph: CompiledGraph = { session, constants };
    this.#cache.set(plan.signature, graph);
    this.statistics.sessionBuilds++;
    this.statistics.buildMs += performance.now() - start;
    return graph;
  }

  #tensor(value: LazyValue, storage: Memory): RuntimeTensor {
    return this.#runtime.tensor(value.type as HostType, storage.array!, value.shape);
  }
}

/** Looks whether the largest value in a graph fits into memory; what else is there at the same time nobody knows. */
function expectMemoryFor({ operations }: Schedule): void {
  let largest = operations[0]!.outputs[0]!;
  for (const { outputs } of operations) {
    for (const output of outputs) if (output.size > largest.size) largest = output;
  }
  blaming(largest.operation!, () => expectFreeMemory(4 * largest.size, () => {}));
}
