import { TenonError } from '@tenon/core';
import { layerDepths } from './layer-depths.ts';
import { type ParameterScaleTransform, scaleByFactors } from './scale-by-parameter.ts';

export interface LayerwiseDecayOptions {
  /** What the learning rate of each layer is multiplied by for the layer below it, above 0 and at most 1. ELECTRA's is 0.8. */
  readonly decay: number;
  /**
   * How deep a parameter lies, by its name: 0 for the embeddings, more for what comes later. The deepest of those
   * that are trained have the whole learning rate.
   * @default as `layerDepths` tells it
   */
  readonly depths?: (name: string) => number;
}

/**
 * Lower learning rates for layers nearer to the input (Howard and Ruder 2018, "discriminative fine-tuning", with a
 * decay of 1/2.6; Clark et al. 2020, ELECTRA, with .8 and .9). With L layers, l counted from 0:
 *
 *     rate of the head       lr                         (and of what stands after the layers)
 *     rate of layer l        lr · decay^(L − l)
 *     rate of the embeddings lr · decay^(L + 1)
 *
 * ELECTRA's program has one power more for the layers and the embeddings. It stands after the whole rule, where the
 * fused kernel takes it along: `chain(adamW({ learningRate }), layerwiseDecay({ decay }))`.
 *
 * @throws {TenonError} about a decay out of its range, and, when the optimiser is made, where the layers are not clear.
 * @example
 * ```ts
 * import { adamW, chain, clipByGlobalNorm, layerwiseDecay } from '@tenon/optim';
 *
 * const rule = chain(clipByGlobalNorm(1), adamW({ learningRate: 1e-4 }), layerwiseDecay({ decay: 0.8 }));
 * ```
 */
export function layerwiseDecay({ decay, depths }: LayerwiseDecayOptions): ParameterScaleTransform {
  if (!(decay > 0 && decay <= 1)) {
    throw new TenonError({
      subject: 'layerwiseDecay: decay',
      expected: 'a number above 0 and at most 1',
      got: String(decay),
      advice: 'Pass 0.8, or 1 for the same rate everywhere.',
    });
  }
  return scaleByFactors((parameters) => {
    const names = [...parameters.keys()];
    const deep =
      depths === undefined ? layerDepths(names) : new Map(names.map((name) => [name, depths(name)]));
    const deepest = Math.max(...deep.values());
    return new Map([...deep].map(([name, depth]) => [name, decay ** (deepest - depth)]));
  });
}
