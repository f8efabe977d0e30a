import { expand, mul, unary, where } from '../graph/operations.ts';
import { record, reshape } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { countedLabels } from './tenon-labels.ts';

/**
 * logits [N, V], labels int32 [N], logSumExp and dy [N] -> (softmax(logits) − one-hot(labels))·dy [N, V].
 * The softmax is exp of the logarithms that the loss itself recorded; they are found again, not computed again.
 */
export const tenonSoftmaxCrossEntropyGrad: LoweredKernel = kernel(
  'TenonSoftmaxCrossEntropyGrad',
  ({ value }) => {
    const logits = value('logits');
    const rows = logits.shape[0]!;
    const { labels, counted } = countedLabels(value('labels'));
    const probabilities = unary('Exp', record('LogSoftmax', [logits], logits, { axis: 1 }));
    const minusOne = expand({ type: 'float32', dims: [], values: -1 }, [rows, 1]);
    const difference = record('ScatterElements', [probabilities, labels, minusOne], logits, {
      axis: 1,
      reduction: 'add',
    });
    return mul(difference, where(counted, reshape(value('dy'), [rows, 1]), 0));
  },
);
