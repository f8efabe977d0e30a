import { describe, expect, it } from 'vitest';
import { growthIn, type Reading } from './soak.ts';

const reading = (step: number, changes: Partial<Reading> = {}): Reading => ({
  step,
  loss: 6,
  tensors: 84,
  buffers: 84,
  sessionBuilds: 2,
  idleMB: 1,
  heapMB: 60,
  residentMB: 300,
  ...changes,
});

describe('growthIn', () => {
  it('finds nothing in what stays the same, and lets memory sway within the slack', () => {
    expect(growthIn([reading(200), reading(400, { residentMB: 320 }), reading(600)], 32)).toEqual([]);
  });

  it('finds one more tensor', () => {
    expect(growthIn([reading(200), reading(400, { tensors: 85 })], 32)).toEqual([
      'tensors: expected 84 as at step 200, got 85 at step 400.',
    ]);
  });

  it('finds a session built after the warm-up', () => {
    expect(growthIn([reading(200), reading(400), reading(600, { sessionBuilds: 3 })], 32)).toEqual([
      'sessionBuilds: expected 2 as at step 200, got 3 at step 600.',
    ]);
  });

  it('finds memory beyond the slack', () => {
    expect(growthIn([reading(200), reading(400, { residentMB: 333 })], 32)).toEqual([
      'resident memory: expected at most 332 MB, got 333 MB at step 400.',
    ]);
  });
});
