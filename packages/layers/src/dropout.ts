import { dropout as drop, type RandomStream, TenonError } from '@tenon/core';
import type { Tensor } from '@tensorflow/tfjs-core';

export interface DropoutOptions {
  /** Nothing is dropped otherwise. @default false */
  readonly training?: boolean;
  /** Where the mask is drawn from; needed when training with a rate above 0. */
  readonly random?: RandomStream;
}

/**
 * Inverted dropout (Srivastava et al. 2014): when training, each value is 0 with probability `rate`, else
 * divided by 1 − rate. The options of `encode` can be passed as they are.
 *
 * @throws {TenonError} when training without a stream of random numbers.
 */
export function dropout<T extends Tensor>(x: T, rate: number, options: DropoutOptions): T {
  if (options.training !== true || rate === 0) return x;
  return drop(x, rate, needRandom(rate, options).next());
}

/** The stream to draw a mask from. @throws {TenonError} when there is none. */
export function needRandom(rate: number, { random }: DropoutOptions): RandomStream {
  if (random === undefined) {
    throw new TenonError({
      subject: 'dropout',
      expected: `a random stream for training with rate ${rate}`,
      got: 'none',
      advice: 'Pass { training: true, random: new RandomStream(seed, step) }, or a config without dropout.',
    });
  }
  return random;
}
