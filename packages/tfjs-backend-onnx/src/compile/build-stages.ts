import { valueName } from '../graph/build-model.ts';
import { orderMarkers } from '../graph/order-markers.ts';
import { numbersIn, type Schedule, schedule } from '../graph/schedule.ts';
import { planStages } from '../graph/stages.ts';
import { type HostArray, type LazyValue, leaf, newMemory, type Operation } from '../graph/value.ts';
import { hostArray, type MemoryType } from '../runtime/buffer-pool.ts';
import type { Executor } from '../runtime/executor.ts';
import { hostInputs } from '../runtime/host-stage.ts';
import type { SynchronousSession } from '../runtime/runtime.ts';
import type { RuntimeTensor } from '../runtime/runtime-tensor.ts';
import type { FrozenWeights } from './frozen-weights.ts';
import type { Recording } from './record.ts';
import type { Slot, Slots } from './slots.ts';

/** A graph between operations on the host. */
export interface GraphStage {
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

/** An input or an output of a graph. */
export interface Binding {
  readonly name: string;
  /** With the shape under which the graph reads or writes it. */
  readonly value: LazyValue;
  readonly slot: Slot;
  /** Where it begins in the slot's memory. */
  readonly offset: number;
}

/** An operation on the host. */
export interface HostStage {
  readonly kind: 'host';
  readonly operation: Operation;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** For every input whether nothing reads it afterwards. */
  readonly free: readonly boolean[];
}

/** Up to so many numbers (16 MB), all values together, the order in which a graph computes them does not matter for memory. */
const ANY_ORDER = 2 ** 22;

/**
 * Builds what a replay runs, one stage after the other.
 * @param slots of the recording's leaves; what is computed gets its own here
 * @param needed the values that a replay is about: no operation takes over their memory
 * @param frozen takes the captured tensors that are built in, or null where none are
 */
export function buildStages(
  executor: Executor,
  { plan, sources, effects }: Recording,
  slots: Slots,
  needed: ReadonlySet<LazyValue>,
  frozen: FrozenWeights | null,
): (GraphStage | HostStage)[] {
  /** What JavaScript wrote is part of the graph, and so is a captured tensor that is frozen and is not to change. */
  const builtIn = (input: LazyValue): number | HostArray | null => {
    const source = input.storage && sources.get(input.storage);
    const { array } = input.storage ?? {};
    if (!source || array?.length !== input.size || source.kind === 'argument') return null;
    if (source.kind === 'captured') {
      const { tensor } = source;
      if (!frozen || effects.some(({ variable }) => variable === tensor)) return null;
      if (!frozen.freeze(tensor, input.storage!)) return null;
    }
    return input.shape.length === 0 ? array[0]! : array;
  };
  if (!plan) return [];
  const { stages, lastReader } = planStages(plan.operations, plan.outputs);
  return stages.map((stage, number) => {
    if (stage.kind === 'graph') {
      const built = graphStage(executor, schedule(stage.outputs, true), slots, builtIn);
      slots.settle(stage.outputs);
      return built;
    }
    const { operation } = stage;
    const inputs = hostInputs(operation);
    const built: HostStage = {
      kind: 'host',
      operation,
      inputs: inputs.map((input) => slots.of(input)),
      outputs: operation.outputs.map((output) => slots.addComputed(output)),
      free: inputs.map((input) => lastReader(input) === number && !needed.has(input)),
    };
    slots.settle(operation.outputs);
    return built;
  });
}

function graphStage(
  executor: Executor,
  whole: Schedule,
  slots: Slots,
  builtIn: (input: LazyValue) => number | HostArray | null,
): GraphStage {
  const plan = numbersIn(whole) > ANY_ORDER ? whole : { ...whole, order: [] };
  const constants = [...plan.leaves.map(builtIn), ...plan.changeable.map(({ values }) => values)];
  // Programs are made on synchronous runtimes alone.
  const session = executor.graphs.build(plan, constants) as SynchronousSession;
  const inputs = plan.leaves
    .filter((_, index) => constants[index] === null)
    .map((value) => ({ name: valueName(value), value, slot: slots.of(value), offset: value.offset }));
  const outputs = plan.outputs.map((output) => slots.addComputed(output));
  const targets = plan.targets.map(({ value, output, offset }) => ({
    name: valueName(value),
    value,
    slot: outputs[output]!,
    offset,
  }));
  const fetches: Record<string, RuntimeTensor | null> = {};
  for (const { name, value, shape } of orderMarkers(plan.order)) {
    const memory = newMemory(hostArray(value.type as MemoryType, 1));
    fetches[name] = executor.memories.tensor(leaf(shape, value.type, memory), memory);
  }
  return { kind: 'graph', plan, session, inputs, outputs, targets, feeds: {}, fetches };
}
