import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { valueName } from '../graph/build-model.ts';
import { orderMarkers } from '../graph/order-markers.ts';
import { type Schedule, schedule } from '../graph/schedule.ts';
import { planStages } from '../graph/stages.ts';
import {
  type HostArray,
  type HostMemory,
  type LazyValue,
  leaf,
  type Memory,
  newMemory,
  type Operation,
} from '../graph/value.ts';
import { hostArray, type MemoryType } from '../runtime/buffer-pool.ts';
import type { Executor } from '../runtime/executor.ts';
import { blaming, failure, hostFailure } from '../runtime/failure.ts';
import { hostInputs, runOnHost } from '../runtime/host-stage.ts';
import type { SynchronousSession } from '../runtime/runtime.ts';
import type { RuntimeTensor } from '../runtime/runtime-tensor.ts';
import { FrozenWeights } from './frozen-weights.ts';
import type { Recording, Source } from './record.ts';
import type { Look } from './replay-recorder.ts';

/** The place of a value among those of one replay. */
interface Slot {
  readonly number: number;
  readonly value: LazyValue;
  readonly source: Source | null;
  /** Whether a result or an assigned variable holds it after the replay. */
  lasts: boolean;
}

interface Binding {
  readonly name: string;
  /** With the shape under which the graph reads or writes it. */
  readonly value: LazyValue;
  readonly slot: Slot;
  /** Where it begins in the slot's memory. */
  readonly offset: number;
}

interface GraphStage {
  readonly kind: 'graph';
  readonly plan: Schedule;
  readonly session: SynchronousSession;
  readonly inputs: readonly Binding[];
  readonly outputs: readonly Slot[];
  /** What it computes to have them: an output, or a part of one. */
  readonly targets: readonly Binding[];
  /** Kept from replay to replay, as are the tensors whose memory is the same again. */
  readonly feeds: Record<string, RuntimeTensor>;
  readonly fetches: Record<string, RuntimeTensor | null>;
}

interface HostStage {
  readonly kind: 'host';
  readonly operation: Operation;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** For every input whether nothing reads it afterwards. */
  readonly free: readonly boolean[];
}

/** Up to so many bytes of values, the order in which a graph computes them does not matter for memory. */
const ANY_ORDER = 2 ** 24;

/** A recording, built: sessions, operations on the host between them, and where each finds its numbers. */
export class Program {
  readonly #backend: OnnxBackend;
  readonly #executor: Executor;
  readonly #recording: Recording;
  readonly #freeze: boolean;
  readonly #frozen = new FrozenWeights();
  readonly #slots: Slot[] = [];
  readonly #byMemory = new Map<Memory, Slot>();
  readonly #byValue = new Map<LazyValue, Slot>();
  readonly #stages: (GraphStage | HostStage)[] = [];
  readonly #results: readonly Slot[];
  readonly #effects: readonly {
    readonly variable: Variable;
    readonly slot: Slot;
    readonly value: LazyValue;
  }[];
  readonly #looks: readonly { readonly look: Look['look']; readonly slot: Slot }[];
  readonly #assigned: ReadonlySet<unknown>;

  /** @param freeze whether captured tensors that it does not assign to are built into the graphs */
  constructor(backend: OnnxBackend, recording: Recording, freeze: boolean) {
    this.#freeze = freeze;
    this.#backend = backend;
    this.#executor = backend.executor;
    this.#recording = recording;
    const { plan, sources, results, effects, looks } = recording;
    for (const [memory, source] of sources) {
      const value = leaf([], 'float32', memory);
      this.#byMemory.set(memory, this.#newSlot(value, source));
    }
    const outcomes = [...results, ...effects.map(({ value }) => value)];
    const looked = looks.map(({ value }) => value);
    const computed = new Set([...outcomes, ...looked].filter(({ storage }) => !storage));
    if (plan) this.#build(plan, computed);
    this.#results = results.map((value) => this.#slotOf(value));
    this.#effects = effects.map(({ variable, value }) => ({ variable, value, slot: this.#slotOf(value) }));
    for (const value of outcomes) this.#slotOf(value).lasts = true;
    this.#looks = looks.map(({ look, value }) => ({ look, slot: this.#slotOf(value) }));
    this.#assigned = new Set(effects.map(({ variable }) => variable));
  }

  /** Runs it: assigns to variables and gives the results' values. */
  run(args: readonly Memory[]): LazyValue[] {
    // What was recorded before this call reads the variables as they are before it.
    if (this.#effects.length > 0) this.#backend.flush();
    const memories = this.#sources(args);
    this.#executor.memories.pool.age();
    try {
      for (const { look, slot } of this.#looks) if (slot.source) look(memories[slot.number]!.array!);
      for (const stage of this.#stages) {
        if (stage.kind === 'graph') this.#runGraph(stage, memories);
        else this.#runOnHost(stage, memories, args);
        // At once: who looks may throw, and stages that follow may change parameters in place.
        for (const { look, slot } of this.#looks) {
          if (stage.outputs.includes(slot)) look(memories[slot.number]!.array!);
        }
      }
      return this.#finish(memories);
    } finally {
      this.#giveBack(memories);
    }
  }

  dispose(): void {
    for (const stage of this.#stages) if (stage.kind === 'graph') stage.session.dispose();
  }

  #newSlot(value: LazyValue, source: Source | null): Slot {
    const slot: Slot = { number: this.#slots.length, value, source, lasts: false };
    this.#slots.push(slot);
    return slot;
  }

  #slotOf(value: LazyValue): Slot {
    return this.#byValue.get(value) ?? this.#byMemory.get(value.storage!)!;
  }

  #build(plan: Schedule, outcomes: ReadonlySet<LazyValue>): void {
    const { stages, lastReader } = planStages(plan.operations, plan.outputs);
    for (const [number, stage] of stages.entries()) {
      if (stage.kind === 'graph') {
        this.#stages.push(this.#graphStage(schedule(stage.outputs, true)));
        this.#settle(stage.outputs);
        continue;
      }
      const { operation } = stage;
      const inputs = hostInputs(operation);
      this.#stages.push({
        kind: 'host',
        operation,
        inputs: inputs.map((input) => this.#slotOf(input)),
        outputs: operation.outputs.map((output) => this.#computedSlot(output)),
        free: inputs.map((input) => lastReader(input) === number && !outcomes.has(input)),
      });
      this.#settle(operation.outputs);
    }
  }

  /** What later stages see of values that are computed by then. */
  #settle(values: readonly LazyValue[]): void {
    for (const value of values) {
      value.settle(newMemory(null));
      this.#byMemory.set(value.storage!, this.#byValue.get(value)!);
    }
  }

  #computedSlot(value: LazyValue): Slot {
    const slot = this.#newSlot(value, null);
    this.#byValue.set(value, slot);
    return slot;
  }

  #graphStage(whole: Schedule): GraphStage {
    const sizes = whole.operations.flatMap(({ outputs }) => outputs.map(({ size }) => size));
    const plan = 4 * sizes.reduce((a, b) => a + b, 0) > ANY_ORDER ? whole : { ...whole, order: [] };
    const constants = [
      ...plan.leaves.map((input) => this.#builtIn(input)),
      ...plan.changeable.map(({ values }) => values),
    ];
    const session = this.#executor.build(plan, constants) as SynchronousSession;
    const inputs = plan.leaves
      .filter((_, index) => constants[index] === null)
      .map((value) => ({ name: valueName(value), value, slot: this.#slotOf(value), offset: value.offset }));
    const outputs = plan.outputs.map((output) => this.#computedSlot(output));
    const targets = plan.targets.map(({ value, output, offset }) => ({
      name: valueName(value),
      value,
      slot: outputs[output]!,
      offset,
    }));
    const fetches: Record<string, RuntimeTensor | null> = {};
    for (const { name, value, shape } of orderMarkers(plan.order)) {
      const memory = newMemory(hostArray(value.type as MemoryType, 1));
      fetches[name] = this.#executor.memories.tensor(leaf(shape, value.type, memory), memory);
    }
    return { kind: 'graph', plan, session, inputs, outputs, targets, feeds: {}, fetches };
  }

  /** What JavaScript wrote is part of the graph. */
  #builtIn(input: LazyValue): number | HostMemory['array'] | null {
    const source = input.storage && this.#recording.sources.get(input.storage);
    const { array } = input.storage ?? {};
    if (!source || array?.length !== input.size) return null;
    if (
      source.kind === 'captured' ? !this.#freezes(source.tensor, input.storage!) : source.kind !== 'constant'
    ) {
      return null;
    }
    return input.shape.length === 0 ? array[0]! : array;
  }

  /** Builds a captured tensor into the graphs, unless it is to change. */
  #freezes(tensor: Tensor, memory: Memory): boolean {
    if (!this.#freeze || this.#recording.effects.some(({ variable }) => variable === tensor)) return false;
    return this.#frozen.freeze(tensor, memory);
  }

  #captured(tensor: Tensor): Memory {
    if (tensor.isDisposed) throw disposed(tensor);
    const memory = this.#backend.memoryOf(tensor);
    this.#frozen.assertUnchanged(tensor, memory);
    return memory;
  }

  #sources(args: readonly Memory[]): (Memory | null)[] {
    return this.#slots.map(({ source, value }) => {
      switch (source?.kind) {
        case 'argument':
          return args[source.index]!;
        case 'captured':
          return this.#captured(source.tensor);
        case 'constant':
          return value.storage!;
        default:
          return null;
      }
    });
  }

  #runGraph(stage: GraphStage, memories: (Memory | null)[]): void {
    const { plan, session, inputs, outputs, targets, feeds, fetches } = stage;
    for (const binding of inputs) this.#bind(feeds, binding, memories);
    for (const { number, value } of outputs) {
      memories[number] = blaming(plan.operations[0]!, () =>
        this.#executor.memories.pool.take(value.type as MemoryType, value.size),
      );
    }
    for (const binding of targets) this.#bind(fetches, binding, memories);
    const { statistics } = this.#executor;
    const start = performance.now();
    try {
      session.run(feeds, fetches);
    } catch (error) {
      throw failure(error, plan).error;
    }
    statistics.runs++;
    statistics.cacheHits++;
    statistics.runMs += performance.now() - start;
  }

  /** Making a tensor of ONNX Runtime's takes as long as a small operator: one on the same memory serves again. */
  #bind(
    tensors: Record<string, RuntimeTensor | null>,
    { name, value, slot, offset }: Binding,
    memories: readonly (Memory | null)[],
  ): void {
    const memory = memories[slot.number]!;
    const bound = tensors[name]?.data as HostArray | undefined; // all of them are in this process's memory
    const { array } = memory;
    const same =
      bound?.buffer === array!.buffer &&
      bound.byteOffset === array!.byteOffset + offset * array!.BYTES_PER_ELEMENT;
    if (!same) tensors[name] = this.#executor.memories.tensor(value, memory, offset);
  }

  #runOnHost(
    { operation, inputs, outputs, free }: HostStage,
    memories: (Memory | null)[],
    args: readonly Memory[],
  ): void {
    const start = performance.now();
    const read = inputs.map((input) => memories[input.number] as HostMemory); // all of them are in this process's memory
    const replaceable = inputs.map((input, i) => free[i]! && this.#mayChange(input, read[i]!, args));
    let made: readonly HostMemory[];
    try {
      made = runOnHost(operation, read, replaceable, this.#executor.memories);
    } catch (error) {
      throw hostFailure(error, operation).error;
    }
    inputs.forEach(({ source, number }, i) => {
      if (!source && made.includes(read[i]!)) memories[number] = null;
    });
    outputs.forEach((output, index) => {
      memories[output.number] = made[index]!;
    });
    this.#executor.statistics.hostMs += performance.now() - start;
  }

  /** Whether a memory is nobody else's: that of a value computed here, or of a variable that gets another value. */
  #mayChange({ source, lasts }: Slot, memory: Memory, args: readonly Memory[]): boolean {
    if (lasts) return false;
    if (!source) return true;
    if (source.kind !== 'captured' || !this.#assigned.has(source.tensor)) return false;
    return this.#backend.isAlone(source.tensor) && !args.includes(memory);
  }

  #finish(memories: (Memory | null)[]): LazyValue[] {
    // All of them are held before the first variable lets go of what another one takes, or what is a result.
    const lasting = [...this.#effects.map(({ slot }) => slot), ...this.#results];
    for (const { number } of lasting) memories[number]!.holders++;
    for (const { variable, slot, value } of this.#effects) {
      const memory = memories[slot.number]!;
      if (this.#backend.memoryOf(variable) !== memory || variable.dtype !== value.type) {
        this.#backend.assign(variable, leaf(value.shape, value.type, memory));
      }
    }
    for (const { number } of lasting) memories[number]!.holders--;
    for (const action of this.#recording.actions) action();
    return this.#results.map((slot, index) => {
      const { shape, type } = this.#recording.results[index]!;
      return leaf(shape, type, memories[slot.number]!);
    });
  }

  /** Memory that no tensor took goes back; last lent first, so that the next replay finds it at the same places. */
  #giveBack(memories: readonly (Memory | null)[]): void {
    // A variable's memory in which something was computed in place was let go of when it got another value, or is still its own.
    const given = new Set(this.#slots.map(({ source, number }) => source && memories[number]));
    for (let i = this.#slots.length - 1; i >= 0; i--) {
      const { source, lasts, value } = this.#slots[i]!;
      const memory = memories[i];
      if (!source && !lasts && memory && !given.has(memory))
        this.#executor.memories.release(value, memory, false);
    }
  }
}

function disposed({ shape, dtype, id }: Tensor): Error {
  return new Error(
    `compile: expected the captured ${dtype} [${shape}] tensor (id ${id}) to live as long as the compiled function, got it disposed of. ` +
      'Keep it, pass it as an argument, or compile the function again.',
  );
}
