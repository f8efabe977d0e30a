import type { Literal } from '../onnx/model.ts';
import { executionOrder } from './order-markers.ts';
import { leafKey } from './recorder.ts';
import { assembled, type Target, withoutSlicesOfLeaves } from './targets.ts';
import { isLiteral, type LazyValue, type Operation } from './value.ts';

/** What one run computes: a graph cut out of all that was recorded. */
export interface Schedule {
  /** In an order in which they can run. */
  readonly operations: readonly Operation[];
  /** The values that the graph starts from, in order of their first use. */
  readonly leaves: readonly LazyValue[];
  /** The literals that may change, in order of their use. */
  readonly changeable: readonly Literal[];
  readonly outputs: readonly LazyValue[];
  /** What the graph computes to have them: the outputs themselves, or parts of them. */
  readonly targets: readonly Target[];
  /** The outputs, and what else has a place of its own, in the order in which ONNX Runtime shall compute them. */
  readonly order: readonly LazyValue[];
  /** Equal signatures mean equal graphs, up to the numbers in their leaves and changeable literals. */
  readonly signature: string;
}

let visits = 0;

/**
 * Collects what `outputs` (none of which has its numbers yet) depend on, and names its structure.
 * @param inMemory whether a graph reads and writes this process's memory, and so any part of an array; where
 *   operations on the host stand between graphs, each graph's own schedule looks for such parts
 */
export function schedule(outputs: readonly LazyValue[], inMemory = false): Schedule {
  const whole = (): readonly Target[] => outputs.map((value, output) => ({ value, output, offset: 0 }));
  let visit = ++visits;
  let targets = inMemory ? assembled(outputs) : whole();
  let operations = reachable(targets.map(computed), visit);
  if (inMemory && operations.some(({ host }) => host)) {
    visit = ++visits;
    targets = whole();
    operations = reachable(outputs, visit);
  } else if (inMemory) operations = withoutSlicesOfLeaves(operations, targets);
  const values = targets.map(computed);
  // Operations are numbered as they are recorded, and inputs are recorded before their users.
  operations.sort((a, b) => a.id - b.id);

  const leaves: LazyValue[] = [];
  const changeable: Literal[] = [];
  const signature: number[] = [];
  operations.forEach((operation, position) => {
    operation.position = position;
    signature.push(operation.key);
    for (const input of operation.inputs) {
      if (isLiteral(input)) {
        if (input.mayChange) changeable.push(input);
        continue;
      }
      if (input.operation) {
        signature.push(input.operation.position, input.output);
        continue;
      }
      if (input.visit !== visit) {
        input.visit = visit;
        input.position = leaves.length;
        leaves.push(input);
        signature.push(-1, leafKey(input));
      } else signature.push(-2, input.position);
    }
  });
  for (const value of values) signature.push(value.operation!.position, value.output);
  const order = executionOrder(operations, values);
  for (const value of order) signature.push(value.operation!.position, value.output);
  return { operations, leaves, changeable, outputs, targets, order, signature: signature.join() };
}

/** How many numbers its values have, all together. */
export function numbersIn({ operations }: Schedule): number {
  let sum = 0;
  for (const { outputs } of operations) for (const { size } of outputs) sum += size;
  return sum;
}

const computed = ({ value }: Target): LazyValue => value;

function reachable(outputs: readonly LazyValue[], visit: number): Operation[] {
  const found: Operation[] = [];
  const reach = (operation: Operation | null): void => {
    if (!operation || operation.visit === visit) return;
    operation.visit = visit;
    found.push(operation);
  };
  for (const output of outputs) reach(output.operation);
  for (let next = 0; next < found.length; next++) {
    for (const input of found[next]!.inputs) if (!isLiteral(input)) reach(input.operation);
  }
  return found;
}
