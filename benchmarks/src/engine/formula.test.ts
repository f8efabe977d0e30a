import { describe, expect, it } from 'vitest';
import { integers, weights } from './formula.ts';

// What `peers/protocol.py` prints for the same: both sides of a comparison start from these.
describe('formula', () => {
  it('gives the weights that the peer gives', () => {
    expect([...weights('layers.0.qkv.weight', 3)]).toEqual([
      0.015800055116415024, 0.011761416681110859, -0.03247179836034775,
    ]);
    expect([...weights('norm.weight', 2)]).toEqual([0.9825237393379211, 0.9694207906723022]);
  });

  it('gives the whole numbers that the peer gives', () => {
    expect([...integers(5, 1000, 7)]).toEqual([566, 668, 709, 359, 761]);
  });
});
