import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { assertInt32 } from '../errors.ts';
import { defineKernel } from '../named-kernel.ts';
import { gradientOfScores, lossOfScores } from './vocabulary-loss.ts';

const run = defineKernel<{ logits: Tensor; labels: Tensor }, Record<never, never>>({
  name: 'TenonSoftmaxCrossEntropy',
  reference: ({ logits, labels }) => lossOfScores(logits, labels),
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
  reference: gradientOfScores,
});

/**
 * −log softmax(logits)[label] of every row.
 *
 * @param logits float32 [N, V]
 * @param labels int32 [N], below V (`onnx` throws where one is not, when the loss is read); a row with a negative label (−100)
 *   has loss 0 and no gradient.
 * @returns [N]
 * @throws {TenonError} when `labels` is not int32.
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  assertInt32('softmaxCrossEntropy labels', labels);
  const [loss, normaliser] = run({ logits, labels }, {});
  normaliser!.dispose();
  return loss as Tensor1D;
}
