import type { Literal } from '../onnx/model.ts';
import { broadcast, mul, transpose } from './operations.ts';
import { record, reshape } from './recorder.ts';
import { isLiteral, type LazyValue, sameShape } from './value.ts';

// Products are nine tenths of a training step. Which of several equal forms is fastest was measured on one
// core (AVX-512) at GPT-2's shapes, as processor time: Aᵀ·B of [1024, 384] and [1024, 1536] takes 8.2 ms
// inside FusedMatMul and 7.3 with A transposed first; of [1024, 8192] and [1024, 384], 55 and (Bᵀ·A)ᵀ 47. A·Bᵀ
// is as fast in FusedMatMul as in Gemm, which adds a bias for nothing (operations.ts, biasInto).

/** [..., M, K] × [..., K, N] -> [..., M, N], either side transposed first. */
export function matMul(a: LazyValue, b: LazyValue, transposeA = false, transposeB = false): LazyValue {
  const [left, right] = [a.shape.at(transposeA ? -2 : -1), b.shape.at(transposeB ? -1 : -2)];
  if (left !== right || a.shape.length < 2 || b.shape.length < 2) {
    throw new Error(
      `matMul: expected [..., M, K] and [..., K, N], got [${a.shape}]${transposeA ? ' (transposed)' : ''} and ` +
        `[${b.shape}]${transposeB ? ' (transposed)' : ''}.`,
    );
  }
  const flat = withoutBatch(a, b, transposeA, transposeB);
  if (flat) return flat;
  const better = scaledAfterwards(a, b, transposeA, transposeB) ?? rearranged(a, b, transposeA, transposeB);
  if (better) return better;
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const shape = [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns];
  if (!transposeA && !transposeB) return record('MatMul', [a, b], { shape, type: 'float32' });
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
  return record('FusedMatMul', [a, b], { shape, type: 'float32' }, attributes, 'com.microsoft');
}

/** A batch of one product is a product of matrices, and profits from what those do. */
function withoutBatch(
  a: LazyValue,
  b: LazyValue,
  transposeA: boolean,
  transposeB: boolean,
): LazyValue | null {
  const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (leading.length === 0 || leading.some((dim) => dim !== 1)) return null;
  const product = matMul(
    reshape(a, a.shape.slice(-2)),
    reshape(b, b.shape.slice(-2)),
    transposeA,
    transposeB,
  );
  return reshape(product, [...leading, ...product.shape]);
}

/** [N, C] -> [C]. As a matrix product it uses all cores and vector units: twice as fast as ReduceSum. */
export function columnSums(x: LazyValue): LazyValue {
  const [rows, columns] = x.shape as [number, number];
  const ones: Literal = { type: 'float32', dims: [1, rows], values: 1 };
  const sums = record('MatMul', [ones, x], { shape: [1, columns], type: 'float32' });
  return reshape(sums, [columns]);
}

/**
 * A factor for each row of a wide matrix [N, V] costs a pass over it. It is as well applied to the narrow
 * side of the product: (s·A)·B = s·(A·B), (s·A)ᵀ·B = Aᵀ·(s·B). The gradient of the loss by the logits is
 * such a matrix, V being the vocabulary.
 */
function scaledAfterwards(
  a: LazyValue,
  b: LazyValue,
  transposeA: boolean,
  transposeB: boolean,
): LazyValue | null {
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  if (a.operation?.type !== 'Mul' || a.shape.length !== 2 || b.shape.length !== 2) return null;
  const [wide, factor] = a.operation.inputs;
  if (isLiteral(wide!) || isLiteral(factor!)) return null;
  const [n, v] = a.shape as [number, number];
  if (v <= 4 * columns || !sameShape(wide!.shape, a.shape) || !sameShape(factor!.shape, [n, 1])) return null;
  if (!transposeA) return mul(matMul(wide!, b, false, transposeB), factor!);
  return transposeB ? null : matMul(wide!, mul(b, factor!), true);
}

/** Aᵀ·B, a weight's gradient: transposing the smaller matrix by itself is faster than doing it inside the product. */
function rearranged(a: LazyValue, b: LazyValue, transposeA: boolean, transposeB: boolean): LazyValue | null {
  if (!transposeA || transposeB || a.shape.length !== 2 || b.shape.length !== 2) return null;
  const [left, right] = [a.shape[1]!, b.shape[1]!];
  if (left > 4 * right) return transpose(matMul(b, a, true), [1, 0]);
  return left <= right ? matMul(transpose(a, [1, 0]), b) : null;
}
