import { TenonError } from '@tenon/core';
import { assertPairs } from './pairs.ts';

/**
 * Perplexity, exp(Σ nᵢ Lᵢ / Σ nᵢ), of mean losses Lᵢ in nats over nᵢ tokens each. Losses over unequal numbers of tokens
 * need these as weights.
 *
 * @param losses mean −log p a token: of the whole text, or of each batch
 * @param tokens how many tokens each loss is a mean of; by default as many in each
 * @throws {TenonError} when there is no loss or no token, or the lengths differ.
 * @example
 * ```ts
 * import { perplexity } from '@tenon/trainers/metrics';
 *
 * console.log(perplexity([Math.log(50)]).toFixed(2)); // 50.00
 * console.log(perplexity([1, 2], [300, 100]).toFixed(2)); // 3.49
 * ```
 */
export function perplexity(losses: ArrayLike<number>, tokens?: ArrayLike<number>): number {
  const weights = tokens ?? Array.from(losses, () => 1);
  assertPairs('perplexity', losses, weights, ['losses', 'numbers of tokens']);
  let [sum, count] = [0, 0];
  for (let i = 0; i < losses.length; i++) {
    sum += weights[i]! * losses[i]!;
    count += weights[i]!;
  }
  if (count > 0) return Math.exp(sum / count);
  throw new TenonError({
    subject: 'perplexity',
    expected: 'at least one token',
    got: String(count),
    advice: 'Pass how many tokens each loss is a mean of.',
  });
}
