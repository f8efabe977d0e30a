import { add, erf, exp, mul, neg, square, type Tensor, tanh } from '@tensorflow/tfjs-core';
import { defineKernel } from '../named-kernel.ts';

/** `none` is the exact GELU by the error function (BERT), `tanh` the approximation of GPT and GPT-2. */
export type GeluApproximation = 'none' | 'tanh';

const ROOT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** The argument of the tanh: √(2/π) · (x + 0.044715 x³). */
const inner = (x: Tensor): Tensor => mul(add(x, mul(mul(square(x), x), CUBIC)), ROOT_TWO_OVER_PI);

const cdf = (x: Tensor): Tensor => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);

const run = defineKernel<{ x: Tensor }, { approximate: GeluApproximation }>({
  name: 'TenonGelu',
  reference({ x }, { approximate }) {
    return mul(x, approximate === 'tanh' ? mul(add(tanh(inner(x)), 1), 0.5) : cdf(x));
  },
  gradient: {
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => ({
      x: () =>
        runGradient(
          { x: saved[0]!, dy: dy as Tensor },
          attributes as unknown as { approximate: GeluApproximation }, // those that `run` was called with
        )[0]!,
    }),
  },
});

const runGradient = defineKernel<{ x: Tensor; dy: Tensor }, { approximate: GeluApproximation }>({
  name: 'TenonGeluGrad',
  reference({ x, dy }, { approximate }) {
    if (approximate === 'none') {
      const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return mul(dy, add(cdf(x), mul(x, density)));
    }
    const t = tanh(inner(x));
    const slope = mul(add(mul(square(x), 3 * CUBIC), 1), ROOT_TWO_OVER_PI);
    const half = mul(add(t, 1), 0.5);
    return mul(dy, add(half, mul(mul(mul(x, 0.5), add(neg(square(t)), 1)), slope)));
  },
});

/**
 * Gaussian error linear unit (Hendrycks and Gimpel 2016), element by element.
 *
 * @param approximate GPT and GPT-2 use `tanh`, BERT uses `none`.
 */
export function gelu(x: Tensor, approximate: GeluApproximation = 'none'): Tensor {
  return run({ x }, { approximate })[0]!;
}
