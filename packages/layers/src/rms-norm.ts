import { assertWhole, Module, ones, type Parameter, parameter, RandomStream } from '@tenon/core';
import { add, mean, mul, rsqrt, square, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';

export interface RMSNormOptions {
  /** Added to the mean square. @default 1e-6 */
  readonly epsilon?: number;
}

/** Root mean square normalisation over the last axis (Zhang and Sennrich 2019): x / √(mean(x²) + ε), scaled. */
export class RMSNorm extends Module {
  /** [C] */
  readonly weight: Parameter<Tensor1D>;
  readonly #epsilon: number;

  constructor(size: number, options: RMSNormOptions = {}) {
    super();
    assertWhole('RMSNorm size', size);
    this.weight = parameter([size], ones, new RandomStream(0));
    this.#epsilon = options.epsilon ?? 1e-6;
  }

  /** [..., C] to [..., C]. */
  forward<T extends Tensor>(x: T): T {
    return tidy(() => {
      const scale = rsqrt(add(mean(square(x), -1, true), this.#epsilon)); // [..., 1]
      return mul(mul(x, scale), this.weight) as T;
    });
  }
}
