import {
  add,
  matMul,
  scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { assertInt32, assertShape } from '../errors.ts';
import { defineKernel } from '../named-kernel.ts';
import { gradientOfScores, lossOfScores } from './vocabulary-loss.ts';

interface ScoreInputs {
  hidden: Tensor;
  weight: Tensor;
  /** [V], or a scalar 0 where nothing is added: TensorFlow.js saves inputs for the gradient by name, and none may be absent. */
  bias: Tensor;
}

/** hidden [N, C], weight [V, C], bias -> the scores [N, V]. */
function scores({ hidden, weight, bias }: ScoreInputs): Tensor2D {
  const products = matMul<Tensor2D>(hidden, weight, false, true);
  return bias.rank === 0 ? products : add<Tensor2D>(products, bias);
}

interface Inputs extends ScoreInputs {
  labels: Tensor;
}

const run = defineKernel<{ [K in keyof Inputs]: Tensor }, Record<never, never>>({
  name: 'TenonLinearCrossEntropy',
  reference: ({ labels, ...inputs }) => lossOfScores(scores(inputs), labels),
  gradient: {
    inputsToSave: ['hidden', 'weight', 'bias', 'labels'],
    outputsToSave: [false, true],
    gradFunc(dys, saved) {
      const [hidden, weight, bias, labels, normaliser] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const inputs = { hidden, weight, bias, labels, logSumExp: normaliser, dy: (dys as Tensor[])[0]! };
      return {
        hidden: () => runHiddenGradient(inputs, {})[0]!,
        weight: () => runWeightGradient(inputs, {})[0]!,
        bias: () => runBiasGradient(inputs, {})[0]!,
      };
    },
  },
});

interface GradientInputs extends Inputs {
  logSumExp: Tensor;
  dy: Tensor;
}

const scoresGradient = ({ hidden, weight, bias, ...rest }: GradientInputs): Tensor2D =>
  gradientOfScores({ logits: scores({ hidden, weight, bias }), ...rest });

const runHiddenGradient = defineKernel<{ [K in keyof GradientInputs]: Tensor }, Record<never, never>>({
  name: 'TenonLinearCrossEntropyHiddenGrad',
  reference: (inputs) => matMul(scoresGradient(inputs), inputs.weight as Tensor2D),
});

const runWeightGradient = defineKernel<{ [K in keyof GradientInputs]: Tensor }, Record<never, never>>({
  name: 'TenonLinearCrossEntropyWeightGrad',
  reference: (inputs) => matMul(scoresGradient(inputs), inputs.hidden as Tensor2D, true, false),
});

const runBiasGradient = defineKernel<{ [K in keyof GradientInputs]: Tensor }, Record<never, never>>({
  name: 'TenonLinearCrossEntropyBiasGrad',
  reference: (inputs) => sum(scoresGradient(inputs), 0),
});

/**
 * −log softmax(hidden · weightᵀ + bias)[label] of every row: a vocabulary's scores and their loss in one, so that a
 * backend need not keep the scores, by far the largest tensor of a language model, in memory.
 *
 * @param hidden float32 [N, C]
 * @param weight float32 [V, C]: the row of each word, in a tied model its embedding.
 * @param labels int32 [N], below V (`onnx` throws where one is not, when the loss is read); a row with a negative label (−100)
 *   has loss 0 and no gradient.
 * @param bias float32 [V], which BERT adds. @default none
 * @returns [N]
 * @throws {TenonError} when `labels` is not int32, or `bias` of another size.
 */
export function linearCrossEntropy(
  hidden: Tensor2D,
  weight: Tensor2D,
  labels: Tensor1D,
  bias?: Tensor1D,
): Tensor1D {
  assertInt32('linearCrossEntropy labels', labels);
  if (bias !== undefined) {
    assertShape('linearCrossEntropy bias', bias.shape, [weight.shape[0]], 'Pass a number for each word.');
  }
  return tidy(() => run({ hidden, weight, bias: bias ?? scalar(0), labels }, {})[0] as Tensor1D);
}
