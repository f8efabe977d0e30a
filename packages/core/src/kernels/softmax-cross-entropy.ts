import {
  cast,
  exp,
  expandDims,
  greaterEqual,
  logSumExp,
  mul,
  oneHot,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { assertInt32 } from '../errors.ts';
import { defineKernel } from '../named-kernel.ts';

/** 1 where a row counts, 0 where its label is negative. */
const counted = (labels: Tensor): Tensor => cast(greaterEqual(labels, 0), 'float32');

const hot = (labels: Tensor, vocabularySize: number): Tensor =>
  cast(oneHot(labels as Tensor1D, vocabularySize), 'float32');

const run = defineKernel<{ logits: Tensor; labels: Tensor }, Record<never, never>>({
  name: 'TenonSoftmaxCrossEntropy',
  reference({ logits, labels }) {
    const normaliser = logSumExp(logits, -1);
    const chosen = sum(mul(logits, hot(labels, logits.shape[1]!)), -1);
    return [mul(sub(normaliser, chosen), counted(labels)), normaliser];
  },
  gradient: {
    inputsToSave: ['logits', 'labels'],
    outputsToSave: [false, true],
    gradFunc(dys, saved) {
      const [logits, labels, normaliser] = saved as [Tensor, Tensor, Tensor];
      return {
        logits: () =>
          runGradient({ logits, labels, logSumExp: normaliser, dy: (dys as Tensor[])[0]! }, {})[0]!,
      };
    },
  },
});

const runGradient = defineKernel<
  { logits: Tensor; labels: Tensor; logSumExp: Tensor; dy: Tensor },
  Record<never, never>
>({
  name: 'TenonSoftmaxCrossEntropyGrad',
  reference({ logits, labels, logSumExp: normaliser, dy }) {
    const difference = sub(exp(sub(logits, expandDims(normaliser, -1))), hot(labels, logits.shape[1]!));
    return mul(difference, expandDims(mul(dy, counted(labels)), -1));
  },
});

/**
 * −log softmax(logits)[label] of every row.
 *
 * @param logits float32 [N, V]
 * @param labels int32 [N]; a row with a negative label (−100) has loss 0 and no gradient.
 * @returns [N]
 * @throws {TenonError} when `labels` is not int32.
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  assertInt32('softmaxCrossEntropy labels', labels);
  const [loss, normaliser] = run({ logits, labels }, {});
  normaliser!.dispose();
  return loss as Tensor1D;
}
