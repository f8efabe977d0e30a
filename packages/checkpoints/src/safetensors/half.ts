// The two 16-bit floating-point formats. IEEE binary16: 1 sign, 5 exponent, 10 fraction bits.
// bfloat16: the upper half of a float32. Both round to nearest, ties to even.

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

export function float32FromBfloat16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
  return new Float32Array(words.buffer);
}

export function bfloat16FromFloat32(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    // Rounding would carry a NaN's fraction over into the sign: it is cut off instead, and kept a NaN.
    if (Number.isNaN(values[i])) halves[i] = (word >>> 16) | 0x40;
    else halves[i] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}

export function float32FromFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) values[i] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else values[i] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return values;
}

export function float16FromFloat32(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, float16Bits);
}

function float16Bits(value: number): number {
  float[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  // Everything from the middle between the largest half and the next power of two on is infinite.
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(((bits[0]! >>> 23) & 0xff) - 127, -14);
  // A step of the format at this size; below 2⁻¹⁴ it stays the same. A carry into the exponent adds up by itself.
  const steps = roundToEven(size / 2 ** (exponent - 10));
  return sign | (steps + (exponent + 14) * 1024);
}

function roundToEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}
