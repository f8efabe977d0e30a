import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { type HostArray, type HostMemory, type LazyValue, leaf, type Memory } from '../graph/value.ts';
import type { MemoryType } from '../runtime/buffer-pool.ts';
import type { Executor } from '../runtime/executor.ts';
import { blaming, failure, hostFailure } from '../runtime/failure.ts';
import { runOnHost } from '../runtime/host-stage.ts';
import type { RuntimeTensor } from '../runtime/runtime-tensor.ts';
import { type Binding, buildStages, type GraphStage, type HostStage } from './build-stages.ts';
import { FrozenWeights } from './frozen-weights.ts';
import type { Recording } from './record.ts';
import type { Look } from './replay-recorder.ts';
import { type Slot, Slots } from './slots.ts';

/** A recording, built, and run at each call: sessions, operations on the host between them, and the memory of each value. */
export class Program {
  readonly #backend: OnnxBackend;
  readonly #executor: Executor;
  readonly #recording: Recording;
  readonly #frozen: FrozenWeights | null;
  readonly #slots: readonly Slot[];
  readonly #stages: readonly (GraphStage | HostStage)[];
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
    this.#backend = backend;
    this.#executor = backend.executor;
    this.#recording = recording;
    this.#frozen = freeze ? new FrozenWeights() : null;
    const { results, effects, looks } = recording;
    const outcomes = [...results, ...effects.map(({ value }) => value)];
    const looked = looks.map(({ value }) => value);
    const needed = new Set([...outcomes, ...looked].filter(({ storage }) => !storage));
    const slots = new Slots(recording.sources);
    this.#stages = buildStages(backend.executor, recording, slots, needed, this.#frozen);
    this.#slots = slots.all;
    this.#results = results.map((value) => slots.of(value));
    this.#effects = effects.map(({ variable, value }) => ({ variable, value, slot: slots.of(value) }));
    for (const value of outcomes) slots.of(value).lasts = true;
    this.#looks = looks.map(({ look, value }) => ({ look, slot: slots.of(value) }));
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

  #captured(tensor: Tensor): Memory {
    if (tensor.isDisposed) throw disposed(tensor);
    const memory = this.#backend.memoryOf(tensor);
    this.#frozen?.assertUnchanged(tensor, memory);
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
