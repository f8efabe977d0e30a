import { existsSync } from 'node:fs';
import { TenonError } from '@tenon/core';
import { readMetrics } from './report/metrics.ts';
import type { Run } from './run-folder.ts';

/** What a run has to leave behind. */
const FILES = ['config', 'weights', 'tokenizer', 'generation', 'metrics', 'report'] as const;

/** `--short` is a test: all files are there, and the model has learned something. */
export function checkShortRun(run: Run): void {
  const missing = FILES.map((name) => run.path(name)).filter((path) => !existsSync(path));
  assert(missing.length === 0, 'all files', `none of ${missing.join(', ')}`);
  const { evaluations, samples } = readMetrics(run.path('metrics'));
  const [first, last] = [evaluations[0]?.loss ?? 0, evaluations.at(-1)?.loss ?? 0];
  assert(last < 0.85 * first, `a validation loss well below ${first.toFixed(3)}`, last.toFixed(3));
  assert(samples.length === evaluations.length, 'a sample for each evaluation', String(samples.length));
  console.log(`short form passed: validation loss from ${first.toFixed(3)} to ${last.toFixed(3)}`);
}

function assert(holds: boolean, expected: string, got: string): void {
  if (holds) return;
  throw new TenonError({
    subject: 'short form',
    expected,
    got,
    advice: 'Something in the packages that this example is made of has broken.',
  });
}
