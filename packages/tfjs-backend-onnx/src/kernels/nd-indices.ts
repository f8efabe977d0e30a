import { add, binary, mul, split, where } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';

/**
 * int32 [..., R], each an element or a row of a tensor of that shape by its first R coordinates -> their numbers among
 * all such rows, int32 [N]. One outside of the shape gets a number past the end, which ONNX Runtime refuses.
 */
export function rowNumbers(indices: LazyValue, shape: readonly number[]): LazyValue {
  const rank = indices.shape.at(-1)!;
  const count = indices.size / rank;
  const total = shape.slice(0, rank).reduce((product, dim) => product * dim, 1);
  const coordinates = split(reshape(indices, [count, rank]), new Array<number>(rank).fill(1), 1);
  let rows: LazyValue | undefined;
  let outside: LazyValue | undefined;
  coordinates.forEach((column, axis) => {
    const coordinate = reshape(column, [count]);
    const here = binary(
      'Or',
      binary('Less', coordinate, 0, 'bool'),
      binary('GreaterOrEqual', coordinate, shape[axis]!, 'bool'),
      'bool',
    );
    outside = outside ? binary('Or', outside, here, 'bool') : here;
    rows = rows ? add(mul(rows, shape[axis]!), coordinate) : coordinate;
  });
  return where(outside!, total, rows!);
}

/** Whether the numbers of the indices are there to look at, and one of them is not in the tensor. */
export function areKnownOutside(indices: LazyValue, shape: readonly number[]): boolean {
  const rank = indices.shape.at(-1)!;
  return indices.storage?.array?.some((index, i) => index < 0 || index >= shape[i % rank]!) ?? false;
}
