// Counter-based random numbers: the value is a pure function of (seed, step, call, index), so that a
// training run resumed at step s draws exactly what an uninterrupted one would have drawn there.

const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/**
 * Threefry-2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"):
 * encrypts the counter `(c0, c1)` under the key `(k0, k1)` and writes two 32-bit words to `out`.
 */
export function threefry2x32(k0: number, k1: number, c0: number, c1: number, out: Uint32Array): void {
  const keys = [k0 | 0, k1 | 0, PARITY ^ k0 ^ k1] as const;
  let a = (c0 + keys[0]) | 0;
  let b = (c1 + keys[1]) | 0;
  for (let group = 0; group < 5; group++) {
    for (let i = 0; i < 4; i++) {
      const r = ROTATIONS[((group & 1) << 2) | i]!;
      a = (a + b) | 0;
      b = ((b << r) | (b >>> (32 - r))) ^ a;
    }
    a = (a + keys[(group + 1) % 3]!) | 0;
    b = (b + keys[(group + 2) % 3]! + group + 1) | 0;
  }
  out[0] = a;
  out[1] = b;
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

  /** `count` words of 32 random bits. */
  bits(count: number): Uint32Array {
    const words = new Uint32Array(count + (count & 1));
    const pair = new Uint32Array(2);
    for (let i = 0; i < count; i += 2) {
      threefry2x32(this.seed, this.step, this.call, i, pair);
      words[i] = pair[0]!;
      words[i + 1] = pair[1]!;
    }
    return words.subarray(0, count);
  }

  /** `count` numbers in [0, 1), multiples of 2⁻²⁴. */
  uniform(count: number): Float32Array {
    const bits = this.bits(count);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = (bits[i]! >>> 8) * 2 ** -24;
    return values;
  }

  /** `count` numbers of the standard normal distribution (Box and Muller 1958). */
  normal(count: number): Float32Array {
    const bits = this.bits(count + (count & 1));
    const values = new Float32Array(count);
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
