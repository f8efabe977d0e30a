import { backend_util } from '@tensorflow/tfjs-core';
import { type ElementType, type Literal, typeCode } from '../onnx/model.ts';
import { addRowsOnHost, scatterRowsOnHost } from './host-rows.ts';
import { constant, integers, record, recordAll, reshape } from './recorder.ts';
import { isLiteral, LazyValue, sameShape, sizeOf } from './value.ts';

// What kernels are written with. Shapes follow NumPy's broadcasting, as in tfjs and ONNX.

type Operand = LazyValue | Literal | number;

export function unary(type: string, x: LazyValue, resultType: ElementType = x.type): LazyValue {
  return record(type, [x], { shape: x.shape, type: resultType });
}

/** As tfjs casts. */
export function cast(x: LazyValue, type: ElementType): LazyValue {
  if (x.type !== 'float32' || type !== 'int32') return convert(x, type);
  // JavaScript takes what int32 cannot hold modulo 2 ** 32, and NaN as 0: the low bits of an int64 are that. (Two casts
  // in a row ONNX Runtime would make one of.)
  const long = convert(x, 'int64');
  return convert(record('BitwiseAnd', [long, constant(2 ** 32 - 1, 'int64')], long), 'int32');
}

/** As ONNX casts: for numbers that `type` can hold. */
export function convert(x: LazyValue, type: ElementType): LazyValue {
  return x.type === type ? x : record('Cast', [x], { shape: x.shape, type }, { to: typeCode(type) });
}

export const add = (a: Operand, b: Operand): LazyValue => binary('Add', a, b);
export const sub = (a: Operand, b: Operand): LazyValue => binary('Sub', a, b);
export const mul = (a: Operand, b: Operand): LazyValue => binary('Mul', a, b);
export const div = (a: Operand, b: Operand): LazyValue => binary('Div', a, b);

/**
 * An element-wise operation on two operands of one type. Broadcasts and fills among the operands stay
 * out of the graph where ONNX's own broadcasting does the same.
 */
export function binary(type: string, left: Operand, right: Operand, resultType?: ElementType): LazyValue {
  const elementType =
    left instanceof LazyValue ? left.type : right instanceof LazyValue ? right.type : 'float32';
  const a = typeof left === 'number' ? constant(left, elementType) : left;
  const b = typeof right === 'number' ? constant(right, elementType) : right;
  const shape = broadcast(shapeOf(a), shapeOf(b));
  const simpler = simplified(type, a, b, shape);
  if (simpler) return simpler;
  // One after the other: two fills of one shape cannot both leave it to the other.
  const x = unbroadcast(a, b, shape);
  const y = unbroadcast(b, x, shape);
  return record(type, [x, y], { shape, type: resultType ?? elementType });
}

function simplified(
  type: string,
  a: LazyValue | Literal,
  b: LazyValue | Literal,
  shape: readonly number[],
): LazyValue | null {
  if (type === 'Mul' && isFilledWith(a, 1)) return expand(b, shape);
  if (type === 'Mul' && isFilledWith(b, 1)) return expand(a, shape);
  if (type === 'Add' && isFilledWith(a, 0)) return expand(b, shape);
  if ((type === 'Add' || type === 'Sub') && isFilledWith(b, 0)) return expand(a, shape);
  if (type === 'Add') return scatterInto(a, b) ?? scatterInto(b, a) ?? biasInto(a, b) ?? biasInto(b, a);
  if (type !== 'Mul' && type !== 'Div') return null;
  // Scale first, broadcast afterwards.
  const narrow = narrowed(a);
  if (narrow && narrow !== a && sizeOf(shapeOf(b)) === 1 && sameShape(shapeOf(a), shape)) {
    return expand(binary(type, narrow, b), shape);
  }
  return null;
}

/** `sum` + scatter of rows into zeros = scatter of the rows into `sum`: spares filling and adding a whole matrix. */
function scatterInto(sum: LazyValue | Literal, scattered: LazyValue | Literal): LazyValue | null {
  if (isLiteral(sum) || isLiteral(scattered) || !sameShape(sum.shape, scattered.shape)) return null;
  const { operation } = scattered;
  if (operation?.type === 'ScatterRows') return addRowsOnHost(sum, operation);
  if (operation?.type !== 'ScatterElements' || !isFilledWith(operation.inputs[0]!, 0)) return null;
  return record('ScatterElements', [sum, ...operation.inputs.slice(1)], scattered, operation.attributes);
}

/** A product or a convolution + a bias for each of its channels = the operator that adds the bias itself: spares a pass. */
function biasInto(sum: LazyValue | Literal, bias: LazyValue | Literal): LazyValue | null {
  if (isLiteral(sum) || isLiteral(bias) || !sum.operation || bias.shape.length !== 1) return null;
  const { type, inputs, attributes } = sum.operation;
  // ONNX Runtime does this by itself for MatMul.
  if (type === 'FusedMatMul' && sum.shape.length === 2 && bias.size === sum.shape[1]) {
    return record('Gemm', [...inputs, bias], sum, attributes);
  }
  return type === 'Transpose' && `${attributes['perm']}` === '0,2,3,1'
    ? biasIntoConvolution(inputs[0] as LazyValue, bias)
    : null;
}

/** y [N, C, H, W], bias [C] -> [N, H, W, C] */
function biasIntoConvolution(y: LazyValue, bias: LazyValue): LazyValue | null {
  const convolution = y.operation;
  if (convolution?.type !== 'Conv' || convolution.inputs.length !== 2 || bias.size !== y.shape[1])
    return null;
  const biased = record('Conv', [...convolution.inputs, bias], y, convolution.attributes);
  return transpose(biased, [0, 2, 3, 1]);
}

/** What an Expand was made from, where the other operand brings the broadcast about by itself. */
function unbroadcast(
  x: LazyValue | Literal,
  other: LazyValue | Literal,
  shape: readonly number[],
): LazyValue | Literal {
  const narrow = narrowed(x);
  return narrow && sameShape(broadcast(shapeOf(narrow), shapeOf(other)), shape) ? narrow : x;
}

function narrowed(x: LazyValue | Literal): LazyValue | Literal | null {
  return !isLiteral(x) && x.operation?.type === 'Expand' ? x.operation.inputs[0]! : null;
}

function isFilledWith(x: LazyValue | Literal, value: number): boolean {
  const narrow = isLiteral(x) ? x : narrowed(x);
  return narrow !== null && isLiteral(narrow) && narrow.values === value;
}

function shapeOf(x: LazyValue | Literal): readonly number[] {
  return isLiteral(x) ? x.dims : x.shape;
}

/** The shape of an element-wise result. @throws where the shapes do not fit together */
export function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  if (sameShape(a, b)) return a;
  return backend_util.assertAndGetBroadcastShape([...a], [...b]);
}

export function expand(x: LazyValue | Literal, shape: readonly number[]): LazyValue {
  if (!isLiteral(x) && sameShape(x.shape, shape)) return x;
  return record('Expand', [x, integers(shape)], { shape, type: x.type });
}

/** A tensor filled with one number; it takes no memory where it meets another operand. */
export function filled(value: number, shape: readonly number[], type: ElementType): LazyValue {
  return expand(constant(value, type), shape);
}

export function where(condition: LazyValue, yes: Operand, no: Operand): LazyValue {
  const type = yes instanceof LazyValue ? yes.type : no instanceof LazyValue ? no.type : 'float32';
  const [a, b] = [yes, no].map((x) => (typeof x === 'number' ? constant(x, type) : x)) as [
    LazyValue | Literal,
    LazyValue | Literal,
  ];
  const shape = broadcast(condition.shape, broadcast(shapeOf(a), shapeOf(b)));
  return record('Where', [condition, a, b], { shape, type });
}

export type Reduction =
  | 'ReduceSum'
  | 'ReduceMean'
  | 'ReduceMax'
  | 'ReduceMin'
  | 'ReduceProd'
  | 'ReduceSumSquare';

export function reduce(type: Reduction, x: LazyValue, axes: readonly number[], keepDims: boolean): LazyValue {
  const kept = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  if (axes.length === 0) return x;
  return record(type, [x, integers(axes)], { shape, type: x.type }, { keepdims: keepDims ? 1 : 0 });
}

export function transpose(x: LazyValue, permutation: readonly number[]): LazyValue {
  if (x.operation?.type === 'Transpose') {
    const before = x.operation.attributes['perm'] as readonly number[];
    const source = x.operation.inputs[0] as LazyValue;
    return transpose(
      source,
      permutation.map((axis) => before[axis]!),
    );
  }
  const shape = permutation.map((axis) => x.shape[axis]!);
  // Moving axes of length 1 about moves no data.
  const moved = permutation.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)) return reshape(x, shape);
  return record('Transpose', [x], { shape, type: x.type }, { perm: permutation });
}

export function concat(parts: readonly LazyValue[], axis: number): LazyValue {
  if (parts.length === 1) return parts[0]!;
  const shape = [...parts[0]!.shape];
  shape[axis] = parts.reduce((length, part) => length + part.shape[axis]!, 0);
  return record('Concat', parts, { shape, type: parts[0]!.type }, { axis });
}

/** Zeros around x: so many `before` and `after` along each axis. */
export function pad(x: LazyValue, before: readonly number[], after: readonly number[], value = 0): LazyValue {
  if ([...before, ...after].every((count) => count === 0)) return x;
  const shape = x.shape.map((dim, axis) => before[axis]! + dim + after[axis]!);
  return record('Pad', [x, integers([...before, ...after]), constant(value, x.type)], {
    shape,
    type: x.type,
  });
}

/** Along each of `axes`: `counts` elements, beginning `from` there, `steps` apart (backwards where negative). */
export function sliceSteps(
  x: LazyValue,
  axes: readonly number[],
  from: readonly number[],
  counts: readonly number[],
  steps: readonly number[],
): LazyValue {
  const shape = x.shape.map((dim, axis) => (axes.includes(axis) ? counts[axes.indexOf(axis)]! : dim));
  const plain = axes.every((_, i) => from[i] === 0 && steps[i] === 1);
  if (plain && sameShape(shape, x.shape)) return x;
  // One before the first element is written as a number that lies before any beginning.
  const to = from.map((start, i) => {
    const end = start + counts[i]! * steps[i]!;
    return end < 0 ? -BEYOND : end;
  });
  const [starts, ends] = [integers(from), integers(to)];
  return record('Slice', [x, starts, ends, integers(axes), integers(steps)], { shape, type: x.type });
}

const BEYOND = 2 ** 31 - 1;

export function split(x: LazyValue, sizes: readonly number[], axis: number): readonly LazyValue[] {
  const outputs = sizes.map((size) => ({ shape: x.shape.with(axis, size), type: x.type }));
  return recordAll('Split', [x, integers(sizes)], outputs, { axis });
}

/** Picks along an axis. @throws where an index is known not to be in the axis; others fail when the graph runs */
export function gather(x: LazyValue, indices: LazyValue, axis: number): LazyValue {
  const length = x.shape[axis]!;
  const known = indices.storage?.array;
  const bad = known?.find((index) => index < 0 || index >= length);
  if (bad !== undefined) {
    throw new Error(
      `GatherV2: the index value ${bad} is not in [0, ${length - 1}], the places along axis ${axis} of [${x.shape}]. ` +
        'Check where the indices come from.',
    );
  }
  // ONNX counts negative indices from the end; tfjs refuses them, and so does ONNX Runtime what lies beyond the end.
  const checked = known ? indices : where(binary('Less', indices, 0, 'bool'), length, indices);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return record('Gather', [x, checked], { shape, type: x.type }, { axis });
}

/** From 4 MB on, a matrix is summed into on the host; a smaller one is not worth a second graph for what depends on it. */
const ROWS_ON_HOST = 2 ** 20;

/**
 * Rows of a zero matrix, each the sum of the `rows` sent to it: [N, C], int32 [N] -> [size, C].
 * ScatterElements adds in order; ONNX Runtime's ScatterND adds on several threads at once and loses
 * updates that meet on one row.
 *
 * @param hostAtHand whether it may be done on the host
 */
export function scatterRows(rows: LazyValue, ids: LazyValue, size: number, hostAtHand: boolean): LazyValue {
  const [count, columns] = rows.shape as [number, number];
  if (hostAtHand && rows.type === 'float32' && size * columns >= ROWS_ON_HOST) {
    return scatterRowsOnHost(ids, rows, size);
  }
  const indices = expand(reshape(cast(ids, 'int64'), [count, 1]), [count, columns]);
  const shape = [size, columns];
  return record(
    'ScatterElements',
    [filled(0, shape, rows.type), indices, rows],
    { shape, type: rows.type },
    {
      axis: 0,
      reduction: 'add',
    },
  );
}
