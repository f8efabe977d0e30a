import type { LazyValue, Operation } from './value.ts';

/**
 * ONNX Runtime orders a graph by walking back from the nodes that nobody reads, the one added last first.
 * Left alone it computes the whole chain of activations' gradients before the first weight's gradient, and
 * everything in between stays in memory. So every output, and every value that a kernel wants computed at its
 * place (`computeHere`), gets a reader of its own, a slice of one number, and those readers are added last
 * recorded first: the graph runs in the order in which it was recorded.
 */
export interface OrderMarker {
  readonly name: string;
  readonly value: LazyValue;
  /** All ones: the shape of the slice. */
  readonly shape: readonly number[];
}

/** @param order the values in the order in which they are to be computed */
export function orderMarkers(order: readonly LazyValue[]): OrderMarker[] {
  if (order.length < 2) return [];
  return order.toReversed().map((value, index) => ({
    name: `order${index}`,
    value,
    shape: value.shape.length === 0 ? [1] : value.shape.map(() => 1),
  }));
}

/** The outputs and the values with a place, in the order in which they are to be computed. */
export function executionOrder(
  operations: readonly Operation[],
  outputs: readonly LazyValue[],
): readonly LazyValue[] {
  const values = new Set(outputs);
  for (const operation of operations) if (operation.place !== null) values.add(operation.outputs[0]!);
  // The loss is recorded first. Computed first, it would keep what its gradient is about to read piece by piece.
  const firstLarge = Math.min(...outputs.map((value) => (value.size > 1 ? place(value) : LAST)));
  const key = (value: LazyValue): number =>
    value.size === 1 && place(value) < firstLarge && firstLarge < LAST ? LAST : place(value);
  return [...values].sort((a, b) => key(a) - key(b));
}

const LAST = Number.MAX_SAFE_INTEGER;

function place(value: LazyValue): number {
  return value.operation!.place ?? value.operation!.id;
}
