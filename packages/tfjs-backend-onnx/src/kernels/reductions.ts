import { util } from '@tensorflow/tfjs-core';
import { columnSums } from '../graph/mat-mul.ts';
import { cast, type Reduction, reduce, unary, where } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { type LazyValue, sizeOf } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

interface ReductionAttributes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

const onnxOperator: Readonly<Record<string, Reduction>> = {
  Sum: 'ReduceSum',
  Mean: 'ReduceMean',
  Max: 'ReduceMax',
  Min: 'ReduceMin',
  Prod: 'ReduceProd',
};

export const reductions: LoweredKernel[] = Object.entries(onnxOperator).map(([name, operator]) =>
  kernel<ReductionAttributes>(name, ({ value, attrs }) => {
    const given = value('x');
    const counts = name === 'Sum' || name === 'Prod';
    if (given.type === 'bool' && !counts) return undefined;
    if (given.type === 'int32' && name === 'Mean') return undefined;
    const x = given.type === 'bool' ? cast(given, 'int32') : given;
    const axes = reducedAxes(x, attrs);
    if (name === 'Sum' && sumsColumns(x, axes)) {
      const columns = x.shape.slice(axes.length);
      const sums = columnSums(reshape(x, [sizeOf(x.shape.slice(0, axes.length)), sizeOf(columns)]));
      return reshape(sums, attrs.keepDims ? [...axes.map(() => 1), ...columns] : columns);
    }
    // ONNX Runtime's sums of int32 stop at the largest one; in tfjs they go on from the smallest.
    if (x.type === 'int32' && counts)
      return cast(reduce(operator, cast(x, 'int64'), axes, attrs.keepDims), 'int32');
    const result = reduce(operator, x, axes, attrs.keepDims);
    const passesNaN = x.type === 'int32' || (name !== 'Max' && name !== 'Min');
    return passesNaN ? result : where(anyNaN(x, axes, attrs.keepDims), Number.NaN, result);
  }),
);

/** ONNX Runtime's ReduceMax and ReduceMin pass over NaN; in tfjs it wins. */
function anyNaN(x: LazyValue, axes: readonly number[], keepDims: boolean): LazyValue {
  const found = reduce('ReduceMax', cast(unary('IsNaN', x, 'bool'), 'float32'), axes, keepDims);
  return cast(found, 'bool');
}

/** The axes a reduction kernel is told to reduce: all where none are named. */
export function reducedAxes(x: LazyValue, attrs: ReductionAttributes): number[] {
  return util.parseAxisParam(attrs.axis ?? attrs.reductionIndices ?? [...x.shape.keys()], [...x.shape]);
}

/** Whether a sum is over leading axes, with enough left to fill vector units: the gradient of a bias. */
function sumsColumns(x: LazyValue, axes: readonly number[]): boolean {
  // Of what was transposed ONNX Runtime reduces the original, if it may.
  if (x.type !== 'float32' || axes.length === 0 || x.operation?.type === 'Transpose') return false;
  const leading = axes.every((axis, i) => axis === i);
  return leading && sizeOf(x.shape.slice(axes.length)) >= 16;
}
