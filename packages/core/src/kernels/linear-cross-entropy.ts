import { matMul, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { assertInt32 } from '../errors.ts';
import { defineKernel } from '../named-kernel.ts';
import { gradientOfScores, lossOfScores } from './vocabulary-loss.ts';

/** hidden [N, C], weight [V, C] -> the scores [N, V]. */
const scores = (hidden: Tensor, weight: Tensor): Tensor2D =>
  matMul(hidden as Tensor2D, weight as Tensor2D, false, true);

const run = defineKernel<{ hidden: Tensor; weight: Tensor; labels: Tensor }, Record<never, never>>({
  name: 'TenonLinearCrossEntropy',
  reference: ({ hidden, weight, labels }) => lossOfScores(scores(hidden, weight), labels),
  gradient: {
    inputsToSave: ['hidden', 'weight', 'labels'],
    outputsToSave: [false, true],
    gradFunc(dys, saved) {
      const [hidden, weight, labels, normaliser] = saved as [Tensor, Tensor, Tensor, Tensor];
      const inputs = { hidden, weight, labels, logSumExp: normaliser, dy: (dys as Tensor[])[0]! };
      return {
        hidden: () => runHiddenGradient(inputs, {})[0]!,
        weight: () => runWeightGradient(inputs, {})[0]!,
      };
    },
  },
});

interface GradientInputs {
  hidden: Tensor;
  weight: Tensor;
  labels: Tensor;
  logSumExp: Tensor;
  dy: Tensor;
}

const scoresGradient = ({ hidden, weight, ...rest }: GradientInputs): Tensor2D =>
  gradientOfScores({ logits: scores(hidden, weight), ...rest });

const runHiddenGradient = defineKernel<{ [K in keyof GradientInputs]: Tensor }, Record<never, never>>({
  name: 'TenonLinearCrossEntropyHiddenGrad',
  reference: (inputs) => matMul(scoresGradient(inputs), inputs.weight as Tensor2D),
});

const runWeightGradient = defineKernel<{ [K in keyof GradientInputs]: Tensor }, Record<never, never>>({
  name: 'TenonLinearCrossEntropyWeightGrad',
  reference: (inputs) => matMul(scoresGradient(inputs), inputs.hidden as Tensor2D, true, false),
});

/**
 * −log softmax(hidden · weightᵀ)[label] of every row: a vocabulary's scores and their loss in one, so that a
 * backend need not keep the scores, by far the largest tensor of a language model, in memory.
 *
 * @param hidden float32 [N, C]
 * @param weight float32 [V, C]: the row of each word, in a tied model its embedding.
 * @param labels int32 [N]; a row with a negative label (−100) has loss 0 and no gradient.
 * @returns [N]
 * @throws {TenonError} when `labels` is not int32.
 */
export function linearCrossEntropy(hidden: Tensor2D, weight: Tensor2D, labels: Tensor1D): Tensor1D {
  assertInt32('linearCrossEntropy labels', labels);
  const [loss, normaliser] = run({ hidden, weight, labels }, {});
  normaliser!.dispose();
  return loss as Tensor1D;
}
