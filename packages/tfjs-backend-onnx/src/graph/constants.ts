import type { Schedule } from './schedule.ts';
import { sameNumbers } from './structures.ts';

/** What is built into a graph: a scalar's number or the numbers of a literal; null stands for an input. */
export type Constant = number | readonly number[] | null;

/** For every leaf, then for every literal that may change, what can be built in. */
export function constantsOf({ leaves, changeable }: Schedule): Constant[] {
  return [
    ...leaves.map((leaf) => (leaf.isConstant ? leaf.storage!.array![0]! : null)),
    ...changeable.map(({ values, mayChange }) => (mayChange === 'often' ? null : values)),
  ];
}

/** What was built in and is still so; null for the rest, which are inputs from now on. */
export function unchanged(built: readonly Constant[], current: readonly Constant[]): Constant[] {
  return built.map((constant, index) => (isSame(constant, current[index]!) ? constant : null));
}

/** Whether a graph with these built in computes what one with the current ones would. */
export function stillHold(built: readonly Constant[], current: readonly Constant[]): boolean {
  return built.every((constant, index) => constant === null || isSame(constant, current[index]!));
}

function isSame(a: Constant, b: Constant): boolean {
  return a === null || b === null ? a === b : sameNumbers(a, b);
}
