import { createHash } from 'node:crypto';
import type { Module } from '@tenon/core';
import type { TrainResult } from '../run-options.ts';
import type { TrainerCallback } from '../trainer-callback.ts';
import { die, dieAt } from './die-at.ts';

/**
 * A callback that lets a process die when told: `step:N`, `file:N`, `piece:N` (die-at.ts) or `line`, which says each
 * step and waits to be killed.
 */
export function mortality(moment: string | undefined): TrainerCallback {
  const [kind, number] = moment?.split(':') ?? [];
  if (kind === 'file' || kind === 'piece') dieAt(kind, Number(number));
  return {
    async onStepEnd({ step }) {
      if (kind === 'step' && step === Number(number)) die();
      if (kind === 'line') {
        process.stdout.write(`step ${step}\n`);
        await new Promise((resolve) => setTimeout(resolve, 20)); // lets the parent pick its moment
      }
    },
  };
}

/** Writes how a run ended as a line: its result, and a hash of the weights. */
export function tellOutcome({ best, ...result }: TrainResult, model: Module): void {
  const weights = createHash('sha256');
  for (const parameter of model.parameters().values()) weights.update(parameter.dataSync());
  const { checkpoint: _, ...outcome } = result;
  const outcomeOfBest = best && { step: best.step, value: best.value };
  process.stdout.write(
    `${JSON.stringify({ ...outcome, best: outcomeOfBest, weights: weights.digest('hex') })}\n`,
  );
}
