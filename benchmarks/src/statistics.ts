/** The middle value; of an even count, the mean of the two in the middle. `NaN` for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length === 0 ? Number.NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Ratio {
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * How many times as long `peer` took as `ours`, round by round. Both ran within moments of each other in a
 * round, so that a machine that changes its speed between rounds changes both.
 *
 * @param ours milliseconds a step, one figure a round
 * @param peer the same, as many rounds
 */
export function ratioOf(ours: readonly number[], peer: readonly number[]): Ratio {
  const ratios = ours.map((milliseconds, round) => peer[round]! / milliseconds);
  return { median: median(ratios), minimum: Math.min(...ratios), maximum: Math.max(...ratios) };
}
