// The matrix products of a training step of GPT-2, each by itself: the rate that the step is measured against.
// N = B·T rows, C channels, H heads, D = C / H, V vocabulary.
import { onnxBackend } from '@tenon/tfjs-backend-onnx';
import { dispose, matMul, randomUniform, type Tensor } from '@tensorflow/tfjs-core';
import type { Work } from '../serve.ts';
import type { Size } from '../sizes.ts';
import { median } from '../statistics.ts';

/** A stack of `stack` products [rows, inner] × [inner, columns], which a step has `times`. */
export interface Product {
  readonly stack: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly times: number;
}

/** All of forward and backward, those of the same shape together. */
export function productsOf({ layers, channels: C, heads, tokens, batch, vocabulary }: Size): Product[] {
  const N = batch * tokens;
  const D = C / heads;
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
  linear(C, vocabulary, 1);
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

interface Form {
  /** Several of one shape, so that a run has products one after the other, as a step has. */
  readonly left: readonly Tensor[];
  readonly b: Tensor;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const FORMS = [
  [false, false],
  [false, true],
  [true, false],
] as const;
const TRIALS = 5;
/** Numbers of all left matrices of a form, 64 MB at most. */
const LEFT_NUMBERS = 2 ** 24;
const PRODUCTS_A_RUN = 8;

/** A step takes the time of each product, in the fastest of its forms, as many times as the model has it. */
export function products({ size }: { size: Size }): Work {
  const list = productsOf(size);
  const chosen = list.map(fastestForm);
  return {
    facts: { GFLOPs: (operationsOf(list) / 1e9).toFixed(1) },
    async step() {
      let [milliseconds, processorMilliseconds] = [0, 0];
      list.forEach(({ times }, i) => {
        const time = timeOf(chosen[i]!);
        milliseconds += times * time.milliseconds;
        processorMilliseconds += times * time.processorMilliseconds;
      });
      return { milliseconds, processorMilliseconds, loss: Number.NaN };
    },
  };
}

function fastestForm(product: Product): Form {
  const timed = FORMS.map(([transposeA, transposeB]) => {
    const form = formOf(product, transposeA, transposeB);
    timeOf(form); // builds the graph
    const trials = Array.from({ length: TRIALS }, () => timeOf(form).milliseconds);
    return { form, milliseconds: median(trials) };
  });
  const [best, ...others] = timed.sort((x, y) => x.milliseconds - y.milliseconds);
  for (const { form } of others) {
    dispose([...form.left, form.b]);
  }
  return best!.form;
}

function formOf({ stack, rows, inner, columns }: Product, transposeA: boolean, transposeB: boolean): Form {
  const matrix = (height: number, width: number): Tensor =>
    randomUniform(stack === 1 ? [height, width] : [stack, height, width], -1, 1);
  const count = Math.floor(LEFT_NUMBERS / (stack * rows * Math.max(inner, columns)));
  return {
    left: Array.from({ length: Math.min(Math.max(count, 1), PRODUCTS_A_RUN) }, () =>
      transposeA ? matrix(inner, rows) : matrix(rows, inner),
    ),
    b: transposeB ? matrix(columns, inner) : matrix(inner, columns),
    transposeA,
    transposeB,
  };
}

interface ProductTime {
  readonly milliseconds: number;
  readonly processorMilliseconds: number;
}

/** A product's share of a run of a graph of such products: ONNX Runtime by itself but for some microseconds. */
function timeOf({ left, b, transposeA, transposeB }: Form): ProductTime {
  const before = process.cpuUsage();
  const start = performance.now();
  const made = left.map((a) => matMul(a, b, transposeA, transposeB));
  onnxBackend().flush();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  dispose(made);
  return {
    milliseconds: milliseconds / made.length,
    processorMilliseconds: (user + system) / 1000 / made.length,
  };
}
