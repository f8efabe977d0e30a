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
  for (const operation of operations) {
    for (const input of operation.inputs) {
      if (isLiteral(input) || !input.operation) continue;
      if (levels.get(input.operation) !== levels.get(operation)) wanted.add(input);
    }
  }

  const stages: Stage[] = [];
  const stageOf = new Map<Operation, number>();
  const last = Math.max(...levels.values());
  for (let level = 0; level <= last; level++) {
    const members = operations.filter((operation) => levels.get(operation) === level);
    if (members.length === 0) continue;
    if (isHostLevel(level)) {
      for (const operation of members) stageOf.set(operation, stages.push({ kind: 'host', operation }) - 1);
    } else {
      for (const operation of members) stageOf.set(operation, stages.length);
      const results = members.flatMap((operation) => operation.outputs);
      stages.push({ kind: 'graph', outputs: results.filter((result) => wanted.has(result)) });
    }
  }
  const readers = lastReaders(operations, stageOf);
  const lastReader = (input: LazyValue): number | undefined =>
    readers.get(input) ?? (input.storage ? readers.get(input.storage) : undefined);
  return { stages, lastReader };
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
): Map<LazyValue | Memory, number> {
  const last = new Map<LazyValue | Memory, number>();
  for (const operation of operations) {
    const stage = stageOf.get(operation)!;
    for (const input of operation.inputs) {
      if (isLiteral(input)) continue;
      const memory = input.storage ?? input;
      last.set(memory, Math.max(stage, last.get(memory) ?? 0));
    }
  }
  return last;
}
