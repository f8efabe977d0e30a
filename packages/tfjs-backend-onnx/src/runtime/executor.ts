import { buildModel, literalName, operationName, valueName } from '../graph/build-model.ts';
import { type Constant, constantsOf, stillHold, unchanged } from '../graph/constants.ts';
import { LeastRecentlyUsed } from '../graph/least-recently-used.ts';
import { type OrderMarker, orderMarkers } from '../graph/order-markers.ts';
import { startOver } from '../graph/recorder.ts';
import { type Schedule, schedule } from '../graph/schedule.ts';
import { planStages } from '../graph/stages.ts';
import { threadsFor } from '../graph/threads.ts';
import type { HostArray, HostMemory, LazyValue, Memory, Operation } from '../graph/value.ts';
import { belongsOnCpu } from '../graph/webgpu-form.ts';
import type { OnnxBackendOptions } from '../options.ts';
import { hostArray, type MemoryType } from './buffer-pool.ts';
import { blaming, dependents, type Failure, failure, hostFailure } from './failure.ts';
import { expectFreeMemory } from './free-memory.ts';
import { writeGraphFile } from './graph-files.ts';
import { hostInputs, releaseUnheld, runOnHost } from './host-stage.ts';
import { Memories } from './memories.ts';
import type { Model, NamedTensors, Runtime, Session } from './runtime.ts';
import type { RuntimeTensor } from './runtime-tensor.ts';
import { finish, finishLater, type Steps, waitFor } from './steps.ts';
import { Tracing } from './tracing.ts';

interface CompiledGraph {
  readonly session: Session;
  /** For every leaf and every changeable literal what was built in, or null where it is an input. */
  readonly constants: readonly Constant[];
}

export interface ExecutorStatistics {
  /** Graphs run. */
  runs: number;
  /** Runs whose graph was in the cache. */
  cacheHits: number;
  /** Runs whose graph was not, or not with these built-in numbers. */
  cacheMisses: number;
  /** Sessions built: for a new structure, or because a built-in scalar changed. */
  sessionBuilds: number;
  /** Milliseconds in ONNX Runtime, computing. */
  runMs: number;
  /** Milliseconds in recorded operations that run on the host. */
  hostMs: number;
  /** Milliseconds spent building sessions. */
  buildMs: number;
}

/** Runs recorded graphs: finds or builds the session, feeds it, and gives its outputs memory from the pool. */
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
  readonly memories: Memories;
  #runtime: Runtime;
  readonly #cache: LeastRecentlyUsed<CompiledGraph>;
  /** While a profile is taken, with its own compiled graphs. */
  #profiling: { readonly cache: LeastRecentlyUsed<CompiledGraph>; readonly tracing: Tracing } | null = null;
  /** Counts calls of `run`: one may run several graphs, with host operations between them. */
  #calls = 0;
  /** Sessions of large graphs that keep the memory of what they compute on the way. */
  #largeWithMemory = 0;
  /** Whether an asynchronous run is on its way. */
  #running = false;
  #options: OnnxBackendOptions;

  constructor(runtime: Runtime, options: OnnxBackendOptions) {
    this.#runtime = runtime;
    this.memories = new Memories(runtime);
    this.#options = options;
    this.#cache = newCache(options);
  }

  get cachedSessions(): number {
    return this.#cache.size;
  }

  configure(options: OnnxBackendOptions): void {
    if (options.threads !== this.#options.threads) this.#cache.clear();
    this.#cache.resize(options.cachedSessions);
    this.#options = options;
  }

  /** Goes on with another runtime. */
  use(runtime: Runtime): void {
    this.memories.use(runtime, this.#options);
    this.#cache.clear();
    this.#runtime = runtime;
  }

  /**
   * Until `stopProfiling`, graphs are compiled anew and ONNX Runtime traces them in that folder, if there is one.
   * @throws where it does so already
   */
  startProfiling(folder: string | null): void {
    if (this.#profiling)
      throw new Error(
        'profile: expected one at a time, got a second one while the first is being taken. Await the first.',
      );
    const [cache, tracing] = [newCache(this.#options), new Tracing(folder)];
    tracing.atEnd(() => cache.clear());
    this.#profiling = { cache, tracing };
  }

  /** The traces are complete when this returns. */
  stopProfiling(): void {
    this.#profiling?.tracing.end();
    this.#profiling = null;
  }

  /** There while a profile is taken. */
  get tracing(): Tracing | null {
    return this.#profiling?.tracing ?? null;
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
    this.#cache.clear();
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
    const graph = yield* this.#compiled(plan, onDevice, kind === 'device' ? markers : []);
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

  /** Builds a session of a schedule for whoever runs it, and disposes of it, himself; on a synchronous runtime. */
  build(plan: Schedule, constants: readonly (Constant | HostArray)[]): Session {
    return finish(this.#newSession(plan, constants, {}));
  }

  /** @param more what else its model has than the graph */
  *#newSession(
    plan: Schedule,
    constants: readonly (Constant | HostArray)[],
    more: Partial<Model>,
  ): Steps<Session> {
    const start = performance.now();
    expectMemoryFor(plan);
    const bytes = buildModel(plan, constants, this.#runtime.provider);
    writeGraphFile(bytes, plan);
    const outputBytes = 4 * plan.outputs.reduce((sum, { size }) => sum + size, 0);
    const tracePrefix = this.tracing?.next() ?? null;
    const large = isLarge(plan);
    const keepsMemory = !large || this.#largeWithMemory < LARGE_WITH_MEMORY;
    const model = { bytes, onDevice: [], onCpu: [], outputBytes, keepsMemory, tracePrefix, ...more };
    const options = { ...this.#options, threads: threadsFor(plan, this.#options.threads) };
    const session = yield* waitFor<Session>(this.#runtime.build(model, options));
    this.statistics.sessionBuilds++;
    this.statistics.buildMs += performance.now() - start;
    if (!large || !keepsMemory) return session;
    this.#largeWithMemory++;
    const dispose = (): void => {
      this.#largeWithMemory--;
      session.dispose();
    };
    return { ...session, dispose };
  }

  /** @param markers what stays on the device as well, being read by nobody */
  *#compiled(
    plan: Schedule,
    outputsOnDevice: readonly string[],
    markers: readonly OrderMarker[],
  ): Steps<CompiledGraph> {
    const signature = outputsOnDevice.length > 0 ? `${plan.signature}/${outputsOnDevice}` : plan.signature;
    const cache = this.#profiling?.cache ?? this.#cache;
    const known = cache.get(signature);
    const current = constantsOf(plan);
    if (known && stillHold(known.constants, current)) {
      this.statistics.cacheHits++;
      return known;
    }
    this.statistics.cacheMisses++;
    // A number that turned out to change is an input from now on.
    const constants = known ? unchanged(known.constants, current) : current;
    const { provider } = this.#runtime;
    const session = yield* this.#newSession(plan, constants, {
      onDevice: [...outputsOnDevice, ...markers.map(({ name }) => name)],
      onCpu: provider === 'webgpu' ? plan.operations.filter(belongsOnCpu).map(operationName) : [],
    });
    const graph: CompiledGraph = { session, constants };
    cache.set(signature, graph);
    return graph;
  }
}

function newCache({ cachedSessions }: OnnxBackendOptions): LeastRecentlyUsed<CompiledGraph> {
  return new LeastRecentlyUsed(cachedSessions, ({ session }) => session.dispose());
}

function notComputed(values: readonly LazyValue[]): LazyValue[] {
  return values.filter(({ storage }) => !storage);
}

/** A training step and an evaluation are faster with memory of their own; a graph for each length of a text would have too much. */
const LARGE_WITH_MEMORY = 2;

/** From 64 MB on, all values of the graph together. */
const LARGE_GRAPH = 2 ** 24;

function isLarge({ operations }: Schedule): boolean {
  const sizes = operations.flatMap(({ outputs }) => outputs.map(({ size }) => size));
  return sizes.reduce((sum, size) => sum + size, 0) >= LARGE_GRAPH;
}

/** Looks whether the largest value in a graph fits into memory; what else is there at the same time nobody knows. */
function expectMemoryFor({ operations }: Schedule): void {
  let largest = operations[0]!.outputs[0]!;
  for (const { outputs } of operations) {
    for (const output of outputs) if (output.size > largest.size) largest = output;
  }
  blaming(largest.operation!, () => expectFreeMemory(4 * largest.size, () => {}));
}
