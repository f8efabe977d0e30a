import { readFileSync } from 'node:fs';
import type { StepEvent } from '@tenon/trainers';

/** What a run has written about itself, by kind. */
export interface Metrics {
  readonly steps: readonly Pick<StepEvent, 'step' | 'loss' | 'tokens' | 'seconds'>[];
  readonly evaluations: readonly {
    readonly step: number;
    readonly loss: number;
    readonly perplexity: number;
    readonly seconds: number;
  }[];
  readonly samples: readonly SampleLine[];
}

/** A line of `metrics.jsonl` beside those that the trainer writes. */
export interface SampleLine {
  readonly type: 'sample';
  readonly step: number;
  readonly text: string;
}

/** Reads a `metrics.jsonl`. */
export function readMetrics(file: string): Metrics {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line) as { type: string });
  const all = <T>(type: string): T[] => events.filter((event) => event.type === type) as T[];
  return { steps: all('step'), evaluations: all('evaluation'), samples: all('sample') };
}

/** The middle one of the run's tokens per second, the first steps left out: they record the graph. */
export function tokensPerSecond({ steps }: Metrics): number {
  const speeds = steps.slice(Math.min(3, steps.length - 1)).map(({ tokens, seconds }) => tokens / seconds);
  return speeds.sort((a, b) => a - b)[Math.floor(speeds.length / 2)] ?? 0;
}
