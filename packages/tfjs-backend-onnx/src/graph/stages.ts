import { isLiteral, type LazyValue, type Memory, type Operation } from './value.ts';

/** What is done at one go: a graph in ONNX Runtime, or one operation on the host. */
type Stage =
  | { readonly kind: 'graph'; readonly outputs: readonly LazyValue[] }
  | { readonly kind: 'host'; readonly operation: Operation };

export interface Stages {
  readonly stages: readonly Stage[];
  /** The number of the last stage that reads an input's memory. */
  lastReader(input: LazyValue): number | undefined;
}

/**
 * Cuts a schedule with host operations into graphs and host operations that alternate: each as early as
 * possible, so that the graphs are as few and as large as can be.
 */
export function planStages(operations: readonly Operation[], outputs: readonly LazyValue[]): Stages {
  const levels = levelsOf(operations);
  const wanted = new Set(outputs);
  const reads: { readonly value: LazyValue; readonly level: number }[] = [];
  const read = (value: LazyValue, level: number): void => {
    const maker = value.operation;
    const crosses = maker !== null && levels.get(maker) !== level;
    if (crosses && !maker.host && isMadeAgain(value)) {
      for (const input of maker.inputs) if (!isLiteral(input)) read(input, level);
      return;
    }
    if (crosses) wanted.add(value);
    reads.push({ value, level });
  };
  for (const operation of operations) {
    const level = levels.get(operation)!;
    for (const input of operation.inputs) {
      if (isLiteral(input)) continue;
      // What an operation on the host reads must be there.
      if (!operation.host) read(input, level);
      else if (input.operation) wanted.add(input);
    }
  }

  const stages: Stage[] = [];
  const stageOf = new Map<Operation, number>();
  const graphAt = new Map<number, number>();
  const last = Math.max(...levels.values());
  for (let level = 0; level <= last; level++) {
    const members = operations.filter((operation) => levels.get(operation) === level);
    if (isHostLevel(level)) {
      for (const operation of members) stageOf.set(operation, stages.push({ kind: 'host', operation }) - 1);
      continue;
    }
    const results = members.flatMap((operation) => operation.outputs).filter((result) => wanted.has(result));
    graphAt.set(level, stages.length);
    if (results.length > 0) stages.push({ kind: 'graph', outputs: results });
  }
  const readers = lastReaders(operations, stageOf, graphAt, reads);
  const lastReader = (input: LazyValue): number | undefined =>
    readers.get(input) ?? (input.storage ? readers.get(input.storage) : undefined);
  return { stages, lastReader };
}

/** Sooner made again by the graph that wants it than kept: int64 never leaves a graph, and a broadcast takes memory. */
function isMadeAgain({ type, operation }: LazyValue): boolean {
  return type === 'int64' || operation!.type === 'Expand';
}

/** Levels alternate: host operations have even ones, graphs odd ones. */
const isHostLevel = (level: number): boolean => level % 2 === 0;

function levelsOf(operations: readonly Operation[]): Map<Operation, number> {
  const levels = new Map<Operation, number>();
  for (const operation of operations) {
    let level = operation.host ? 0 : 1;
    for (const input of operation.inputs) {
      if (isLiteral(input) || !input.operation) continue;
      const before = levels.get(input.operation)!;
      const sameKind = isHostLevel(before) === (operation.host !== null);
      level = Math.max(level, sameKind ? before : before + 1);
    }
    levels.set(operation, level);
  }
  return levels;
}

/** By memory, since several leaves may look at one, or by value where there is no memory yet. */
function lastReaders(
  operations: readonly Operation[],
  stageOf: ReadonlyMap<Operation, number>,
  graphAt: ReadonlyMap<number, number>,
  reads: readonly { readonly value: LazyValue; readonly level: number }[],
): Map<LazyValue | Memory, number> {
  const last = new Map<LazyValue | Memory, number>();
  const note = (value: LazyValue, stage: number): void => {
    const memory = value.storage ?? value;
    last.set(memory, Math.max(stage, last.get(memory) ?? 0));
  };
  for (const { value, level } of reads) if (!isHostLevel(level)) note(value, graphAt.get(level)!);
  for (const operation of operations) {
    if (!operation.host) continue;
    for (const input of operation.inputs) if (!isLiteral(input)) note(input, stageOf.get(operation)!);
  }
  return last;
}
