import type { Attributes, Literal } from '../onnx/model.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** An operation about to become nodes. */
export interface ExportedOperation {
  readonly type: string;
  readonly domain: string;
  readonly name: string;
  /** The tfjs kernel that recorded it. */
  readonly kernel: string;
  readonly attributes: Attributes;
  readonly inputs: readonly string[];
  readonly inputRanks: readonly number[];
  /** The inputs that are part of the graph, where they do not depend on sizes. */
  readonly literals: readonly (Literal | null)[];
  /** '' where nobody reads it. */
  readonly outputs: readonly string[];
}

/** Standard operator sets that the forms below cover. */
export const OLDEST_OPSET = 13;
export const NEWEST_OPSET = 21;

/** onnx.Version by standard operator set, from 13: https://github.com/onnx/onnx/blob/main/docs/Versioning.md. */
const IR_VERSIONS: readonly number[] = [7, 7, 8, 8, 8, 8, 9, 9, 10];

export function irVersion(opset: number): number {
  return IR_VERSIONS[opset - OLDEST_OPSET]!;
}

/** The version with which the standard got these operators; all others that we record are older than 13. */
const SINCE: Readonly<Record<string, number>> = {
  HardSwish: 14,
  Trilu: 14,
  GridSample: 16,
  LayerNormalization: 17,
  Mish: 18,
  Gelu: 20,
};

type Form = (operation: ExportedOperation, graph: GraphBuilder) => void;

const PRIVATE_FORMS: Readonly<Record<string, Form>> = { FusedMatMul: fusedMatMul };

/**
 * Adds an operation to a graph in operators that this version of the standard has.
 * @throws where there is no such form
 */
export function addPortably(
  operation: ExportedOperation,
  graph: GraphBuilder,
  opset: number,
  privateOperators: boolean,
): void {
  formOf(operation, opset, privateOperators)(operation, graph);
}

function formOf(operation: ExportedOperation, opset: number, privateOperators: boolean): Form {
  const { type, domain, attributes } = operation;
  if (domain !== '') {
    const form = privateOperators ? addAsItIs : PRIVATE_FORMS[type];
    if (form) return form;
    const advice = 'Pass privateOperators: true to export it for ONNX Runtime alone.';
    throw unportable(operation, 'has no form in standard operators', advice);
  }
  if (opset < 18 && /^Reduce(Mean|Max|Min|Prod|SumSquare)$/.test(type)) return reductionByAttribute;
  if (opset < 20 && type === 'Gelu') return gelu;
  if (opset < 17 && type === 'LayerNormalization') return layerNormalization;
  const adds = type.startsWith('Scatter') && attributes['reduction'] !== undefined;
  const since = adds ? 16 : (SINCE[type] ?? OLDEST_OPSET);
  if (opset < since)
    throw unportable(operation, `needs operator set ${since}`, `Pass opset: ${since} or more.`);
  return addAsItIs;
}

function unportable({ type, kernel }: ExportedOperation, problem: string, advice: string): Error {
  return new Error(
    `exportOnnx: the tfjs kernel ${kernel} was recorded as the operator ${type}, which ${problem}. ${advice}`,
  );
}

function addAsItIs(operation: ExportedOperation, graph: GraphBuilder): void {
  graph.node(operation.type, operation.inputs, operation);
}

/** Aᵀ·B and A·Bᵀ: of two matrices a Gemm, of stacks of them a Transpose before. */
function fusedMatMul(operation: ExportedOperation, graph: GraphBuilder): void {
  const { attributes, inputs, inputRanks, name, outputs } = operation;
  if (attributes['transBatchA'] || attributes['transBatchB']) {
    throw unportable(
      operation,
      'has no standard form with transposed batches',
      'Pass privateOperators: true.',
    );
  }
  const [transA, transB] = [attributes['transA'] === 1, attributes['transB'] === 1];
  const alpha = attributes['alpha'];
  if (inputRanks[0] === 2 && inputRanks[1] === 2) {
    graph.node('Gemm', inputs, { attributes, name, outputs });
    return;
  }
  const turned = [transA, transB].map((turn, i) => {
    if (!turn) return inputs[i]!;
    const perm = [...Array(inputRanks[i]!).keys()];
    [perm[perm.length - 2], perm[perm.length - 1]] = [perm.at(-1)!, perm.at(-2)!];
    return graph.node('Transpose', [inputs[i]!], { attributes: { perm }, name: `${name}/transposed` });
  });
  if (alpha === undefined) {
    graph.node('MatMul', turned, { name, outputs });
    return;
  }
  const scale = typeof alpha === 'object' && 'float' in alpha ? alpha.float : Number(alpha);
  const product = graph.node('MatMul', turned, { name: `${name}/product` });
  graph.node('Mul', [product, graph.scalar(scale, 'float32')], { name, outputs });
}

/** Before 18 only ReduceSum took its axes as an input. */
function reductionByAttribute(operation: ExportedOperation, graph: GraphBuilder): void {
  const axes = operation.literals[1]?.values as readonly number[]; // always a list that is part of the graph
  graph.node(operation.type, operation.inputs.slice(0, 1), {
    ...operation,
    attributes: { ...operation.attributes, axes },
  });
}

/** Gaussian error linear unit, written as PyTorch exports it: ONNX Runtime finds it again. */
function gelu({ attributes, inputs, name, outputs }: ExportedOperation, graph: GraphBuilder): void {
  const x = inputs[0]!;
  const number = (value: number): string => graph.scalar(value, 'float32');
  const step = (type: string, a: string, b?: string): string =>
    graph.node(type, b === undefined ? [a] : [a, b], { name: `${name}/${type}` });
  let inner: string;
  if (attributes['approximate'] === 'tanh') {
    const cubed = step('Pow', x, number(3));
    const sum = step('Add', x, step('Mul', cubed, number(0.044715)));
    inner = step('Tanh', step('Mul', sum, number(Math.sqrt(2 / Math.PI))));
  } else inner = step('Erf', step('Div', x, number(Math.SQRT2)));
  const half = step('Mul', x, step('Add', inner, number(1)));
  graph.node('Mul', [half, number(0.5)], { name, outputs });
}

/** Over the last axis: (x − mean) / √(variance + epsilon) · scale + shift. */
function layerNormalization(operation: ExportedOperation, graph: GraphBuilder): void {
  const { attributes, inputs, name, outputs } = operation;
  const [x, scale, shift] = inputs as [string, string, string];
  const epsilon = attributes['epsilon'] as { readonly float: number };
  const step = (type: string, terms: readonly string[], wanted?: string | undefined): string =>
    graph.node(type, terms, { name: `${name}/${type}`, ...(wanted && { outputs: [wanted] }) });
  const mean = (of: string, wanted?: string): string =>
    graph.node('ReduceMean', [of], {
      name: `${name}/mean`,
      attributes: { axes: [-1], keepdims: 1 },
      ...(wanted && { outputs: [wanted] }),
    });
  const centred = step('Sub', [x, mean(x, outputs[1])]);
  const variance = mean(step('Mul', [centred, centred]));
  const deviation = step('Sqrt', [step('Add', [variance, graph.scalar(epsilon.float, 'float32')])]);
  if (outputs[2]) step('Reciprocal', [deviation], outputs[2]);
  const normalized = step('Div', [centred, deviation]);
  graph.node('Add', [step('Mul', [normalized, scale]), shift], { name, outputs: [outputs[0]!] });
}
