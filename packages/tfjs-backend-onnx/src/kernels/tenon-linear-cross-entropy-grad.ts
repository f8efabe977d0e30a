import { matMul } from '../graph/mat-mul.ts';
import { add, concat, gather, mul, sub, unary, where } from '../graph/operations.ts';
import { computeHere, record, reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { type KernelCall, kernel, type LoweredKernel } from '../kernel.ts';
import { gradientOfLookUp } from './looked-up-rows.ts';
import { countedLabels } from './tenon-labels.ts';
import { type VocabularyOperands, vocabularyChunks, vocabularyOperands } from './vocabulary-chunks.ts';

// With P = softmax(scores) [N, V], a row's factor d = dy where it counts, and Y the one-hot labels:
// dhidden = d·(P·W − Y·W), dweight = Pᵀ·(d·hidden) − Yᵀ·(d·hidden), dbias = Pᵀ·d − Yᵀ·d. Y·W picks rows and Yᵀ·…
// scatters them; P is never there as a whole.

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
    const { hidden, weight, bias, labels, factor } = operands(call);
    const scaled = mul(hidden, factor);
    const sums = hiddenParts(call);
    const parts = probabilities(call).map((part, index) => {
      // A chunk's share of the other gradients right before this one: then the chunk is needed no more.
      computeHere(sums[index]!);
      if (bias !== null) computeHere(biasPart(part, factor));
      const product = matMul(part, scaled, true);
      computeHere(product);
      return product;
    });
    const joined = parts.length === 1 ? parts[0]! : concat(parts, 0);
    return add(joined, gradientOfLookUp(weight, labels, sub(0, scaled), call.backend));
  },
);

/** -> dbias [V] */
export const tenonLinearCrossEntropyBiasGrad: LoweredKernel = kernel(
  'TenonLinearCrossEntropyBiasGrad',
  (call) => {
    const { labels, factor } = operands(call);
    const bias = call.value('bias'); // there is one, or nobody asks for its gradient
    const parts = probabilities(call).map((part) => biasPart(part, factor));
    const joined = parts.length === 1 ? parts[0]! : concat(parts, 0); // [V, 1]
    const summed = add(joined, gradientOfLookUp(bias, labels, sub(0, factor), call.backend));
    return reshape(summed, bias.shape);
  },
);

/** Σ P·d over the rows: a chunk's share of the bias' gradient, [W, 1]. */
function biasPart(part: LazyValue, factor: LazyValue): LazyValue {
  return matMul(part, factor, true);
}

interface GradientOperands extends VocabularyOperands {
  /** int32 [N], safe to index with. */
  readonly labels: LazyValue;
  /** [N, 1]: 0 where a row does not count. */
  readonly factor: LazyValue;
}

function operands({ value }: Pick<KernelCall<never>, 'value'>): GradientOperands {
  const vocabulary = vocabularyOperands(value);
  const rows = vocabulary.hidden.shape[0]!;
  const { labels, counted } = countedLabels(value('labels'));
  const factor = where(counted, reshape(value('dy'), [rows, 1]), 0);
  return { ...vocabulary, labels: reshape(labels, [rows]), factor };
}

/** P of each chunk, [N, W]. */
function probabilities({ value }: Pick<KernelCall<never>, 'value'>): LazyValue[] {
  const vocabulary = vocabularyOperands(value);
  const logSumExp = reshape(value('logSumExp'), [vocabulary.hidden.shape[0]!, 1]);
  return vocabularyChunks(vocabulary, true).map(({ scores }) => unary('Exp', sub(scores, logSumExp)));
}

/** Σ P·W of the first chunk, of the first two, …, of all: [N, C] each. */
function hiddenParts(call: Pick<KernelCall<never>, 'value'>): LazyValue[] {
  const vocabulary = vocabularyOperands(call.value);
  const chunks = vocabularyChunks(vocabulary, true);
  const sums: LazyValue[] = [];
  for (const [index, part] of probabilities(call).entries()) {
    const operands = [part, chunks[index]!.weight, ...sums.slice(-1)];
    sums.push(record('Gemm', operands, { shape: vocabulary.hidden.shape, type: 'float32' }));
  }
  return sums;
}
