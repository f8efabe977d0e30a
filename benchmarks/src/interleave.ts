// Has several contestants compute in turns, so that a machine that changes its speed changes it for all.
import { setTimeout as pause } from 'node:timers/promises';
import { type Block, Contestant, type Facts, type Program } from './contestant.ts';
import { median } from './statistics.ts';

/** Lets the threads of the one before go to sleep. */
const BREATH_MS = 300;

/** One who takes part. */
export interface Entrant {
  readonly program: Program;
  /** What its program is asked first. */
  readonly request: object;
  /** Steps before the first round. */
  readonly warmUp: number;
  /** Steps a block: enough to even out a hiccup, few enough that the machine is the same for all in a round. */
  readonly steps: number;
}

/** One contestant's blocks, one a round. */
export interface Result {
  readonly name: string;
  readonly facts: Facts;
  readonly check: readonly number[];
  readonly blocks: readonly Block[];
}

/** Starts all, one after another, and then has one block of each in every round: only one computes at a time. */
export async function interleave(entrants: readonly Entrant[], rounds: number): Promise<Result[]> {
  const runners: { contestant: Contestant; blocks: Block[]; steps: number }[] = [];
  try {
    for (const { program, request, warmUp, steps } of entrants) {
      progress(`${program.name}: starting and warming up`);
      const contestant = await Contestant.start(program, request);
      runners.push({ contestant, blocks: [], steps });
      await contestant.run(warmUp);
    }
    for (let round = 1; round <= rounds; round++) {
      for (const { contestant, blocks, steps } of runners) {
        progress(`round ${round} of ${rounds}: ${contestant.name}`);
        await pause(BREATH_MS);
        blocks.push(await contestant.run(steps));
      }
    }
  } finally {
    for (const { contestant } of runners) await contestant.stop();
  }
  return runners.map(({ contestant: { name, facts, check }, blocks }) => ({ name, facts, check, blocks }));
}

/** What counts as time: the clock's, or the processor's where others use the machine too. */
export type Timing = 'clock' | 'processor';

/** Milliseconds a step, a figure a round: the median of the block. */
export function roundsOf({ blocks }: Result, timing: Timing = 'clock'): number[] {
  return blocks.map(({ milliseconds, processorMilliseconds }) =>
    median(timing === 'clock' ? milliseconds : processorMilliseconds),
  );
}

export function formatFacts(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function progress(line: string): void {
  if (process.stderr.isTTY) console.error(line);
}
