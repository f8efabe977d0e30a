// What the engine has to show, and whether a run shows it.
import { type Result, roundsOf, type Timing } from '../interleave.ts';
import { type Ratio, ratioOf } from '../statistics.ts';

/** One row of the table: our contestant beside a peer. */
export type Claim = {
  readonly row: string;
  readonly ours: string;
  readonly peer: string;
} & (
  | {
      /** How many times as fast ours is; `share`: the part of our time in which the peer does its work. */
      readonly kind: 'time' | 'share';
      /** 0 where the ratio is only to be known. */
      readonly atLeast: number;
    }
  | {
      /** Our peak of resident memory for each byte of the peer's. */
      readonly kind: 'memory';
      readonly atMost: number;
    }
);

export interface Verdict {
  readonly claim: Claim;
  /** Absent where one of the two was not measured. */
  readonly seen?: Ratio;
  readonly passed?: boolean;
}

export function judge(claim: Claim, results: readonly Result[], timing: Timing): Verdict {
  const ours = results.find(({ name }) => name === claim.ours);
  const peer = results.find(({ name }) => name === claim.peer);
  if (ours === undefined || peer === undefined) return { claim };
  if (claim.kind === 'memory') {
    const seen = ratioOf([peer.blocks.at(-1)!.peakMB], [ours.blocks.at(-1)!.peakMB]);
    return { claim, seen, passed: seen.median <= claim.atMost };
  }
  const seen = ratioOf(roundsOf(ours, timing), roundsOf(peer, timing));
  return { claim, seen, passed: seen.median >= claim.atLeast };
}

/** Sums go in another order on each side, through up to twelve layers. */
const RELATIVE = 1e-3;

/** Whether all computed the same numbers: says who did not, beside the first who gave some. */
export function disagreements(results: readonly Result[]): string[] {
  const [first, ...others] = results.filter(({ check }) => check.length > 0);
  if (first === undefined) return [];
  const slack = RELATIVE * Math.max(...first.check.map(Math.abs));
  return others
    .filter(
      ({ check }) =>
        check.length !== first.check.length ||
        check.some((value, i) => !(Math.abs(value - first.check[i]!) <= slack)),
    )
    .map(
      ({ name, check }) =>
        `${name} does other work: expected ${format(first.check)} as ${first.name}, got ${format(check)}`,
    );
}

const format = (numbers: readonly number[]): string =>
  `[${numbers.map((value) => value.toPrecision(6)).join(', ')}]`;
