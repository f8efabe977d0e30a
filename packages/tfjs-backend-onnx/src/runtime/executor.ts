import { literalName, valueName } from '../graph/build-model.ts';
import { orderMarkers } from '../graph/order-markers.ts';
import { startOver } from '../graph/recorder.ts';
import { type Schedule, schedule } from '../graph/schedule.ts';
import { planStages } from '../graph/stages.ts';
import type { HostMemory, LazyValue, Memory, Operation } from '../graph/value.ts';
import type { OnnxBackendOptions } from '../options.ts';
import { hostArray, type MemoryType } from './buffer-pool.ts';
import { type CompilationStatistics, CompiledGraphs } from './compiled-graphs.ts';
import { blaming, dependents, type Failure, failure, hostFailure } from './failure.ts';
import { hostInputs, releaseUnheld, runOnHost } from './host-stage.ts';
import { Memories } from './memories.ts';
import type { NamedTensors, Runtime } from './runtime.ts';
import type { RuntimeTensor } from './runtime-tensor.ts';
import { finish, finishLater, type Steps, waitFor } from './steps.ts';

export interface ExecutorStatistics extends CompilationStatistics {
  /** Graphs run. */
  runs: number;
  /** Milliseconds in ONNX Runtime, computing. */
  runMs: number;
  /** Milliseconds in recorded operations that run on the host. */
  hostMs: number;
}

/** Runs recorded graphs: feeds their sessions, does what is to be done on the host between them, and gives its outputs memory from the pool. */
export class Executor {
  readonly statistics: ExecutorStatistics = {
    runs: 0,
    cacheHits: 0,
    cacheMisses: 0,
    sessionBuilds: 0,
    runMs: 0,
    hostMs: 0,
    buildMs: 0,
  };
  readonly graphs: CompiledGraphs;
  readonly memories: Memories;
  #runtime: Runtime;
  #options: OnnxBackendOptions;
  /** Counts calls of `run`: one may run several graphs, with host operations between them. */
  #calls = 0;
  /** Whether an asynchronous run is on its way. */
  #running = false;

  constructor(runtime: Runtime, options: OnnxBackendOptions) {
    this.#runtime = runtime;
    this.memories = new Memories(runtime);
    this.graphs = new CompiledGraphs(runtime, options, this.statistics);
    this.#options = options;
  }

  /** Whether runs are done when they return. */
  get synchronous(): boolean {
    return this.#runtime.synchronous;
  }

  /** What computes, in a few words for people. */
  get description(): string {
    return this.#runtime.description;
  }

  configure(options: OnnxBackendOptions): void {
    this.graphs.configure(options);
    this.#options = options;
  }

  /** Goes on with another runtime. */
  use(runtime: Runtime): void {
    this.memories.use(runtime, this.#options);
    this.graphs.use(runtime);
    this.#runtime = runtime;
  }

  /** Takes back memory that no tensor holds any more; `awaited` where the next run may still read it. */
  release(value: LazyValue, storage: Memory, awaited: boolean): void {
    // What is recorded while a run is on its way may read it in the next one: this one keeps it as if it read it too.
    if (this.#running) storage.lastRead = this.#calls;
    this.memories.release(value, storage, awaited || this.#running);
  }

  /**
   * Computes `outputs`, in one graph where no host operation stands between; one that cannot be computed has its
   * `failure` instead of numbers. Everything recorded so far that they do not depend on is forgotten.
   */
  run(outputs: readonly LazyValue[]): void {
    finish(this.#steps(outputs));
  }

  /** The same on an asynchronous runtime; the next one may start when this one is done. */
  async runAsynchronously(outputs: readonly LazyValue[]): Promise<void> {
    this.#running = true;
    try {
      await finishLater(this.#steps(outputs));
    } finally {
      this.#running = false;
    }
  }

  /** Copies numbers that are on a device alone into this process's memory. */
  download(storage: Memory): Steps<void> {
    return this.memories.download(storage, this.#options);
  }

  dispose(): void {
    this.graphs.dispose();
    this.memories.dispose();
  }

  /** Whether graphs read and write this process's memory. */
  get #inMemory(): boolean {
    return this.#runtime.outputs === 'filled';
  }

  /** What a run does on either kind of runtime: each step gives what an asynchronous one has to wait for. */
  *#steps(outputs: readonly LazyValue[]): Steps<void> {
    if (outputs.length === 0) {
      startOver();
      if (!this.#running) this.memories.reclaim();
      return;
    }
    // What is recorded while this runs belongs to the next graph.
    startOver();
    this.#calls++;
    const parts = [outputs];
    for (let part = parts.pop(); part; part = parts.pop()) parts.push(...(yield* this.#compute(part)));
    // What was recorded while this ran may read what was released meanwhile.
    if (!this.#running) this.memories.reclaim();
  }

  /**
   * Computes outputs together. Where that fails, the operation at fault and the outputs that need it are marked as
   * failed, and what can be computed without it is given back, to be computed next.
   */
  *#compute(outputs: readonly LazyValue[]): Steps<LazyValue[][]> {
    const plan = schedule(outputs, this.#inMemory);
    let culprit = plan.operations.find((operation) => operation.failure);
    if (!culprit) {
      const failed = yield* this.#attempt(plan);
      if (!failed) return [];
      if (!failed.operation && outputs.length > 1) {
        const left = notComputed(outputs);
        const half = left.length >> 1;
        return [left.slice(0, half), left.slice(half)].filter(({ length }) => length > 0);
      }
      culprit = failed.operation ?? outputs[0]!.operation!;
      culprit.failure = failed.error;
    }
    const { dependent, independent } = dependents(culprit, plan);
    for (const output of dependent) output.operation!.failure ??= culprit.failure;
    const left = notComputed(independent);
    return left.length > 0 ? [left] : [];
  }

  /** Runs graphs and host operations; gives back why they could not be, or null. */
  *#attempt(plan: Schedule): Steps<Failure | null> {
    if (plan.operations.some(({ host }) => host)) return yield* this.#attemptStages(plan);
    const failed = yield* this.#attemptGraph(plan);
    // Disposed of while it was computed.
    if (!failed && this.#running) releaseUnheld(plan.outputs, (...memory) => this.release(...memory, true));
    return failed;
  }

  *#attemptStages({ operations, outputs, leaves }: Schedule): Steps<Failure | null> {
    for (const leaf of leaves) leaf.storage!.lastRead = this.#calls;
    this.memories.reclaim(this.#calls);
    const { stages, lastReader } = planStages(operations, outputs);
    const computed: LazyValue[] = [];
    let failed: Failure | null = null;
    for (const [number, stage] of stages.entries()) {
      if (stage.kind === 'graph') {
        failed = yield* this.#attemptGraph(schedule(stage.outputs, this.#inMemory));
        if (!failed) computed.push(...stage.outputs);
      } else {
        failed = yield* this.#attemptOnHost(stage.operation, (input) => lastReader(input) === number);
        if (!failed) computed.push(...stage.operation.outputs);
      }
      if (failed) break;
      // The stages that follow may read it.
      for (const { storage } of computed) storage!.lastRead = this.#calls;
    }
    releaseUnheld(computed, (...memory) => this.release(...memory, true));
    return failed;
  }

  *#attemptOnHost(operation: Operation, isLastReader: (input: LazyValue) => boolean): Steps<Failure | null> {
    const start = performance.now();
    try {
      const inputs = hostInputs(operation);
      for (const { storage } of inputs) if (!storage!.array) yield* this.download(storage!);
      const replaceable = inputs.map((input) => input.storage!.holders === 0 && isLastReader(input));
      const read = inputs.map(({ storage }) => storage as HostMemory); // it is on the host by now
      const made = runOnHost(operation, read, replaceable, this.memories);
      operation.outputs.forEach((output, index) => {
        output.settle(made[index]!);
      });
    } catch (error) {
      return hostFailure(error, operation);
    }
    this.statistics.hostMs += performance.now() - start;
    return null;
  }

  /** Runs a graph without host operations; gives back why it could not be, or null. */
  *#attemptGraph(plan: Schedule): Steps<Failure | null> {
    const { outputs } = plan;
    // What the whole run reads is marked by its first attempt, and stays for those that follow.
    const run = this.#calls;
    const storages: (Memory | null)[] = [];
    let results: NamedTensors;
    try {
      yield* this.memories.uploadLasting(plan.leaves, this.#options);
      for (const leaf of plan.leaves) leaf.storage!.lastRead = run;
      this.memories.reclaim(run);
      this.memories.pool.age();
      results = yield* this.#run(plan, storages);
    } catch (error) {
      outputs.forEach((output, index) => {
        if (storages[index]) this.memories.release(output, storages[index], false);
      });
      return failure(error, plan);
    }
    outputs.forEach((output, index) => {
      const storage = storages[index] ?? this.memories.received(results[valueName(output)]!);
      output.settle(storage);
    });
    return null;
  }

  /** Runs a graph; the memory for its outputs, where it is ours, comes from the pool and is added to `storages`. */
  *#run(plan: Schedule, storages: (Memory | null)[]): Steps<NamedTensors> {
    const { outputs } = plan;
    this.statistics.runs++;
    const kind = this.#runtime.outputs;
    const markers = orderMarkers(plan.order);
    const onDevice = outputs.filter((output) => this.memories.staysOnDevice(output)).map(valueName);
    const graph = yield* this.graphs.find(plan, onDevice, kind === 'device' ? markers : []);
    const feeds: Record<string, RuntimeTensor> = {};
    plan.leaves.forEach((leaf, index) => {
      if (graph.constants[index] !== null) return;
      feeds[valueName(leaf)] = this.memories.tensor(leaf, leaf.storage!, leaf.offset);
    });
    plan.changeable.forEach(({ type, dims, values }, index) => {
      if (graph.constants[plan.leaves.length + index] !== null) return;
      // changeable() makes no others.
      const kept = type as 'float32' | 'int32';
      const numbers = hostArray(kept, typeof values === 'number' ? [values] : values);
      feeds[literalName(index)] = this.#runtime.tensor(kept, numbers, dims);
    });
    for (const output of outputs) {
      storages.push(blaming(output.operation!, () => this.memories.forOutput(output)));
    }
    const fetches: Record<string, RuntimeTensor | null> = {};
    for (const { value, output, offset } of plan.targets) {
      const storage = storages[output];
      fetches[valueName(value)] = storage ? this.memories.tensor(value, storage, offset) : null;
    }
    for (const { name, value, shape } of markers) {
      const type = value.type as MemoryType;
      fetches[name] = kind === 'filled' ? this.#runtime.tensor(type, hostArray(type, 1), shape) : null;
    }

    const start = performance.now();
    const results = yield* waitFor<NamedTensors>(graph.session.run(feeds, fetches));
    this.statistics.runMs += performance.now() - start;
    if (kind === 'device') for (const { name } of markers) results[name]!.dispose();
    return results;
  }
}

function notComputed(values: readonly LazyValue[]): LazyValue[] {
  return values.filter(({ storage }) => !storage);
}
