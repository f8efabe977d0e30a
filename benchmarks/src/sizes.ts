/** The shape of a training step: B sequences of T tokens through L layers of C channels and H heads, vocabulary V. */
export interface Size {
  readonly layers: number;
  readonly channels: number;
  readonly heads: number;
  readonly tokens: number;
  readonly batch: number;
  readonly vocabulary: number;
}

export type SizeName = 'S' | 'M' | 'tiny';

export const SIZES: Readonly<Record<SizeName, Size>> = {
  S: { layers: 6, channels: 384, heads: 6, tokens: 128, batch: 8, vocabulary: 8192 },
  M: { layers: 12, channels: 768, heads: 12, tokens: 256, batch: 2, vocabulary: 50_257 },
  tiny: { layers: 2, channels: 64, heads: 4, tokens: 32, batch: 2, vocabulary: 256 },
};

export interface AdamWWithClipping {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** The most that the norm of all gradients may be. */
  readonly clip: number;
}

/** AdamW with decay and clipping, the same for every contestant. */
export const OPTIMIZER: AdamWWithClipping = {
  learningRate: 3e-4,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clip: 1,
};
