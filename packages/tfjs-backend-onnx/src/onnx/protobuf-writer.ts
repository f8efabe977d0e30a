/** Byte strings of this length are kept as they are, not copied: the weights of a model. */
const LONG = 4096;

/**
 * Writes the few protocol-buffer field kinds that an ONNX model is made of.
 * Encoding: https://protobuf.dev/programming-guides/encoding/.
 */
export class ProtobufWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  /** What was written before `#bytes`: finished pieces, among them long byte strings that belong to others. */
  readonly #parts: Uint8Array[] = [];
  #partsLength = 0;

  constructor(capacity = 128) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#partsLength + this.#length;
  }

  integer(field: number, value: number): void {
    this.#varint(field << 3);
    this.#varint(value);
  }

  float(field: number, value: number): void {
    this.#varint((field << 3) | 5);
    this.#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  text(field: number, value: string): void {
    this.bytes(field, encoder.encode(value));
  }

  /** Long ones are not copied before `finish()`: they must not change until then. */
  bytes(field: number, value: Uint8Array): void {
    this.#varint((field << 3) | 2);
    this.#varint(value.length);
    this.#append(value);
  }

  message(field: number, message: ProtobufWriter): void {
    this.#varint((field << 3) | 2);
    this.#varint(message.length);
    for (const part of message.parts()) this.#append(part);
  }

  /** What was written so far, in pieces; the next write may invalidate them. */
  parts(): readonly Uint8Array[] {
    return [...this.#parts, this.#bytes.subarray(0, this.#length)];
  }

  /** What was written so far, in one piece that the next write may invalidate. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#parts.length === 0) return this.#bytes.subarray(0, this.#length);
    const whole = new Uint8Array(this.length);
    let offset = 0;
    for (const part of this.parts()) {
      whole.set(part, offset);
      offset += part.length;
    }
    return whole;
  }

  #append(value: Uint8Array): void {
    if (value.length >= LONG) {
      this.#parts.push(this.#bytes.subarray(0, this.#length), value);
      this.#partsLength += this.#length + value.length;
      this.#bytes = new Uint8Array(128);
      this.#length = 0;
      return;
    }
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #varint(value: number): void {
    this.#reserve(10);
    // Negative numbers are written as 64-bit two's complement: ten bytes.
    let rest = value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value);
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

const encoder = new TextEncoder();
