import type { LazyValue } from './value.ts';

/**
 * ONNX Runtime orders a graph by walking back from the nodes that nobody reads, the one added last first.
 * Left alone it computes the whole chain of activations' gradients before the first weight's gradient, and
 * everything in between stays in memory. So every output gets
 * a reader of its own, a slice of one number, and those readers are added last recorded first: the graph
 * runs in the order in which it was recorded.
 */
export interface OrderMarker {
  readonly name: string;
  readonly output: LazyValue;
  /** All ones: the shape of the slice. */
  readonly shape: readonly number[];
}

export function orderMarkers(outputs: readonly LazyValue[]): OrderMarker[] {
  if (outputs.length < 2) return [];
  return outputs
    .toSorted((a, b) => b.operation!.id - a.operation!.id)
    .map((output, index) => ({
      name: `order${index}`,
      output,
      shape: output.shape.length === 0 ? [1] : output.shape.map(() => 1),
    }));
}
