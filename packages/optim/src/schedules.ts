import { assertWhole, TenonError } from '@tenon/core';
import { assertNotNegative } from './checks.ts';

/** The learning rate of a step. Steps count the updates made before, from 0. */
export type Schedule = (step: number) => number;

export interface WarmupOptions {
  /** The rate at the end of the warm-up. */
  readonly peak: number;
  /** Steps in which the rate climbs from `start` to `peak`. */
  readonly warmupSteps: number;
  /** Steps in all; from here on the rate is `end`. */
  readonly totalSteps: number;
  /** The last rate. @default 0 */
  readonly end?: number;
  /**
   * The rate of step 0, where there is a warm-up. With 0 the first update changes nothing; `peak / (warmupSteps + 1)`
   * climbs as evenly, one step ahead.
   * @default 0, as in the papers' programs
   */
  readonly start?: number;
}

/** The same rate at every step. */
export function constant(rate: number): Schedule {
  assertNotNegative('constant: rate', rate, 'Pass 3e-4 for instance.');
  return () => rate;
}

/**
 * Linear up, linear down (Devlin et al. 2019), with W warm-up steps of S in all:
 * `start + (peak − start) · s / W` before W, then `end + (peak − end) · (S − s) / (S − W)`.
 *
 * @throws {TenonError} when a rate is negative or the warm-up is longer than the whole.
 */
export function warmupLinear(options: WarmupOptions): Schedule {
  return warmup(options, (done) => 1 - done);
}

/**
 * Linear up, half a cosine down (Loshchilov and Hutter 2017; GPT), with W warm-up steps of S in all:
 * `start + (peak − start) · s / W` before W, then `end + (peak − end) · (1 + cos(π (s − W) / (S − W))) / 2`.
 *
 * @throws {TenonError} when a rate is negative or the warm-up is longer than the whole.
 */
export function warmupCosine(options: WarmupOptions): Schedule {
  return warmup(options, (done) => (1 + Math.cos(Math.PI * done)) / 2);
}

/** @param share what is left of `peak − end` when a share `done` of the steps after the warm-up is over. */
function warmup(options: WarmupOptions, share: (done: number) => number): Schedule {
  const { peak, warmupSteps, totalSteps, end = 0, start = 0 } = options;
  assertNotNegative('schedule: peak', peak, 'Pass 3e-4 for instance.');
  assertNotNegative('schedule: end', end, 'Leave it out for 0.');
  assertNotNegative('schedule: start', start, 'Leave it out for 0.');
  assertWhole('schedule: totalSteps', totalSteps);
  assertWhole('schedule: warmupSteps', warmupSteps, 0);
  if (warmupSteps > totalSteps) {
    throw new TenonError({
      subject: 'schedule: warmupSteps',
      expected: `at most totalSteps = ${totalSteps}`,
      got: String(warmupSteps),
      advice: 'Shorten the warm-up.',
    });
  }
  return (step) => {
    if (step < warmupSteps) return start + ((peak - start) * step) / warmupSteps;
    if (step >= totalSteps) return end;
    return end + (peak - end) * share((step - warmupSteps) / (totalSteps - warmupSteps));
  };
}
