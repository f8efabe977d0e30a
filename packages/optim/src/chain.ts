import type { Chain, GradientTransform, Transform } from './transform.ts';

/**
 * Transforms one after another: each takes what the one before it gives.
 *
 * @example
 * ```ts
 * import { adamW, chain, clipByGlobalNorm } from '@tenon/optim';
 *
 * const rule = chain(clipByGlobalNorm(1), adamW({ learningRate: 3e-4 }));
 * ```
 */
export function chain(...transforms: readonly GradientTransform[]): Chain {
  return { parts: transforms.flatMap(partsOf) };
}

export function partsOf(transform: GradientTransform): readonly Transform[] {
  return 'parts' in transform ? transform.parts : [transform];
}
