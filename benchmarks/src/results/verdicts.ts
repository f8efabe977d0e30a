// What an outcome says, in words that do not depend on which way it came out.
import { type Outcome, spread } from './experiment.ts';

/** Whether a figure is no worse than the worst of a reference's runs. */
export function noWorseThan(
  worst: number,
  arm: string,
  figure: string,
  better: 'higher' | 'lower' = 'higher',
): (outcome: Outcome) => string {
  return (outcome) => {
    const { lowest, highest, mean } = spread(outcome[arm]!, figure);
    const ours = better === 'higher' ? lowest : highest;
    const holds = better === 'higher' ? ours >= worst : ours <= worst;
    const average = better === 'higher' ? mean >= worst : mean <= worst;
    const said = holds ? 'every seed is' : average ? 'the mean is, but not every seed,' : 'NOT';
    return `${said} no worse than the reference's worst: ${figure} ${short(lowest)} to ${short(highest)} (mean ${short(mean)}) beside ${short(worst)}`;
  };
}

/** The same beside an arm that was run here. */
export function noWorseThanArm(reference: string, arm: string, figure: string): (outcome: Outcome) => string {
  return (outcome) => noWorseThan(spread(outcome[reference]!, figure).lowest, arm, figure)(outcome);
}

/** Which of two arms did better, and in how many of the seeds. */
export function beats(
  claimed: string,
  other: string,
  figure: string,
  better: 'higher' | 'lower' = 'higher',
): (outcome: Outcome) => string {
  return (outcome) => {
    const [a, b] = [outcome[claimed]!, outcome[other]!];
    const sign = better === 'higher' ? 1 : -1;
    const wins = a.filter((run, i) => sign * (run[figure]! - b[i]![figure]!) > 0).length;
    const [left, right] = [spread(a, figure), spread(b, figure)];
    const apart = better === 'higher' ? left.lowest > right.highest : left.highest < right.lowest;
    const ahead = sign * (left.mean - right.mean) > 0;
    return `${claimed} ${ahead ? 'is ahead' : 'is NOT ahead'}: ${figure} ${short(left.mean)} beside ${short(right.mean)} of ${other}, better in ${wins} of ${a.length} seeds${apart ? ', and every seed of it is better than every seed of the other' : ''}`;
  };
}

export const short = (value: number): string => value.toFixed(4).replace(/0+$/, '').replace(/[.]$/, '');
