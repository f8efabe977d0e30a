import { assertWhole, TenonError } from '@tenon/core';

/** Changes the scores of one sequence's next token, [V]; −Infinity rules a token out. */
export type LogitsWarper = (logits: Float32Array) => Float32Array;

/**
 * Divides the scores: below 1 sharpens, above 1 flattens.
 *
 * @throws {TenonError} when it is not above 0.
 */
export function temperatureWarper(temperature: number): LogitsWarper {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new TenonError({
      subject: 'temperature',
      expected: 'a number above 0',
      got: String(temperature),
      advice: 'Pass greedy: true to always take the most likely token.',
    });
  }
  return (logits) => logits.map((value) => value / temperature);
}

/**
 * Keeps the k highest scores (Fan et al. 2018), and what equals the lowest of them.
 *
 * @param k 0 keeps all.
 * @param minimum keep at least so many. @default 1
 * @throws {TenonError} when `k` is not a whole number.
 */
export function topKWarper(k: number, minimum = 1): LogitsWarper {
  assertWhole('topK', k, 0);
  const kept = Math.max(k, minimum);
  return (logits) => {
    if (k === 0 || kept >= logits.length) return logits;
    const lowest = descending(logits)[kept - 1]!;
    return logits.map((value) => (value < lowest ? Number.NEGATIVE_INFINITY : value));
  };
}

/**
 * Nucleus sampling (Holtzman et al. 2020): keeps the most likely tokens up to and including the one with
 * which their probability passes `p`.
 *
 * @param minimum keep at least so many. @default 1
 * @throws {TenonError} when `p` is not in (0, 1].
 */
export function topPWarper(p: number, minimum = 1): LogitsWarper {
  if (!(p > 0 && p <= 1)) {
    throw new TenonError({
      subject: 'topP',
      expected: 'a number in (0, 1]',
      got: String(p),
      advice: 'Pass the probability that the kept tokens have together, 0.9 for instance.',
    });
  }
  return (logits) => {
    if (p === 1) return logits;
    const sorted = descending(logits);
    const total = sumOfExponentials(sorted, sorted[0]!);
    let kept = 0;
    for (let sum = 0; kept < sorted.length && sum <= p; kept++)
      sum += Math.exp(sorted[kept]! - sorted[0]!) / total;
    kept = Math.min(Math.max(kept, minimum), sorted.length);

    // Of equal scores at the border, the tokens that come first in the vocabulary are kept.
    const lowest = sorted[kept - 1]!;
    let equals = kept - sorted.indexOf(lowest);
    return logits.map((value) =>
      value > lowest || (value === lowest && equals-- > 0) ? value : Number.NEGATIVE_INFINITY,
    );
  };
}

/** Without a comparison function a typed array is sorted natively, which matters at 50,000 tokens. */
function descending(logits: Float32Array): Float32Array {
  return Float32Array.from(logits).sort().reverse();
}

function sumOfExponentials(logits: Float32Array, highest: number): number {
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - highest);
  return sum;
}
