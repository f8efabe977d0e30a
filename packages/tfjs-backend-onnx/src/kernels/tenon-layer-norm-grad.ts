import { columnSums, matMul } from '../graph/mat-mul.ts';
import { div, mul, sub } from '../graph/operations.ts';
import { reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/**
 * x, dy [..., C], gamma [C], mean and inverseStd [..., 1] -> dx [..., C], dgamma [C], dbeta [C].
 * With n = (x − mean)·inverseStd and the row means a = mean(dy·gamma), b = mean(dy·gamma·n):
 * dx = (dy·gamma − a − n·b)·inverseStd. The row means are products with the vector gamma / C.
 */
export const tenonLayerNormGrad: LoweredKernel = kernel('TenonLayerNormGrad', ({ value }) => {
  const given = value('x');
  const channels = given.shape.at(-1)!;
  const rows = given.size / channels;
  const [x, dy] = [reshape(given, [rows, channels]), reshape(value('dy'), [rows, channels])];
  const [mean, inverseStd] = [reshape(value('mean'), [rows, 1]), reshape(value('inverseStd'), [rows, 1])];
  const gamma = value('gamma');
  const normalized = mul(sub(x, mean), inverseStd);
  const dyNormalized = mul(dy, normalized);
  const weights = div(reshape(gamma, [channels, 1]), channels);
  const a = matMul(dy, weights);
  const b = matMul(dyNormalized, weights);
  const dx = mul(sub(sub(mul(dy, gamma), a), mul(normalized, b)), inverseStd);
  return [reshape(dx, given.shape), columnSums(dyNormalized), columnSums(dy)];
});
