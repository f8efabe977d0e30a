// The matrix products of a training step of GPT-2 without what is between them: the rate that the step is measured against.
// N = B·T rows, C channels, H heads, D = C / H, V vocabulary.
import { onnxBackend } from '@tenon/tfjs-backend-onnx';
import { dispose, matMul, randomUniform, slice, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Work } from '../serve.ts';
import type { Size } from '../sizes.ts';

/** A stack of `stack` products [rows, inner] × [inner, columns], which a step has `times`. */
export interface Product {
  readonly stack: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly times: number;
}

/** Scores of the vocabulary that the backend computes at a time, a part of the words after the other. */
const SCORES_AT_A_TIME = 2 ** 21;

/** All of forward and backward, those of the same shape together. */
export function productsOf({ layers, channels: C, heads, tokens, batch, vocabulary }: Size): Product[] {
  const N = batch * tokens;
  const D = C / heads;
  const parts = Math.ceil((N * vocabulary) / SCORES_AT_A_TIME);
  const words = Math.ceil(vocabulary / parts);
  const counted = new Map<string, Product>();
  const count = (stack: number, rows: number, inner: number, columns: number, times: number): void => {
    const key = `${[stack, rows, inner, columns]}`;
    const before = counted.get(key)?.times ?? 0;
    counted.set(key, { stack, rows, inner, columns, times: before + times });
  };
  /** y = x·W, and for the backward pass dx = dy·Wᵀ and dW = xᵀ·dy. */
  const linear = (inputs: number, outputs: number, times: number): void => {
    count(1, N, inputs, outputs, times);
    count(1, N, outputs, inputs, times);
    count(1, inputs, N, outputs, times);
  };
  linear(C, 3 * C, layers);
  linear(C, C, layers);
  linear(C, 4 * C, layers);
  linear(4 * C, C, layers);
  linear(C, words, Math.floor(vocabulary / words));
  if (vocabulary % words > 0) linear(C, vocabulary % words, 1);
  // q·kᵀ and dy·vᵀ give [T, T]; p·v, dpᵀ·q, dp·k and pᵀ·dy take it.
  count(batch * heads, tokens, D, tokens, 2 * layers);
  count(batch * heads, tokens, tokens, D, 4 * layers);
  return [...counted.values()];
}

/** The floating-point operations of all. */
export function operationsOf(products: readonly Product[]): number {
  return products.reduce(
    (sum, { stack, rows, inner, columns, times }) => sum + 2 * stack * rows * inner * columns * times,
    0,
  );
}

/** A product as one of the three kinds of which a step consists, with matrices to multiply. */
interface Form {
  readonly lefts: readonly Tensor[];
  readonly rights: readonly Tensor[];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const FORMS = [
  [false, false],
  [false, true],
  [true, false],
] as const;
const TRIALS = 7;
const PRODUCTS_A_TRIAL = 4;

/**
 * All products in one graph, as in a step, each in the fastest of its forms. (Graphs of some products each take longer
 * than whole steps: they end before the threads are all at work.)
 */
export function products({ size }: { size: Size }): Work {
  const list = productsOf(size);
  const chosen = list.map((product) => ({ ...product, form: fastestForm(product) }));
  return {
    facts: { GFLOPs: (operationsOf(list) / 1e9).toFixed(1) },
    async step() {
      return {
        ...timeOf(() => chosen.flatMap(({ form, times }) => multiplied(form, times))),
        loss: Number.NaN,
      };
    },
  };
}

function fastestForm(product: Product): Form {
  const timed = FORMS.map(([transposeA, transposeB]) => {
    const form = formOf(product, transposeA, transposeB);
    const trials = Array.from(
      { length: TRIALS },
      () => timeOf(() => multiplied(form, Math.min(PRODUCTS_A_TRIAL, product.times))).milliseconds,
    );
    return { form, milliseconds: Math.min(...trials) };
  });
  const [best, ...others] = timed.sort((x, y) => x.milliseconds - y.milliseconds);
  for (const { form } of others) {
    dispose([...form.lefts, ...form.rights]);
  }
  return best!.form;
}

/** With as many matrices as it takes to make `times` different products of them. */
function formOf(
  { stack, rows, inner, columns, times }: Product,
  transposeA: boolean,
  transposeB: boolean,
): Form {
  const matrices = (height: number, width: number): Tensor[] =>
    Array.from({ length: Math.ceil(Math.sqrt(times)) }, () =>
      randomUniform(stack === 1 ? [height, width] : [stack, height, width], -1, 1),
    );
  const lefts = transposeA ? matrices(inner, rows) : matrices(rows, inner);
  return {
    lefts,
    rights: transposeB ? matrices(columns, inner) : matrices(inner, columns),
    transposeA,
    transposeB,
  };
}

/**
 * Different products, no right matrix twice in a row: weights come from memory as in a step. One number of each leaves
 * the graph; the product stays inside, where ONNX Runtime reuses its memory, as most of a step's do.
 */
function multiplied({ lefts, rights, transposeA, transposeB }: Form, times: number): Tensor[] {
  return Array.from({ length: times }, (_, i) => {
    const [a, b] = [lefts[Math.floor(i / rights.length)]!, rights[i % rights.length]!];
    return tidy(() => firstNumber(matMul(a, b, transposeA, transposeB)));
  });
}

function firstNumber(x: Tensor): Tensor {
  return slice(
    x,
    x.shape.map(() => 0),
    x.shape.map(() => 1),
  );
}

interface Time {
  readonly milliseconds: number;
  readonly processorMilliseconds: number;
}

/** What the graph takes that computes the tensors recorded: ONNX Runtime by itself but for some microseconds. */
function timeOf(record: () => Tensor[]): Time {
  const made = record();
  const before = process.cpuUsage();
  const start = performance.now();
  onnxBackend().flush();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  dispose(made);
  return { milliseconds, processorMilliseconds: (user + system) / 1000 };
}
