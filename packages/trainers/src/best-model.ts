import { TenonError } from '@tenon/core';
import type { Evaluation } from './evaluate.ts';

/** What tells a better model from a worse one. */
export interface BestModelOptions {
  /** `loss`, `perplexity` or a metric's name. @default 'loss' */
  readonly metricForBestModel?: string;
  /** @default true, but false where the metric's name ends in 'loss' */
  readonly greaterIsBetter?: boolean;
}

/** The best evaluation of a run so far. */
export interface BestEvaluation {
  readonly step: number;
  readonly value: number;
}

/** @throws {TenonError} when the evaluation has no metric of that name. */
export function metricOf({ loss, perplexity, metrics = {} }: Evaluation, name: string): number {
  const values: Readonly<Record<string, number>> = { ...metrics, loss, evalLoss: loss, perplexity };
  const value = values[name];
  if (value !== undefined) return value;
  throw new TenonError({
    subject: 'metricForBestModel',
    expected: `one of ${['loss', ...Object.keys(metrics)].join(', ')}`,
    got: name,
    advice: 'Name what the evaluation gives.',
  });
}

export function isGreaterBetter({ metricForBestModel = 'loss', greaterIsBetter }: BestModelOptions): boolean {
  return greaterIsBetter ?? !(/loss$/i.test(metricForBestModel) || metricForBestModel === 'perplexity');
}

/** The first value is better than none, and one that is no number never is. */
export function isBetter(value: number, best: number | undefined, greater: boolean): boolean {
  if (best === undefined) return !Number.isNaN(value);
  return greater ? value > best : value < best;
}
