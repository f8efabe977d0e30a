import type { TrainerCallback } from '@tenon/trainers';
import { expect, test } from 'vitest';
import { fallingLoss } from './falling-loss.ts';

/** What the callback sees of a run with these losses. */
function run(losses: readonly number[], stopped: 'finished' | 'interrupted' = 'finished'): () => void {
  const callback = fallingLoss() as Required<TrainerCallback>; // it has the three that are called here
  return () => {
    callback.onTrainBegin({} as never, {} as never);
    for (const [i, loss] of losses.entries()) callback.onStepEnd({ step: i + 1, loss } as never, {} as never);
    callback.onTrainEnd({ stopped } as never, {} as never);
  };
}

test('a loss that falls passes, whatever the steps between', () => {
  expect(run([3, 3.1, 9, 2.9, 2.8, 2.7])).not.toThrow();
  expect(run([2])).not.toThrow();
});

test('a loss that stays or rises does not, unless the run was broken off', () => {
  const message =
    'loss: expected to fall from the 3.0500 of the first steps, got 3.0500 in the last ones. Nothing is learnt:';
  expect(run([3, 3.1, 0, 0, 3.1, 3])).toThrow(message);
  expect(run([1, 2])).toThrow('to fall from the 1.0000 of the first steps, got 2.0000');
  expect(run([1, Number.NaN])).toThrow('got NaN');
  expect(run([1, 2], 'interrupted')).not.toThrow();
});
