import { maskedCrc32c } from './crc32c.ts';

/** What an event tells, beside its time and step: one of these. */
export type EventContent =
  | { readonly fileVersion: string }
  /** The run begins, or goes on: TensorBoard forgets what earlier files say of this step and later ones. */
  | { readonly sessionStart: true }
  | { readonly scalars: Readonly<Record<string, number>> }
  | { readonly text: { readonly tag: string; readonly markdown: string } };

/**
 * An event as it stands in a TensorBoard file: a TFRecord that holds a protocol-buffer message.
 *
 * @param wallTime seconds since 1970
 * @see event.proto, summary.proto: https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto
 */
export function eventRecord(wallTime: number, step: number, content: EventContent): Uint8Array {
  return record(concatenated([double(1, wallTime), integer(2, step), what(content)]));
}

function what(content: EventContent): Uint8Array {
  if ('fileVersion' in content) return text(3, content.fileVersion);
  if ('sessionStart' in content) return message(7, [integer(1, START)]);
  if ('text' in content) {
    const { tag, markdown } = content.text;
    const tensor = message(8, [
      integer(1, STRINGS),
      message(2, [message(2, [integer(1, 1)])]), // its shape: [1]
      text(8, markdown),
    ]);
    const metadata = message(9, [message(1, [text(1, 'text')])]); // the plug-in that shows it
    return message(5, [message(1, [text(1, tag), tensor, metadata])]);
  }
  const values = Object.entries(content.scalars).map(([tag, value]) =>
    message(1, [text(1, tag), float(2, value)]),
  );
  return message(5, values);
}

/** SessionLog.START, and DT_STRING of types.proto. */
const START = 1;
const STRINGS = 7;

/** Length, its checksum, data, their checksum. @see https://www.tensorflow.org/tutorials/load_data/tfrecord */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return bytes;
}

// Fields of a protocol-buffer message: https://protobuf.dev/programming-guides/encoding/

function integer(field: number, value: number): Uint8Array {
  return Uint8Array.of(...varint(field << 3), ...varint(value));
}

function double(field: number, value: number): Uint8Array {
  const bytes = Uint8Array.of((field << 3) | 1, ...new Uint8Array(8));
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

function float(field: number, value: number): Uint8Array {
  const bytes = Uint8Array.of((field << 3) | 5, ...new Uint8Array(4));
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

function text(field: number, value: string): Uint8Array {
  return message(field, [new TextEncoder().encode(value)]);
}

function message(field: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = concatenated(parts);
  return concatenated([Uint8Array.of((field << 3) | 2, ...varint(content.length)), content]);
}

/** Seven bits a byte, the lowest first; steps may be larger than 32 bits. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
