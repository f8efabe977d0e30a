/** Scores as probabilities that add up to 1. */
export function softmaxOf(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

/** Scores as probabilities of their own. */
export function sigmoidOf(scores: readonly number[]): number[] {
  return scores.map((score) => 1 / (1 + Math.exp(-score)));
}

/** The index of the highest score, the first of equal ones. */
export function highestOf(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}
