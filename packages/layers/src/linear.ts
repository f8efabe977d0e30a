import {
  assertWhole,
  type Initializer,
  Module,
  type Parameter,
  parameter,
  type RandomStream,
  uniform,
} from '@tenon/core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { linearMap } from './linear-map.ts';

export interface LinearOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** @default uniform(1 / √in), as PyTorch does */
  readonly weight?: Initializer;
  /** `false` for a map without a bias. @default uniform(1 / √in), as PyTorch does */
  readonly bias?: Initializer | false;
}

/**
 * A linear map y = x Wᵀ + b with a weight `[out, in]`, as PyTorch's Linear stores it.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { ones } from '@tensorflow/tfjs-core';
 * import { RandomStream } from '@tenon/core';
 * import { Linear } from '@tenon/layers';
 *
 * using linear = new Linear(3, 2, { random: new RandomStream(0) });
 * console.log(linear.forward(ones([4, 5, 3])).shape); // [ 4, 5, 2 ]
 * ```
 */
export class Linear extends Module {
  /** [out, in] */
  readonly weight: Parameter<Tensor2D>;
  /** [out] */
  readonly bias?: Parameter<Tensor1D>;

  constructor(inputSize: number, outputSize: number, options: LinearOptions) {
    super();
    assertWhole('Linear input size', inputSize);
    assertWhole('Linear output size', outputSize);
    const drawn = uniform(1 / Math.sqrt(inputSize));
    const { random, weight = drawn, bias = drawn } = options;
    this.weight = parameter([outputSize, inputSize], weight, random);
    if (bias !== false) this.bias = parameter([outputSize], bias, random);
  }

  /** [..., in] to [..., out]. */
  forward<T extends Tensor>(x: T): T {
    return linearMap(x, this.weight, this.bias, 'out,in') as T;
  }
}
