import { type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { formatShape, TenonError } from './errors.ts';

// Counter-based random numbers: the value is a pure function of (seed, step, call, index), so that a
// training run resumed at step s draws exactly what an uninterrupted one would have drawn there.

const PARITY = 0x1bd11bda;

/**
 * Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"):
 * fills `out` with pairs of 32-bit words, the pair at place i being the counter `(c0, c1 + i)`
 * encrypted under the key `(k0, k1)`.
 *
 * The rounds are written out: a mask for dropout takes millions of words a step, and a loop over tables of
 * rotations takes three times as long.
 */
export function threefry2x32(key0: number, key1: number, c0: number, c1: number, out: Uint32Array): void {
  const k0 = key0 | 0;
  const k1 = key1 | 0;
  const k2 = PARITY ^ k0 ^ k1;
  for (let i = 0; i < out.length; i += 2) {
    let a = (c0 + k0) | 0;
    let b = (c1 + i + k1) | 0;
    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    a = (a + k1) | 0;
    b = (b + k2 + 1) | 0;
    a = (a + b) | 0;
    b = ((b << 17) | (b >>> 15)) ^ a;
    a = (a + b) | 0;
    b = ((b << 29) | (b >>> 3)) ^ a;
    a = (a + b) | 0;
    b = ((b << 16) | (b >>> 16)) ^ a;
    a = (a + b) | 0;
    b = ((b << 24) | (b >>> 8)) ^ a;
    a = (a + k2) | 0;
    b = (b + k0 + 2) | 0;
    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    a = (a + k0) | 0;
    b = (b + k1 + 3) | 0;
    a = (a + b) | 0;
    b = ((b << 17) | (b >>> 15)) ^ a;
    a = (a + b) | 0;
    b = ((b << 29) | (b >>> 3)) ^ a;
    a = (a + b) | 0;
    b = ((b << 16) | (b >>> 16)) ^ a;
    a = (a + b) | 0;
    b = ((b << 24) | (b >>> 8)) ^ a;
    a = (a + k1) | 0;
    b = (b + k2 + 4) | 0;
    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    a = (a + k2) | 0;
    b = (b + k0 + 5) | 0;
    out[i] = a;
    out[i + 1] = b; // of an odd length, the last word falls away here
  }
}

/** Room for numbers made of bits, each where its bits were: what a large model is drawn from would be there twice. */
function inPlaceOf(bits: Uint32Array, count: number): Float32Array {
  return new Float32Array(bits.buffer, 0, count);
}

/** A place in the stream of random numbers. Everything drawn from the same key is the same. */
export class RandomKey {
  readonly seed: number;
  readonly step: number;
  readonly call: number;

  constructor(seed: number, step = 0, call = 0) {
    this.seed = seed >>> 0;
    this.step = step >>> 0;
    this.call = call >>> 0;
  }

  /** Seed and step as a tensor, int32 [2]: what a graph draws from. */
  counter(): Tensor1D {
    return tensor1d([this.seed | 0, this.step | 0], 'int32');
  }

  /** `count` words of 32 random bits. */
  bits(count: number): Uint32Array {
    const words = new Uint32Array(count);
    threefry2x32(this.seed, this.step, this.call, 0, words);
    return words;
  }

  /** `count` numbers in [0, 1), multiples of 2⁻²⁴. */
  uniform(count: number): Float32Array {
    const bits = this.bits(count);
    const values = inPlaceOf(bits, count);
    for (let i = 0; i < count; i++) values[i] = (bits[i]! >>> 8) * 2 ** -24;
    return values;
  }

  /** `count` numbers of the standard normal distribution (Box and Muller 1958). */
  normal(count: number): Float32Array {
    const bits = this.bits(count + (count & 1));
    const values = inPlaceOf(bits, count);
    for (let i = 0; i < count; i += 2) {
      const radius = Math.sqrt(-2 * Math.log((bits[i]! + 1) * 2 ** -32));
      const angle = 2 * Math.PI * (bits[i + 1]! * 2 ** -32);
      values[i] = radius * Math.cos(angle);
      if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
    }
    return values;
  }

  /** A whole number in [0, bound), `bound` up to 2³². */
  integer(bound: number): number {
    return Math.floor(this.bits(1)[0]! * 2 ** -32 * bound);
  }
}

/**
 * Hands out one key after another: the `call` part counts, `seed` and `step` stay.
 * A forward pass takes a new key for each of its dropout masks; the order of its calls is its own.
 *
 * @example
 * ```ts
 * import { RandomStream } from '@tenon/core';
 *
 * const random = new RandomStream(42);
 * const weights = random.next().normal(6); // always these six for seed 42
 * ```
 */
export class RandomStream {
  readonly seed: number;
  readonly step: number;
  #call = 0;

  constructor(seed: number, step = 0) {
    this.seed = seed;
    this.step = step;
  }

  next(): RandomKey {
    return new RandomKey(this.seed, this.step, this.#call++);
  }
}

/**
 * A stream whose seed and step are numbers of a tensor, int32 [2]. A step that is recorded once and replayed
 * (`compile` of the ONNX backend) takes that tensor as an argument, and draws new dropout masks at every replay.
 * Nothing but dropout can draw from it.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor1d, ones } from '@tensorflow/tfjs-core';
 * import { CounterStream, dropout } from '@tenon/core';
 *
 * const counter = tensor1d([42, 7], 'int32'); // seed 42, step 7
 * dropout(ones([4, 8]), 0.1, new CounterStream(counter).next()).print();
 * ```
 */
export class CounterStream extends RandomStream {
  readonly #counter: Tensor1D;
  #call = 0;

  /** @throws {TenonError} when the tensor is not int32 [2]. */
  constructor(counter: Tensor1D) {
    super(0);
    if (counter.dtype !== 'int32' || counter.shape.join() !== '2') {
      throw new TenonError({
        subject: 'random counter',
        expected: 'int32 [2], the seed and the step',
        got: `${counter.dtype} ${formatShape(counter.shape)}`,
        advice: "Pass tensor1d([seed, step], 'int32').",
      });
    }
    this.#counter = counter;
  }

  override next(): RandomKey {
    return new CounterKey(this.#counter, this.#call++);
  }
}

class CounterKey extends RandomKey {
  readonly #counter: Tensor1D;

  constructor(counter: Tensor1D, call: number) {
    super(0, 0, call);
    this.#counter = counter;
  }

  override counter(): Tensor1D {
    return this.#counter;
  }

  override bits(): Uint32Array {
    throw new TenonError({
      subject: 'random numbers',
      expected: 'a key made from numbers',
      got: 'one whose seed and step are in a tensor',
      advice:
        'Only dropout draws from a CounterStream; use new RandomStream(seed, step) for everything else.',
    });
  }
}
