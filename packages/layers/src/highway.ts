// C channels.

import {
  assertWhole,
  type Initializer,
  Module,
  normal,
  type Parameter,
  parameter,
  type RandomStream,
} from '@tenon/core';
import {
  add,
  mul,
  relu,
  sigmoid,
  split,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { linearMap } from './linear-map.ts';

export interface HighwayOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** @default normal(1 / √C) */
  readonly weight?: Initializer;
  /** First bias of the gate: above 0 lets more of the input through. @default 2 */
  readonly gateBias?: number;
}

/**
 * A highway layer (Srivastava et al. 2015): y = g · x + (1 − g) · relu(x Wᵀ + b), and its gate g is the sigmoid of
 * another linear map of x.
 */
export class Highway extends Module {
  /** [2C, C]: the rows of the transformation, then those of the gate. */
  readonly weight: Parameter<Tensor2D>;
  /** [2C] */
  readonly bias: Parameter<Tensor1D>;

  constructor(size: number, options: HighwayOptions) {
    super();
    assertWhole('Highway size', size);
    const { random, weight = normal(1 / Math.sqrt(size)), gateBias = 2 } = options;
    this.weight = parameter([2 * size, size], weight, random);
    this.bias = parameter([2 * size], () => new Float32Array(2 * size).fill(gateBias, size), random);
  }

  /** [..., C] to [..., C]. */
  forward<T extends Tensor>(x: T): T {
    const [transformed, gated] = split(linearMap(x, this.weight, this.bias, 'out,in'), 2, -1) as [T, T];
    const gate = sigmoid(gated);
    return add(mul(gate, x), mul(sub(1, gate), relu(transformed)));
  }
}
