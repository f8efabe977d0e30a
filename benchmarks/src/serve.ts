// The protocol of `peers/protocol.py` for a worker of ours.
import { createInterface } from 'node:readline';
import type { Block, Facts } from './contestant.ts';
import type { StepResult } from './trainer.ts';

/** What a worker has been asked to do again and again. */
export interface Work {
  readonly facts: Facts;
  /** Numbers that do not depend on who computes them. */
  readonly check?: readonly number[];
  /** `processorMilliseconds` only where the step is another than what the process did for it. */
  step(): Promise<StepResult & { readonly processorMilliseconds?: number }>;
}

/** Builds what the first line of the input asks for, then takes steps until the input ends. */
export async function serve<Request>(build: (request: Request) => Promise<Work>): Promise<void> {
  let work: Work | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    if (work === undefined) {
      work = await build(JSON.parse(line) as Request);
      const { facts, check } = work;
      console.log(JSON.stringify({ ready: true, ...facts, ...(check ? { check } : {}) }));
    } else {
      const { steps } = JSON.parse(line) as { steps: number };
      console.log(JSON.stringify(await block(work, steps)));
    }
  }
}

async function block(work: Work, steps: number): Promise<Block> {
  const milliseconds: number[] = [];
  const processorMilliseconds: number[] = [];
  let loss = Number.NaN;
  while (milliseconds.length < steps) {
    const before = process.cpuUsage();
    const result = await work.step();
    const { user, system } = process.cpuUsage(before);
    milliseconds.push(result.milliseconds);
    processorMilliseconds.push(result.processorMilliseconds ?? (user + system) / 1000);
    loss = result.loss;
  }
  const peakMB = Math.round(process.resourceUsage().maxRSS / 1024);
  return { milliseconds, processorMilliseconds, loss, peakMB };
}
