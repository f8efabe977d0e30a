// What a run prints: a line a case, what was not compared below it, and the sum at the end.
import type { Comparison } from './comparison.ts';

export interface CaseResult {
  readonly label: string;
  /** `gpt2/model` */
  readonly kind: string;
  readonly backend: string;
  readonly comparison: Comparison;
  readonly seconds: number;
}

const VERDICTS = { pass: 'pass', fail: 'FAIL', part: 'pass in part', skip: 'skip' } as const;
const MOST_FAILURES = 12;

/** Columns as wide as the widest of all cases. */
export interface Widths {
  readonly label: number;
  readonly kind: number;
}

export function formatCase(result: CaseResult, widths: Widths): string {
  const { comparison } = result;
  const head = [
    VERDICTS[comparison.verdict].padEnd(VERDICTS.part.length),
    result.backend.padEnd(4),
    result.label.padEnd(widths.label),
    result.kind.padEnd(widths.kind),
  ].join('  ');
  const lines = [`${head}  ${formatNumbers(comparison)}  ${result.seconds.toFixed(1)} s`];
  const { failures } = comparison;
  for (const failure of failures.slice(0, MOST_FAILURES)) lines.push(`      ${failure}`);
  if (failures.length > MOST_FAILURES)
    lines.push(`      and ${failures.length - MOST_FAILURES} more failures`);
  if (comparison.unknown.length > 0) {
    lines.push(`      not known yet, ${comparison.unknown.length}: ${comparison.unknown.join(', ')}`);
  }
  for (const note of comparison.notes) lines.push(`      ${note}`);
  if (comparison.leftOut.length > 0) lines.push(`      left out: ${comparison.leftOut.join('; ')}`);
  return lines.join('\n');
}

function formatNumbers(comparison: Comparison): string {
  if (comparison.skipped !== undefined) return comparison.skipped;
  const { worst, differences } = comparison;
  if (worst === undefined) return 'nothing compared';
  const largest = (field: 'absolute' | 'relative'): string =>
    Math.max(...differences.map((difference) => difference[field])).toExponential(1);
  const share = worst.used.toFixed(worst.used < 0.1 ? 3 : 2);
  return `abs ${largest('absolute')}  rel ${largest('relative')}  ${differences.length} compared, worst ${worst.name} (${share} of its tolerance)`;
}

export interface Unknown {
  readonly label: string;
  /** `bert/model`, or the name of a folder that no `family` field describes. */
  readonly kind: string;
}

/** `not known yet: 12 cases of 3 kinds: bert/model (9), elmo/bilm, tokenizers` */
export function formatUnknown(unknown: readonly Unknown[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of unknown) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => (count > 1 ? `${kind} (${count})` : kind));
  return `not known yet: ${count(unknown.length, 'case')} of ${count(kinds.length, 'kind')}: ${kinds.join(', ')}`;
}

export function formatSummary(results: readonly CaseResult[]): string {
  const of = (verdict: Comparison['verdict']): number =>
    results.filter((result) => result.comparison.verdict === verdict).length;
  const known = of('part') > 0 ? ` (${of('part')} with parts that are not known yet)` : '';
  const parts = [`${of('pass') + of('part')} passed${known}`, `${of('fail')} failed`];
  if (of('skip') > 0) parts.push(`${of('skip')} skipped`);
  return parts.join(', ');
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
