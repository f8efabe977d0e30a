import { buildModel, operationName } from '../graph/build-model.ts';
import { type Constant, constantsOf, stillHold, unchanged } from '../graph/constants.ts';
import { LeastRecentlyUsed } from '../graph/least-recently-used.ts';
import type { OrderMarker } from '../graph/order-markers.ts';
import { numbersIn, type Schedule } from '../graph/schedule.ts';
import { threadsFor } from '../graph/threads.ts';
import type { HostArray } from '../graph/value.ts';
import { belongsOnCpu } from '../graph/webgpu-form.ts';
import type { OnnxBackendOptions } from '../options.ts';
import { blaming } from './failure.ts';
import { expectFreeMemory } from './free-memory.ts';
import { writeGraphFile } from './graph-files.ts';
import type { Model, Runtime, Session } from './runtime.ts';
import { finish, type Steps, waitFor } from './steps.ts';
import { Tracing } from './tracing.ts';

/** A schedule whose session is built. */
interface CompiledGraph {
  readonly session: Session;
  /** For every leaf and every changeable literal what was built in, or null where it is an input. */
  readonly constants: readonly Constant[];
}

/** The part of an executor's statistics that is about finding and building sessions. */
export interface CompilationStatistics {
  /** Runs whose graph was in the cache. */
  cacheHits: number;
  /** Runs whose graph was not, or not with these built-in numbers. */
  cacheMisses: number;
  /** Sessions built: for a new structure, or because a built-in scalar changed. */
  sessionBuilds: number;
  /** Milliseconds spent building sessions. */
  buildMs: number;
}

/** The sessions of recorded graphs: finds one by the graph's structure, or builds it. */
export class CompiledGraphs {
  readonly #statistics: CompilationStatistics;
  readonly #cache: LeastRecentlyUsed<CompiledGraph>;
  /** While a profile is taken, with its own compiled graphs. */
  #profiling: { readonly cache: LeastRecentlyUsed<CompiledGraph>; readonly tracing: Tracing } | null = null;
  /** Sessions of large graphs that keep the memory of what they compute on the way. */
  #largeWithMemory = 0;
  #runtime: Runtime;
  #options: OnnxBackendOptions;

  /** @param statistics to be counted in */
  constructor(runtime: Runtime, options: OnnxBackendOptions, statistics: CompilationStatistics) {
    this.#runtime = runtime;
    this.#options = options;
    this.#statistics = statistics;
    this.#cache = newCache(options);
  }

  get size(): number {
    return this.#cache.size;
  }

  configure(options: OnnxBackendOptions): void {
    if (options.threads !== this.#options.threads) this.#cache.clear();
    this.#cache.resize(options.cachedSessions);
    this.#options = options;
  }

  /** Goes on with another runtime. */
  use(runtime: Runtime): void {
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

  /**
   * The compiled form of a schedule, and what is built into it.
   * @param outputsOnDevice the outputs that stay there to be computed with
   * @param markers what stays on the device as well, being read by nobody
   */
  *find(
    plan: Schedule,
    outputsOnDevice: readonly string[],
    markers: readonly OrderMarker[],
  ): Steps<CompiledGraph> {
    const signature = outputsOnDevice.length > 0 ? `${plan.signature}/${outputsOnDevice}` : plan.signature;
    const cache = this.#profiling?.cache ?? this.#cache;
    const known = cache.get(signature);
    const current = constantsOf(plan);
    if (known && stillHold(known.constants, current)) {
      this.#statistics.cacheHits++;
      return known;
    }
    this.#statistics.cacheMisses++;
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

  /** Builds a session of a schedule for whoever runs it, and disposes of it, himself; on a synchronous runtime. */
  build(plan: Schedule, constants: readonly (Constant | HostArray)[]): Session {
    return finish(this.#newSession(plan, constants, {}));
  }

  dispose(): void {
    this.#cache.clear();
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
    const large = numbersIn(plan) >= LARGE_GRAPH;
    const keepsMemory = !large || this.#largeWithMemory < LARGE_WITH_MEMORY;
    const model = { bytes, onDevice: [], onCpu: [], outputBytes, keepsMemory, tracePrefix, ...more };
    const options = { ...this.#options, threads: threadsFor(plan, this.#options.threads) };
    const session = yield* waitFor<Session>(this.#runtime.build(model, options));
    this.#statistics.sessionBuilds++;
    this.#statistics.buildMs += performance.now() - start;
    if (!large || !keepsMemory) return session;
    this.#largeWithMemory++;
    const dispose = (): void => {
      this.#largeWithMemory--;
      session.dispose();
    };
    return { ...session, dispose };
  }
}

function newCache({ cachedSessions }: OnnxBackendOptions): LeastRecentlyUsed<CompiledGraph> {
  return new LeastRecentlyUsed(cachedSessions, ({ session }) => session.dispose());
}

/** A training step and an evaluation are faster with memory of their own; a graph for each length of a text would have too much. */
const LARGE_WITH_MEMORY = 2;

/** From so many numbers on (64 MB), all values of the graph together. */
const LARGE_GRAPH = 2 ** 24;

/** Looks whether the largest value in a graph fits into memory; what else is there at the same time nobody knows. */
function expectMemoryFor({ operations }: Schedule): void {
  let largest = operations[0]!.outputs[0]!;
  for (const { outputs } of operations) {
    for (const output of outputs) if (output.size > largest.size) largest = output;
  }
  blaming(largest.operation!, () => expectFreeMemory(4 * largest.size, () => {}));
}
