// From the blocks of all contestants to the tables that are printed.
import { formatFacts, type Result, roundsOf, type Timing } from '../interleave.ts';
import { formatMachine, type Machine } from '../machine.ts';
import { median } from '../statistics.ts';
import { formatTable } from '../table.ts';
import { disagreements, judge, type Verdict } from './claims.ts';
import type { Experiment } from './experiments.ts';

export interface ExperimentReport {
  readonly name: string;
  readonly summary: string;
  readonly results: readonly Result[];
  readonly verdicts: readonly Verdict[];
  /** What went wrong: a contestant that ended, numbers that differ. */
  readonly faults: readonly string[];
}

export interface EngineReport {
  readonly machine: Machine;
  readonly rounds: number;
  readonly threads: number;
  readonly timing: Timing;
  readonly seconds: number;
  readonly experiments: readonly ExperimentReport[];
  readonly notes: readonly string[];
}

export function reportOn(
  { name, summary, claims }: Experiment,
  results: readonly Result[],
  timing: Timing,
  failure?: string,
): ExperimentReport {
  const verdicts = claims.map((claim) => judge(claim, results, timing));
  const faults = failure === undefined ? disagreements(results) : [failure];
  return { name, summary, results, verdicts, faults };
}

/** The contestants of one experiment. */
export function formatExperiment({ name, summary, results, faults }: ExperimentReport): string {
  const rows = results.map((result) => [
    result.name,
    median(roundsOf(result)).toFixed(1),
    Math.min(...result.blocks.flatMap((block) => block.milliseconds)).toFixed(1),
    Math.min(...result.blocks.flatMap((block) => block.processorMilliseconds)).toFixed(1),
    String(result.blocks.at(-1)!.peakMB),
  ]);
  return [
    `${name}: ${summary}`,
    ...(rows.length > 0
      ? [formatTable([['', 'ms', 'minimum', 'processor minimum', 'peak MB'], ...rows])]
      : []),
    ...results.map((result) => `${result.name}: ${formatFacts(result.facts)}`),
    ...faults.map((fault) => `fault: ${fault}`),
  ].join('\n');
}

/** The table of what had to be shown. */
export function formatReport(report: EngineReport): string {
  const { machine, rounds, threads, timing, seconds, experiments, notes } = report;
  const rows = experiments.flatMap(({ verdicts, faults }) =>
    verdicts.map((verdict) => formatVerdict(verdict, faults.length > 0)),
  );
  return [
    `engine: ${rounds} rounds, ${threads} threads, time by the ${timing}, ${(seconds / 60).toFixed(1)} minutes`,
    formatMachine(machine),
    '',
    formatTable([['', 'against', 'target', 'seen', 'lowest', 'highest', ''], ...rows]),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

function formatVerdict({ claim, seen, passed }: Verdict, faulty: boolean): string[] {
  const figure = (value: number): string =>
    claim.kind === 'share' ? `${(100 * value).toFixed(0)} %` : `${value.toFixed(2)}×`;
  const hasTarget = claim.kind === 'memory' || claim.atLeast > 0;
  const target = claim.kind === 'memory' ? `≤ ${figure(claim.atMost)}` : `≥ ${figure(claim.atLeast)}`;
  const row = [claim.row, claim.peer, hasTarget ? target : ''];
  if (seen === undefined) return [...row, '', '', '', 'not measured'];
  const judged = !hasTarget ? '' : passed ? 'pass' : 'short';
  return [...row, figure(seen.median), figure(seen.minimum), figure(seen.maximum), faulty ? 'fault' : judged];
}
