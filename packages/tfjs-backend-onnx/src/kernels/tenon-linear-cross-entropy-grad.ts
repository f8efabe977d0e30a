import { matMul } from '../graph/mat-mul.ts';
import { add, concat, gather, mul, sub, unary, where } from '../graph/operations.ts';
import { computeHere, record, reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { type KernelCall, kernel, type LoweredKernel } from '../kernel.ts';
import { gradientOfLookUp } from './looked-up-rows.ts';
import { countedLabels } from './tenon-labels.ts';
import { vocabularyChunks } from './vocabulary-chunks.ts';

// With P = softmax(scores) [N, V], a row's factor d = dy where it counts, and Y the one-hot labels:
// dhidden = d·(P·W − Y·W), dweight = Pᵀ·(d·hidden) − Yᵀ·(d·hidden). Y·W picks rows and Yᵀ·… scatters them;
// P is never there as a whole.

/** -> dhidden [N, C] */
export const tenonLinearCrossEntropyHiddenGrad: LoweredKernel = kernel(
  'TenonLinearCrossEntropyHiddenGrad',
  (call) => {
    const { weight, labels, factor } = operands(call);
    const mean = hiddenParts(call).at(-1)!;
    return mul(sub(mean, gather(weight, labels, 0)), factor);
  },
);

/** -> dweight [V, C] */
export const tenonLinearCrossEntropyWeightGrad: LoweredKernel = kernel(
  'TenonLinearCrossEntropyWeightGrad',
  (call) => {
    const { hidden, weight, labels, factor } = operands(call);
    const scaled = mul(hidden, factor);
    const sums = hiddenParts(call);
    const parts = probabilities(call).map((part, index) => {
      // A chunk's share of the other gradient right before this one: then the chunk is needed no more.
      computeHere(sums[index]!);
      const product = matMul(part, scaled, true);
      computeHere(product);
      return product;
    });
    const joined = parts.length === 1 ? parts[0]! : concat(parts, 0);
    return add(joined, gradientOfLookUp(weight, labels, sub(0, scaled), call.backend));
  },
);

function operands({ value }: Pick<KernelCall<never>, 'value'>): {
  hidden: LazyValue;
  weight: LazyValue;
  /** int32 [N], safe to index with. */
  labels: LazyValue;
  /** [N, 1]: 0 where a row does not count. */
  factor: LazyValue;
} {
  const hidden = value('hidden');
  const rows = hidden.shape[0]!;
  const { labels, counted } = countedLabels(value('labels'));
  const factor = where(counted, reshape(value('dy'), [rows, 1]), 0);
  return { hidden, weight: value('weight'), labels: reshape(labels, [rows]), factor };
}

/** P of each chunk, [N, W]. */
function probabilities({ value }: Pick<KernelCall<never>, 'value'>): LazyValue[] {
  const [hidden, weight] = [value('hidden'), value('weight')];
  const logSumExp = reshape(value('logSumExp'), [hidden.shape[0]!, 1]);
  return vocabularyChunks(hidden, weight, true).map(({ scores }) => unary('Exp', sub(scores, logSumExp)));
}

/** Σ P·W of the first chunk, of the first two, …, of all: [N, C] each. */
function hiddenParts(call: Pick<KernelCall<never>, 'value'>): LazyValue[] {
  const [hidden, weight] = [call.value('hidden'), call.value('weight')];
  const chunks = vocabularyChunks(hidden, weight, true);
  const sums: LazyValue[] = [];
  for (const [index, part] of probabilities(call).entries()) {
    const operands = [part, chunks[index]!.weight, ...sums.slice(-1)];
    sums.push(record('Gemm', operands, { shape: hidden.shape, type: 'float32' }));
  }
  return sums;
}
