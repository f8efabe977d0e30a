import { describe, expect, it } from 'vitest';
import type { Result } from '../interleave.ts';
import { type Claim, disagreements, judge } from './claims.ts';

const result = (name: string, milliseconds: number[][], changes: Partial<Result> = {}): Result => ({
  name,
  facts: {},
  check: [],
  blocks: milliseconds.map((block, i) => ({
    milliseconds: block,
    processorMilliseconds: block.map((value) => 2 * value),
    loss: 1,
    peakMB: 100 * (i + 1),
  })),
  ...changes,
});
const ours = result('ours', [[10, 11, 90], [20]]);
const peer = result('peer', [[22], [60]]);
const claim: Claim = { row: 'a row', kind: 'time', atLeast: 2.2, ours: 'ours', peer: 'peer' };

describe('judge', () => {
  it('takes the median of the ratios of the rounds', () => {
    const seen = { median: 2.5, minimum: 2, maximum: 3 };
    expect(judge(claim, [ours, peer], 'clock')).toEqual({ claim, seen, passed: true });
    expect(judge({ ...claim, atLeast: 2.6 }, [ours, peer], 'clock')).toMatchObject({ passed: false });
  });

  it('takes the time of the processor where it is told to', () => {
    const busy = { ...peer, blocks: peer.blocks.map((block) => ({ ...block, processorMilliseconds: [44] })) };
    expect(judge(claim, [ours, busy], 'processor').seen).toEqual({ median: 1.55, minimum: 1.1, maximum: 2 });
  });

  it('compares the peaks of memory at the end', () => {
    const memory: Claim = { row: 'memory', kind: 'memory', atMost: 1, ours: 'ours', peer: 'peer' };
    expect(judge(memory, [ours, peer], 'clock')).toMatchObject({ passed: true, seen: { median: 1 } });
    const more = result('ours', [[1], [1], [1]]);
    expect(judge(memory, [more, peer], 'clock')).toMatchObject({ passed: false, seen: { median: 1.5 } });
  });

  it('says nothing of who was not there', () => {
    expect(judge(claim, [ours], 'clock')).toEqual({ claim });
  });
});

describe('disagreements', () => {
  it('lets rounding pass, and what has no numbers', () => {
    const results = [ours, { ...ours, check: [9.08, 1.2] }, { ...peer, check: [9.081, 1.2] }];
    expect(disagreements(results)).toEqual([]);
    expect(disagreements([ours, peer])).toEqual([]);
  });

  it('names who computes something else', () => {
    const first = { ...ours, check: [9.08, 1.2] };
    expect(disagreements([first, { ...peer, check: [9.08, 1.3] }])).toEqual([
      'peer does other work: expected [9.08000, 1.20000] as ours, got [9.08000, 1.30000]',
    ]);
    expect(disagreements([first, { ...peer, check: [9.08] }])).toHaveLength(1);
    expect(disagreements([first, { ...peer, check: [9.08, Number.NaN] }])).toHaveLength(1);
  });
});
