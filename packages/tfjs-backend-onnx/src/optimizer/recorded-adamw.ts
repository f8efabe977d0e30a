import { add, div, mul, sub, unary } from '../graph/operations.ts';
import { type LazyValue, leaf, newMemory } from '../graph/value.ts';
import type { AdamWCoefficients } from './adamw.ts';

/** One step of AdamW as ONNX operations, rounded as updateAdamW rounds: the new parameter and moments. */
export function recordAdamW(
  parameter: LazyValue,
  firstMoment: LazyValue,
  secondMoment: LazyValue,
  gradient: LazyValue,
  scale: LazyValue,
  coefficients: AdamWCoefficients,
): [LazyValue, LazyValue, LazyValue] {
  const { beta1, beta2, epsilon } = coefficients;
  const [decay, step, correction] = changing(coefficients);
  const g = mul(gradient, scale);
  const m = add(mul(firstMoment, beta1), mul(g, 1 - beta1));
  const v = add(mul(secondMoment, beta2), mul(mul(g, 1 - beta2), g));
  const change = div(mul(m, step), add(div(unary('Sqrt', v), correction), epsilon));
  return [sub(mul(parameter, decay), change), m, v];
}

let latest: { readonly key: string; readonly values: readonly [LazyValue, LazyValue, LazyValue] } | null =
  null;

/** What changes from step to step is an input of the graph; all parameters of a step share it. */
function changing(coefficients: AdamWCoefficients): readonly [LazyValue, LazyValue, LazyValue] {
  const { learningRate, weightDecay, biasCorrection1, biasCorrection2 } = coefficients;
  const numbers = [
    1 - learningRate * weightDecay,
    learningRate / biasCorrection1,
    Math.sqrt(biasCorrection2),
  ] as const;
  const key = numbers.join();
  if (latest?.key !== key)
    latest = { key, values: [input(numbers[0]), input(numbers[1]), input(numbers[2])] };
  return latest.values;
}

function input(number: number): LazyValue {
  return leaf([], 'float32', newMemory(Float32Array.of(number)));
}
