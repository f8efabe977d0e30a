// From the blocks of both contestants at each length to the table that is printed.
import type { TransformerXLConfig } from '@tenon/models';
import { type Result, roundsOf, type Timing } from '../interleave.ts';
import { formatMachine, type Machine } from '../machine.ts';
import { median, type Ratio, ratioOf } from '../statistics.ts';
import { formatTable } from '../table.ts';

export interface LengthResult {
  /** Tokens that each prediction attends to. */
  readonly length: number;
  /** A step evaluates `length` tokens. */
  readonly memory: Result;
  /** A step evaluates one token. */
  readonly window: Result;
}

export interface Report {
  readonly size: string;
  readonly config: TransformerXLConfig;
  readonly rounds: number;
  readonly timing: Timing;
  readonly threads: number;
  readonly machine: Machine;
  readonly results: readonly LengthResult[];
}

/** Milliseconds a token of each, and how many times as long the window takes, round by round. */
export function perToken(
  { length, memory, window }: LengthResult,
  timing: Timing,
): { memory: number; window: number; ratio: Ratio } {
  const ours = roundsOf(memory, timing).map((milliseconds) => milliseconds / length);
  const theirs = roundsOf(window, timing);
  return { memory: median(ours), window: median(theirs), ratio: ratioOf(ours, theirs) };
}

export function formatResults({ size, config, rounds, timing, threads, machine, results }: Report): string {
  const { layers, hiddenSize, heads, headSize, feedForwardSize, vocabularySize } = config;
  const rows = results.map((result) => {
    const { memory, window, ratio } = perToken(result, timing);
    const range = `${ratio.minimum.toFixed(0)} to ${ratio.maximum.toFixed(0)}`;
    return [
      String(result.length),
      memory.toFixed(3),
      window.toFixed(1),
      `${ratio.median.toFixed(0)}×`,
      range,
    ];
  });
  return [
    `transformer-xl ${size}: ${layers} layers, d ${hiddenSize}, ${heads} heads of ${headSize}, feed-forward ${feedForwardSize}, V ${vocabularySize}, batch 1`,
    formatMachine(machine),
    `milliseconds of ${timing === 'clock' ? 'the clock' : 'processor time'}, threads ${threads}, medians of ${rounds} rounds; segments as long as the memory`,
    '',
    formatTable([
      [
        'attention length',
        'with memory, ms a token',
        'window by one, ms a token',
        'ratio',
        'over the rounds',
      ],
      ...rows,
    ]),
    '',
    "The paper's Table 9 has up to 1874×, on one GPU at a length of 3800.",
  ].join('\n');
}
