// N rows, L classes, B batch.

import {
  assertShape,
  formatShape,
  lookAt,
  type ProblemType,
  softmaxCrossEntropy,
  TenonError,
} from '@tenon/core';
import {
  argMax,
  cast,
  div,
  greaterEqual,
  maximum,
  mean,
  mul,
  type Rank,
  reshape,
  type Scalar,
  softplus,
  squaredDifference,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/** A label that does not count. */
export const IGNORED = -100;

/** The sum over what counts by how much counts; 0 where nothing does. @param counts 1 or 0 for each of `losses`. */
export function meanOfCounted(losses: Tensor, counts: Tensor): Scalar {
  return div(sum(losses), maximum(sum(counts), 1));
}

/** 1 where a label counts, 0 where it is negative. */
export function counted(labels: Tensor): Tensor {
  return cast(greaterEqual(labels, 0), 'float32');
}

/**
 * The mean of −log p over the rows whose label is not negative.
 *
 * @param logits [N, L]
 * @param labels int32 [N]
 * @throws {TenonError} when a label is not a class.
 */
export function meanCrossEntropy(logits: Tensor2D, labels: Tensor1D): Scalar {
  const classes = logits.shape[1];
  lookAt(labels, (values) => {
    const wrong = Array.prototype.find.call(
      values,
      (id: number) => id >= classes || (id < 0 && id !== IGNORED),
    );
    if (wrong === undefined) return;
    throw new TenonError({
      subject: 'labels',
      expected: `numbers of classes in [0, ${classes}), or ${IGNORED} for what does not count`,
      got: String(wrong),
      advice: 'Check how many labels the head was made with.',
    });
  });
  return meanOfCounted(softmaxCrossEntropy(logits, labels), counted(labels));
}

/**
 * The mean of −log p of each row's label, where there has to be one label for each row [N].
 *
 * @param advice for labels of another shape.
 * @throws {TenonError} about labels of another shape or beyond the classes.
 */
export function rowsCrossEntropy(
  logits: Tensor2D,
  labels: Tensor,
  advice: string,
  subject: string = 'labels',
): Scalar {
  assertShape(subject, labels.shape, [logits.shape[0]], advice);
  return meanCrossEntropy(logits, labels as Tensor1D);
}

/** The class with the highest score, int32 of the shape [...] for scores [..., L]. */
export function likeliest<T extends Tensor>(logits: Tensor): T {
  return cast(argMax<T>(logits, -1), 'int32');
}

/**
 * What the labels of sequences are, where nobody says, as Hugging Face sees it: one output is a number; of several,
 * whole numbers choose one and others are a yes or no to each.
 */
export function problemTypeOf(classes: number, labels: { readonly dtype: string } | undefined): ProblemType {
  if (classes === 1) return 'regression';
  return labels === undefined || labels.dtype === 'int32'
    ? 'singleLabelClassification'
    : 'multiLabelClassification';
}

/**
 * The loss of whole sequences: cross entropy, binary cross entropy of each class, or the squared error.
 *
 * @param logits [B, L]
 * @param labels int32 [B] for one class of several; [B, L] of 0 and 1 for any number of them, −100 where it is not
 *   known; numbers [B, L], or [B] where L is 1, for regression
 */
export function sequenceLoss(logits: Tensor2D, labels: Tensor, problemType: ProblemType): Scalar {
  const [B, L] = logits.shape;
  switch (problemType) {
    case 'singleLabelClassification':
      return rowsCrossEntropy(logits, labels, 'Pass the number of a class for each sequence.');
    case 'multiLabelClassification': {
      assertShape('labels', labels.shape, [B, L], 'Pass 0 or 1 for each class of each sequence.');
      const counts = counted(labels);
      // −log σ(x) where the label is 1, −log(1 − σ(x)) where it is 0
      const losses = sub(softplus(logits), mul(logits, cast(labels, 'float32')));
      return meanOfCounted(mul(losses, counts), counts);
    }
    case 'regression': {
      if (labels.size !== B * L) {
        throw new TenonError({
          subject: 'labels',
          expected: formatShape([B, L]),
          got: formatShape(labels.shape),
          advice: 'Pass as many numbers for each sequence as the head has labels.',
        });
      }
      const targets = reshape<Rank.R2>(cast(labels, 'float32'), [B, L]);
      return mean(squaredDifference(logits, targets));
    }
  }
}
