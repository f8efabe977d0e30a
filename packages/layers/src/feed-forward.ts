import { assertWhole, type Initializer, Module, type RandomStream } from '@tenon/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Activation, type ActivationName, activation } from './activations.ts';
import { type DropoutOptions, dropout } from './dropout.ts';
import { Linear } from './linear.ts';

export interface FeedForwardOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** @default 'relu', the paper's */
  readonly activation?: ActivationName;
  /** @default that of Linear */
  readonly weight?: Initializer;
  /** @default that of Linear */
  readonly bias?: Initializer | false;
  /** Share of what the activation gives that is dropped when training. @default 0 */
  readonly dropoutRate?: number;
}

/**
 * The position-wise feed-forward layer (Vaswani et al. 2017, equation 2): fc2(activation(fc1(x))), without the residual
 * connection.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { ones } from '@tensorflow/tfjs-core';
 * import { RandomStream } from '@tenon/core';
 * import { FeedForward } from '@tenon/layers';
 *
 * using layer = new FeedForward(8, 32, { random: new RandomStream(0), activation: 'gelu' });
 * console.log(layer.forward(ones([2, 5, 8])).shape); // [ 2, 5, 8 ]
 * ```
 */
export class FeedForward extends Module {
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly #activation: Activation;
  readonly #dropoutRate: number;

  constructor(size: number, innerSize: number, options: FeedForwardOptions) {
    super();
    const { activation: name = 'relu', dropoutRate = 0, ...linear } = options;
    assertWhole('FeedForward size', size);
    assertWhole('FeedForward inner size', innerSize);
    this.fc1 = new Linear(size, innerSize, linear);
    this.fc2 = new Linear(innerSize, size, linear);
    this.#activation = activation(name);
    this.#dropoutRate = dropoutRate;
  }

  /** [..., C] to [..., C]. */
  forward<T extends Tensor>(x: T, options: DropoutOptions = {}): T {
    const inner = this.#activation(this.fc1.forward(x));
    return this.fc2.forward(dropout(inner, this.#dropoutRate, options));
  }
}
