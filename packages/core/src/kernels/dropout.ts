import { mul, ones, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { TenonError } from '../errors.ts';
import { defineKernel, type NamedKernel } from '../named-kernel.ts';
import { RandomKey } from '../random.ts';

/** `order` counts how often it was differentiated; it does not change the result. */
type Attributes = { rate: number; call: number; order: number };

const run: NamedKernel<{ x: Tensor; counter: Tensor }, Attributes> = defineKernel<
  { x: Tensor; counter: Tensor },
  Attributes
>({
  name: 'TenonDropout',
  reference({ x, counter }, { rate, call }) {
    const [seed, step] = counter.dataSync();
    const bits = new RandomKey(seed!, step!, call).bits(x.size);
    const threshold = rate * 2 ** 32;
    const kept = 1 / (1 - rate);
    const mask = new Float32Array(bits.length);
    for (let i = 0; i < bits.length; i++) mask[i] = bits[i]! < threshold ? 0 : kept;
    return mul(x, tensor(mask, x.shape, 'float32'));
  },
  gradient: {
    inputsToSave: ['counter'],
    gradFunc(dy, saved, attributes) {
      const { order, ...rest } = attributes as unknown as Attributes; // those that `run` was called with
      // The mask is not kept: it is drawn again from its counter, or found again by a backend that records.
      return { x: () => run({ x: dy as Tensor, counter: saved[0]! }, { ...rest, order: order + 1 })[0]! };
    },
  },
});

/**
 * Inverted dropout (Srivastava et al. 2014): each value is 0 with probability `rate`, else divided by 1 − rate.
 * The same key drops the same places on every backend, one or zero by a word of Threefry for each value.
 *
 * @throws {TenonError} when `rate` is not in [0, 1).
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { ones } from '@tensorflow/tfjs-core';
 * import { dropout, RandomStream } from '@tenon/core';
 *
 * const random = new RandomStream(42);
 * dropout(ones([2, 4]), 0.5, random.next()).print(); // zeros and twos
 * ```
 */
export function dropout<T extends Tensor>(x: T, rate: number, key: RandomKey): T {
  if (!(rate >= 0 && rate < 1)) {
    throw new TenonError({
      subject: 'dropout rate',
      expected: 'a number in [0, 1)',
      got: String(rate),
      advice: 'Pass the share of values to drop, 0.1 for instance.',
    });
  }
  return run({ x, counter: key.counter() }, { rate, call: key.call, order: 0 })[0] as T;
}

/** What `dropout` multiplies by, for a mask that several tensors share: 0 with probability `rate`, else 1 / (1 − rate). */
export function dropoutMask(shape: readonly number[], rate: number, key: RandomKey): Tensor {
  return dropout(ones([...shape]), rate, key);
}
