import { sub, where } from '../graph/operations.ts';
import { record, reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { countedLabels } from './tenon-labels.ts';

/**
 * logits [N, V], labels int32 [N] -> loss [N], log Σ exp(logits) [N]; the loss of a row with a negative
 * label is 0. The logarithms of the probabilities stay in the graph for the gradient.
 */
export const tenonSoftmaxCrossEntropy: LoweredKernel = kernel('TenonSoftmaxCrossEntropy', ({ value }) => {
  const logits = value('logits');
  const rows = logits.shape[0]!;
  const { labels, counted } = countedLabels(value('labels'));
  const logProbability = picked(record('LogSoftmax', [logits], logits, { axis: 1 }), labels);
  const loss = where(counted, sub(0, logProbability), 0);
  const logSumExp = sub(picked(logits, labels), logProbability);
  return [reshape(loss, [rows]), reshape(logSumExp, [rows])];
});

/** x [N, V], labels [N, 1] -> x at the labels [N, 1]. */
function picked(x: LazyValue, labels: LazyValue): LazyValue {
  return record('GatherElements', [x, labels], { shape: labels.shape, type: x.type }, { axis: 1 });
}
