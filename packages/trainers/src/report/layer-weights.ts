import type { Module } from '@tenon/core';
import { barChart } from './charts/bar-chart.ts';
import { figure } from './html.ts';
import type { ReportSection } from './render-report.ts';

/** What a mix of a model's layers (`MixedLayers`, a `ScalarMix`) has learned. */
export interface LayerWeights {
  /** Where in the model the mix stands, as `mix`; '' for a mix itself. */
  readonly path: string;
  /** The share of each layer, layer 0 being the output of the embeddings; they sum to 1. */
  readonly weights: readonly number[];
  /** What the mix is scaled by. */
  readonly gamma: number;
}

/**
 * The mixes of layers within a model: ELMo's learned weights, and those of `MixedLayers` over any other model.
 *
 * They are found by their parameters: `weights` [L] and `gamma` [1] beside each other.
 *
 * @example
 * ```ts
 * import { useBackend } from '@tenon/core/backend';
 * import { ScalarMix } from '@tenon/layers';
 * import { layerWeights } from '@tenon/trainers/report';
 *
 * await useBackend('auto');
 * using mix = new ScalarMix(2);
 * console.log(await layerWeights(mix)); // [ { path: '', weights: [ 0.5, 0.5 ], gamma: 1 } ]
 * ```
 * @see Peters et al. 2018, equation 1: https://arxiv.org/abs/1802.05365
 */
export async function layerWeights(model: Pick<Module, 'parameters'>): Promise<LayerWeights[]> {
  const parameters = model.parameters();
  const found: LayerWeights[] = [];
  for (const [name, weights] of parameters) {
    const path = /^(?:(.*)\.)?weights$/.exec(name);
    const gamma = path && parameters.get(name.replace(/weights$/, 'gamma'));
    if (!gamma || weights.rank !== 1 || gamma.size !== 1) continue;
    found.push({
      path: path[1] ?? '',
      weights: softmax([...(await weights.data())]),
      gamma: (await gamma.data())[0]!,
    });
  }
  return found;
}

/** What the layers weigh, as bars; no section for a model without a mix. */
export async function layerWeightSections(model: Pick<Module, 'parameters'>): Promise<ReportSection[]> {
  const mixes = await layerWeights(model);
  if (mixes.length === 0) return [];
  const bars = mixes.flatMap(({ path, weights }) =>
    weights.map((value, layer) => ({ name: `layer ${layer}`, value, series: path })),
  );
  const scales = mixes.map(({ path, gamma }) =>
    mixes.length === 1 ? `γ\u00a0=\u00a0${figure(gamma)}` : `${path}: γ\u00a0=\u00a0${figure(gamma)}`,
  );
  return [
    {
      title: 'Which layers it reads',
      text: `The learned share of each layer in the mix; layer 0 is the output of the embeddings. ${scales.join(', ')}.`,
      charts: [barChart({ bars, value: 'weight', format: '.2f' })],
    },
  ];
}

function softmax(numbers: readonly number[]): number[] {
  const largest = Math.max(...numbers);
  const powers = numbers.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
