import { TenonError } from '@tenon/core';
import type { TrainerCallback } from '@tenon/trainers';

/**
 * For a trainer's callbacks: a run whose loss does not fall ends in an error, so that no short form passes that learns
 * nothing. The mean of the last third of its steps has to be below that of the first.
 *
 * @throws {TenonError} at the end of a run of at least two steps that has learnt nothing.
 */
export function fallingLoss(): TrainerCallback {
  let losses: number[] = [];
  const mean = (some: readonly number[]): number => some.reduce((sum, loss) => sum + loss, 0) / some.length;
  return {
    onTrainBegin() {
      losses = [];
    },
    onStepEnd({ loss }) {
      losses.push(loss);
    },
    onTrainEnd({ stopped }) {
      if (stopped !== 'finished' || losses.length < 2) return;
      const third = Math.max(1, Math.floor(losses.length / 3));
      const [first, last] = [mean(losses.slice(0, third)), mean(losses.slice(-third))];
      if (last < first) return;
      throw new TenonError({
        subject: 'loss',
        expected: `to fall from the ${first.toFixed(4)} of the first steps`,
        got: `${last.toFixed(4)} in the last ones`,
        advice:
          'Nothing is learnt: look for a rate that is too high, or for labels that do not fit their texts.',
      });
    },
  };
}
