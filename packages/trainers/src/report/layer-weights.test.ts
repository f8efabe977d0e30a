import { Module, ones, parameter, RandomStream } from '@tenon/core';
import { ScalarMix } from '@tenon/layers';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { layerWeightSections, layerWeights } from './layer-weights.ts';

class Tagger extends Module {
  readonly mix: ScalarMix;
  readonly other: ScalarMix;
  /** Named like those of a mix, but of other shapes. */
  readonly weights = parameter([2, 2], ones, new RandomStream(1));
  readonly gamma = parameter([2], ones, new RandomStream(1));

  constructor() {
    super();
    this.mix = new ScalarMix(3, { weights: [0, Math.log(2), 0], gamma: 1.5 });
    this.other = new ScalarMix(1);
  }
}

describe('layerWeights', () => {
  beforeAll(() => selectBackend('cpu'));

  it('finds every mix in a model', async () => {
    using model = new Tagger();
    expect(await layerWeights(model)).toEqual([
      { path: 'mix', weights: [0.25, 0.5, 0.25].map((share) => expect.closeTo(share, 6)), gamma: 1.5 },
      { path: 'other', weights: [1], gamma: 1 },
    ]);
    using bare = new ScalarMix(2);
    expect(await layerWeights(bare)).toEqual([{ path: '', weights: [0.5, 0.5], gamma: 1 }]);
  });

  it('makes a section with bars, and none for a model without a mix', async () => {
    using model = new Tagger();
    const [section] = await layerWeightSections(model);
    expect(section!.text).toContain('mix: γ\u00a0=\u00a01.5000, other: γ\u00a0=\u00a01.');
    const svg = await section!.charts![0]!.svg();
    for (const text of ['layer 0', 'layer 2', '0.25', '0.50', 'mix', 'other'])
      expect(svg).toContain(`>${text}</text>`);
    expect(await layerWeightSections({ parameters: () => new Map() })).toEqual([]);
  });
});
