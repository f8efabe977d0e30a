import type { BackendValues, DataType } from '@tensorflow/tfjs-core';
import { type HostArray, type LazyValue, leaf, type Memory, newMemory } from './graph/value.ts';
import type { LiveValues } from './live-values.ts';
import type { BufferPool, HostType } from './runtime/buffer-pool.ts';
import type { TensorData } from './tensor-data.ts';

/** Makes values of numbers that JavaScript writes; what records a function for replays is told of their memory. */
export class WrittenValues {
  readonly #pool: BufferPool;
  readonly #live: LiveValues;

  constructor(pool: BufferPool, live: LiveValues) {
    this.#pool = pool;
    this.#live = live;
  }

  /** A value with these numbers, which become the backend's own. */
  own(array: HostArray, shape: readonly number[], type: HostType): LazyValue {
    return leaf(shape, type, this.#written(newMemory(array)));
  }

  /** A value with a copy of these numbers. */
  copy(array: HostArray, shape: readonly number[], type: HostType): LazyValue {
    return leaf(shape, type, this.#written(this.#pool.copy(type, array)));
  }

  /** A number that is part of the graph until it changes. */
  scalar(array: HostArray, type: HostType): LazyValue {
    const value = this.own(array, [], type);
    value.isConstant = true;
    return value;
  }

  /**
   * What tfjs writes for a tensor, held by it. Copied: the array given stays its owner's, to change or to keep, while
   * our copy may be updated in place.
   */
  data(values: BackendValues, shape: readonly number[], dtype: DataType): TensorData {
    if (dtype === 'string') return { kind: 'string', strings: values as Uint8Array[], references: 1 };
    const numbers = values as HostArray; // all that tfjs writes for other types
    if (dtype === 'complex64') {
      const part = (offset: 0 | 1): LazyValue => this.#held(everySecond(numbers, offset), shape, 'float32');
      return { kind: 'complex', real: part(0), imaginary: part(1), references: 1 };
    }
    return { kind: 'value', value: this.#held(numbers, shape, dtype), references: 1 };
  }

  #held(numbers: HostArray, shape: readonly number[], type: HostType): LazyValue {
    const value = this.copy(numbers, [...shape], type);
    value.isConstant = shape.length === 0;
    value.hold();
    return value;
  }

  #written(memory: Memory): Memory {
    this.#live.replay?.wrote(memory);
    return memory;
  }
}

/** tfjs has complex numbers as pairs. */
export function pairs(real: HostArray, imaginary: HostArray): Float32Array {
  const both = new Float32Array(2 * real.length);
  for (let i = 0; i < real.length; i++) {
    both[2 * i] = real[i]!;
    both[2 * i + 1] = imaginary[i]!;
  }
  return both;
}

function everySecond(numbers: HostArray, offset: 0 | 1): Float32Array {
  return Float32Array.from({ length: numbers.length / 2 }, (_, i) => numbers[2 * i + offset]!);
}
