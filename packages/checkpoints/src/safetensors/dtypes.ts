import type { StoredDtype } from '@tenon/core';
import { bfloat16FromFloat32, float16FromFloat32, float32FromBfloat16, float32FromFloat16 } from './half.ts';

/** How the values of one dtype lie in a file: little-endian, row-major. */
export interface Dtype {
  /** As the header calls it. */
  readonly code: string;
  readonly bytesPerValue: number;
  /** @param bytes a buffer of its own that starts at 0; the result may be a view of it. */
  decode(bytes: ArrayBuffer): Float32Array | Int32Array;
  /** May be a view of the values. @throws {RangeError} when a value does not fit. */
  encode(values: Float32Array | Int32Array): Uint8Array;
}

type Narrow = Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array;

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const exact = (values: Float32Array | Int32Array, stored: Narrow | Int32Array): Uint8Array => {
  const at = stored.findIndex((value, i) => value !== values[i]);
  if (at >= 0) throw new RangeError(`${values[at]} at place ${at}`);
  return bytesOf(stored);
};

const toInt32 = (values: Narrow): Int32Array => Int32Array.from(values);

/** @param high what the high word must be beside this low one, for the number to be in range */
function int32From64(
  buffer: ArrayBuffer,
  Wide: typeof BigInt64Array | typeof BigUint64Array,
  high: (low: number) => number,
): Int32Array {
  const words = new Int32Array(buffer);
  const values = new Int32Array(words.length / 2);
  for (let i = 0; i < values.length; i++) {
    const low = words[2 * i]!;
    if (words[2 * i + 1] !== high(low) || (low < 0 && high(low) === 0)) {
      throw new RangeError(`${new Wide(buffer)[i]} at place ${i}`);
    }
    values[i] = low;
  }
  return values;
}

function int32FromUint32(buffer: ArrayBuffer): Int32Array {
  const values = new Int32Array(buffer);
  const at = values.findIndex((value) => value < 0);
  if (at >= 0) throw new RangeError(`${new Uint32Array(buffer)[at]} at place ${at}`);
  return values;
}

function notNegative(values: Int32Array): Int32Array {
  const at = values.findIndex((value) => value < 0);
  if (at >= 0) throw new RangeError(`${values[at]} at place ${at}`);
  return values;
}

/** Every dtype that is read and written. Integers must fit into 32 bits with a sign; float64 is rounded to float32. */
export const DTYPES: Readonly<Record<StoredDtype, Dtype>> = {
  float64: {
    code: 'F64',
    bytesPerValue: 8,
    decode: (bytes) => Float32Array.from(new Float64Array(bytes)),
    encode: (values) => bytesOf(Float64Array.from(values)),
  },
  float32: {
    code: 'F32',
    bytesPerValue: 4,
    decode: (bytes) => new Float32Array(bytes),
    encode: (values) => bytesOf(values instanceof Float32Array ? values : Float32Array.from(values)),
  },
  float16: {
    code: 'F16',
    bytesPerValue: 2,
    decode: (bytes) => float32FromFloat16(new Uint16Array(bytes)),
    encode: (values) => bytesOf(float16FromFloat32(Float32Array.from(values))),
  },
  bfloat16: {
    code: 'BF16',
    bytesPerValue: 2,
    decode: (bytes) => float32FromBfloat16(new Uint16Array(bytes)),
    encode: (values) => bytesOf(bfloat16FromFloat32(Float32Array.from(values))),
  },
  int64: {
    code: 'I64',
    bytesPerValue: 8,
    // The high word repeats the low word's sign.
    decode: (bytes) => int32From64(bytes, BigInt64Array, (low) => low >> 31),
    encode: (values) => bytesOf(BigInt64Array.from(Int32Array.from(values), BigInt)),
  },
  int32: {
    code: 'I32',
    bytesPerValue: 4,
    decode: (bytes) => new Int32Array(bytes),
    encode: (values) =>
      values instanceof Int32Array ? bytesOf(values) : exact(values, Int32Array.from(values)),
  },
  int16: {
    code: 'I16',
    bytesPerValue: 2,
    decode: (bytes) => toInt32(new Int16Array(bytes)),
    encode: (values) => exact(values, Int16Array.from(values)),
  },
  int8: {
    code: 'I8',
    bytesPerValue: 1,
    decode: (bytes) => toInt32(new Int8Array(bytes)),
    encode: (values) => exact(values, Int8Array.from(values)),
  },
  uint64: {
    code: 'U64',
    bytesPerValue: 8,
    decode: (bytes) => int32From64(bytes, BigUint64Array, () => 0),
    encode: (values) => bytesOf(BigUint64Array.from(notNegative(Int32Array.from(values)), BigInt)),
  },
  uint32: {
    code: 'U32',
    bytesPerValue: 4,
    decode: int32FromUint32,
    encode: (values) => exact(values, Uint32Array.from(values)),
  },
  uint16: {
    code: 'U16',
    bytesPerValue: 2,
    decode: (bytes) => toInt32(new Uint16Array(bytes)),
    encode: (values) => exact(values, Uint16Array.from(values)),
  },
  uint8: {
    code: 'U8',
    bytesPerValue: 1,
    decode: (bytes) => toInt32(new Uint8Array(bytes)),
    encode: (values) => exact(values, Uint8Array.from(values)),
  },
  bool: {
    code: 'BOOL',
    bytesPerValue: 1,
    decode: (bytes) => Int32Array.from(new Uint8Array(bytes), (value) => (value === 0 ? 0 : 1)),
    encode: (values) => bytesOf(Uint8Array.from(values, (value) => (value === 0 ? 0 : 1))),
  },
};

/** The dtype that a header names, or `undefined`. */
export function dtypeOf(code: unknown): StoredDtype | undefined {
  return (Object.keys(DTYPES) as StoredDtype[]).find((name) => DTYPES[name].code === code);
}
