import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeTextFile } from '@tenon/checkpoints';
import { assertWhole } from '@tenon/core';
import type { TrainerCallback } from './trainer-callback.ts';

export interface MetricsFileOptions {
  /** Of the steps, only every so many-th is written. Evaluations are all written. @default 1 */
  readonly every?: number;
}

/**
 * A callback that writes steps and evaluations to a file, a JSON object a line.
 *
 * A run that starts anew empties the file. One that goes on from a checkpoint takes away what was written
 * after it, so that the file ends up as that of a run without interruption, `seconds` aside.
 */
export function metricsFile(file: string, { every = 1 }: MetricsFileOptions = {}): TrainerCallback {
  assertWhole('metricsFile every', every);
  return {
    async onTrainBegin({ step, resumedFrom }) {
      mkdirSync(dirname(file), { recursive: true });
      await writeTextFile(file, resumedFrom === undefined ? '' : linesUpTo(step, file));
    },
    onStepEnd(event) {
      if (event.step % every === 0) append(file, { type: 'step', ...event });
    },
    onEvaluate(event) {
      mkdirSync(dirname(file), { recursive: true }); // there may have been no run
      append(file, { type: 'evaluation', ...event });
    },
  };
}

const append = (file: string, event: object): void => appendFileSync(file, `${JSON.stringify(event)}\n`);

function linesUpTo(step: number, file: string): string {
  if (!existsSync(file)) return '';
  const kept = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => stepOf(line) <= step);
  return kept.map((line) => `${line}\n`).join('');
}

/** The last line may be torn: the process was killed while it wrote. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
