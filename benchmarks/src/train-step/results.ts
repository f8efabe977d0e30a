// From the blocks of each contestant to the table that is printed.

import { formatFacts, type Result, roundsOf } from '../interleave.ts';
import { formatMachine, type Machine } from '../machine.ts';
import { OPTIMIZER, SIZES, type SizeName } from '../sizes.ts';
import { median, type Ratio, ratioOf } from '../statistics.ts';
import { formatTable } from '../table.ts';

/** A whole run: what is printed, and with --json written. */
export interface Report {
  readonly size: SizeName;
  readonly rounds: number;
  readonly machine: Machine;
  /** The first contestant is ours. */
  readonly results: readonly Result[];
  readonly notes: readonly string[];
}

/** How many times ours is as fast as each peer, by name. */
export function ratios(results: readonly Result[]): Map<string, Ratio> {
  const [ours, ...peers] = results;
  return new Map(peers.map((peer) => [peer.name, ratioOf(roundsOf(ours!), roundsOf(peer))]));
}

export function formatResults({ size, rounds, machine, results, notes }: Report): string {
  const { layers, channels, heads, tokens, batch, vocabulary } = SIZES[size];
  const lines = [
    `train-step ${size}: ${layers} layers, d ${channels}, ${heads} heads, T ${tokens}, batch ${batch}, V ${vocabulary}; AdamW, decay ${OPTIMIZER.weightDecay}, clip ${OPTIMIZER.clip}`,
    formatMachine(machine),
    ...results.map(({ name, facts }) => `${name}: ${formatFacts(facts)}`),
    '',
    formatTable([
      ['', 'ms a step', 'minimum', 'tokens/s', 'peak MB', 'last loss'],
      ...results.map((result) => row(result, batch * tokens)),
    ]),
    '',
  ];
  for (const [name, ratio] of ratios(results)) {
    lines.push(
      `tokens/s, Tenon ÷ ${name}: ${ratio.median.toFixed(2)} (median of ${rounds} rounds; ${ratio.minimum.toFixed(2)} to ${ratio.maximum.toFixed(2)})`,
    );
  }
  return [...lines, ...notes].join('\n');
}

function row(result: Result, tokensAStep: number): string[] {
  const milliseconds = median(roundsOf(result));
  const last = result.blocks.at(-1)!;
  return [
    result.name,
    milliseconds.toFixed(1),
    Math.min(...result.blocks.flatMap((block) => block.milliseconds)).toFixed(1),
    ((1000 * tokensAStep) / milliseconds).toFixed(0),
    String(last.peakMB),
    last.loss.toFixed(3),
  ];
}
