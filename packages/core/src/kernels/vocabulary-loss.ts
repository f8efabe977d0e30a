import {
  cast,
  equal,
  exp,
  expandDims,
  greaterEqual,
  logSumExp,
  mul,
  range,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

// What the two kernels of a vocabulary's loss mean, from its scores on.

/** logits [N, V], labels int32 [N] -> −log softmax(logits)[label], 0 where the label is negative, and log Σ exp(logits): [N] each. */
export function lossOfScores(logits: Tensor, labels: Tensor): [loss: Tensor, logSumExp: Tensor] {
  const normaliser = logSumExp(logits, -1);
  const chosen = sum(mul(logits, hot(labels, logits.shape[1]!)), -1);
  return [mul(sub(normaliser, chosen), counted(labels)), normaliser];
}

export interface ScoresGradientInputs {
  readonly logits: Tensor;
  readonly labels: Tensor;
  readonly logSumExp: Tensor;
  readonly dy: Tensor;
}

/** (softmax(logits) − one-hot(labels)) · dy, [N, V]. */
export function gradientOfScores({
  logits,
  labels,
  logSumExp: normaliser,
  dy,
}: ScoresGradientInputs): Tensor2D {
  const difference = sub(exp(sub(logits, expandDims(normaliser, -1))), hot(labels, logits.shape[1]!));
  return mul(difference, expandDims(mul(dy, counted(labels)), -1));
}

/** 1 where a row counts, 0 where its label is negative. */
const counted = (labels: Tensor): Tensor => cast(greaterEqual(labels, 0), 'float32');

// (oneHot refuses a single class.)
const hot = (labels: Tensor, vocabularySize: number): Tensor =>
  cast(equal(expandDims(labels, -1), range(0, vocabularySize, 1, 'int32')), 'float32');
