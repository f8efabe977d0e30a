import { add, concat, gather, mul, reduce, sub, unary, where } from '../graph/operations.ts';
import { computeHere, reshape } from '../graph/recorder.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { countedLabels } from './tenon-labels.ts';
import { vocabularyChunks, vocabularyOperands } from './vocabulary-chunks.ts';

/**
 * hidden [N, C], weight [V, C], bias [V] or a scalar for none, labels int32 [N] -> loss [N], log Σ exp(scores) [N]; the loss of a row with a
 * negative label is 0. Of each chunk of the vocabulary only the largest score m and s = Σ exp(score − m) of
 * every row remain: log Σ exp = max m + log Σ s · exp(m − max m).
 */
export const tenonLinearCrossEntropy: LoweredKernel = kernel('TenonLinearCrossEntropy', ({ value }) => {
  const operands = vocabularyOperands(value);
  const { hidden, weight, bias } = operands;
  const rows = hidden.shape[0]!;
  const largest: LazyValue[] = [];
  const sums: LazyValue[] = [];
  for (const { scores } of vocabularyChunks(operands, false)) {
    const maximum = reduce('ReduceMax', scores, [1], true);
    largest.push(maximum);
    const sum = reduce('ReduceSum', unary('Exp', sub(scores, maximum)), [1], true);
    // Before the next chunk is scored, so that this one's scores are needed no more.
    computeHere(sum);
    sums.push(sum);
  }
  const [m, s] = [concat(largest, 1), concat(sums, 1)];
  const maximum = reduce('ReduceMax', m, [1], true);
  const total = reduce('ReduceSum', mul(s, unary('Exp', sub(m, maximum))), [1], true);
  const logSumExp = add(maximum, unary('Log', total));

  const { labels, counted } = countedLabels(value('labels'));
  const chosenRows = gather(weight, reshape(labels, [rows]), 0);
  const product = reduce('ReduceSum', mul(hidden, chosenRows), [1], true);
  const chosen = bias === null ? product : add(product, gather(bias, labels, 0));
  const loss = where(counted, sub(logSumExp, chosen), 0);
  return [reshape(loss, [rows]), reshape(logSumExp, [rows])];
});
