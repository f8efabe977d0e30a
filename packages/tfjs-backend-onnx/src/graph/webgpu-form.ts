import type { Attributes, Literal, Node } from '../onnx/model.ts';
import { integers } from './recorder.ts';
import { isLiteral, type Operation } from './value.ts';

/**
 * Operators that ONNX Runtime's WebGPU provider has no kernel for (1.30), written with those that it has.
 * The others that it lacks (Round, OneHot, what is done to booleans) are rare: ONNX Runtime does them on the cpu.
 */
export function webgpuForm(
  node: Node,
  operation: Operation,
  initializer: (literal: Literal) => string,
): Node[] {
  switch (node.type) {
    case 'FusedMatMul':
      return product(node, operation);
    case 'LogSoftmax':
      return logSoftmax(node, initializer);
    default:
      return [node];
  }
}

/**
 * Operations that the WebGPU provider takes and gets wrong (1.30): it refuses to say where a maximum was found, and
 * mixes up the channels of a grouped transposed convolution.
 */
export function belongsOnCpu({ type, outputs, attributes }: Operation): boolean {
  return (
    (type === 'MaxPool' && outputs.length > 1) ||
    (type === 'ConvTranspose' && Number(attributes['group']) > 1)
  );
}

/** Gemm transposes two matrices by itself; more than two want a Transpose before MatMul. */
function product(node: Node, operation: Operation): Node[] {
  const { transA, transB } = node.attributes as { transA: number; transB: number };
  const ranks = operation.inputs.map((input) => (isLiteral(input) ? input.dims : input.shape).length);
  if (ranks.every((rank) => rank === 2)) {
    return [{ ...node, type: 'Gemm', domain: '', attributes: { transA, transB } }];
  }
  const transposed = [transA, transB].map((flag, side): Node[] => {
    if (!flag) return [];
    const rank = ranks[side]!;
    const perm = [...Array(rank - 2).keys(), rank - 1, rank - 2];
    return [part(node, `${node.outputs[0]}_side${side}`, 'Transpose', [node.inputs[side]!], { perm })];
  });
  const sides = transposed.map(([side], index) => side?.outputs[0] ?? node.inputs[index]!);
  return [...transposed.flat(), { ...node, type: 'MatMul', domain: '', inputs: sides, attributes: {} }];
}

/** x − max − log Σ exp(x − max). */
function logSoftmax(node: Node, initializer: (literal: Literal) => string): Node[] {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const axes = initializer(integers([node.attributes['axis'] as number]));
  const [max, shifted, powers, sum, logarithm] = ['max', 'shifted', 'powers', 'sum', 'logarithm'].map(
    (step) => `${y}_${step}`,
  ) as [string, string, string, string, string];
  const keep = { keepdims: 1 };
  return [
    part(node, max, 'ReduceMax', [x, axes], keep),
    part(node, shifted, 'Sub', [x, max]),
    part(node, powers, 'Exp', [shifted]),
    part(node, sum, 'ReduceSum', [powers, axes], keep),
    part(node, logarithm, 'Log', [sum]),
    { ...node, type: 'Sub', inputs: [shifted, logarithm], attributes: {} },
  ];
}

/** One operator of several that stand for another; it keeps that one's name in messages. */
function part(
  whole: Node,
  output: string,
  type: string,
  inputs: readonly string[],
  attributes: Attributes = {},
): Node {
  return { name: `${whole.name}/${output}`, type, domain: '', inputs, outputs: [output], attributes };
}
