import { formatShape, type StateDict, type StoredDtype, TenonError } from '@tenon/core';
import { DTYPES, dtypeOf } from './dtypes.ts';
import { duplicateKey } from './duplicate-key.ts';

/** A file starts with the header's length in this many bytes, little-endian. */
export const LENGTH_BYTES = 8;

/** The format's own limit, so that a damaged length does not ask for the whole memory. */
const MAXIMUM_HEADER = 100_000_000;

/** Where a tensor lies, in bytes from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the file. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

function damaged(subject: string, expected: string, got: string): TenonError {
  return new TenonError({
    subject,
    expected,
    got,
    advice: 'The file is damaged or no safetensors file: fetch or save it again.',
  });
}

/**
 * The header's length from the first bytes of a file.
 *
 * @throws {TenonError} when it cannot be that of a file of `fileSize` bytes.
 */
export function headerLength(subject: string, start: Uint8Array, fileSize: number): number {
  if (start.length < LENGTH_BYTES) {
    throw damaged(subject, `at least ${LENGTH_BYTES} bytes`, `${start.length}`);
  }
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  if (length > MAXIMUM_HEADER) {
    throw damaged(subject, `a header of at most ${MAXIMUM_HEADER} bytes`, `one of ${length}`);
  }
  if (length > fileSize - LENGTH_BYTES) {
    const rest = fileSize - LENGTH_BYTES;
    throw damaged(subject, `a header within the ${rest} bytes of the file`, `one of ${length} bytes`);
  }
  return length;
}

/**
 * Reads and checks a header: every tensor known, inside the file, without gap or overlap.
 *
 * @param dataSize bytes after the header.
 * @throws {TenonError} naming the file and the first thing that is wrong with it.
 */
export function parseHeader(subject: string, bytes: Uint8Array, dataSize: number): Header {
  const json = parseObject(subject, bytes);
  const entries: HeaderEntry[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(subject, value);
    else entries.push(parseEntry(`${subject}: ${name}`, name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  assertSeamless(subject, entries, dataSize);
  return { entries, metadata };
}

function parseObject(subject: string, bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(subject, 'a header in JSON', `none (${(error as Error).message})`);
  }
  if (!isObject(json)) throw damaged(subject, 'a JSON object as header', describe(json));
  const twice = duplicateKey(text);
  if (twice !== undefined) throw damaged(subject, 'every name once in the header', `${twice} twice`);
  return json;
}

function parseMetadata(subject: string, value: unknown): Readonly<Record<string, string>> {
  if (isObject(value) && Object.values(value).every((entry) => typeof entry === 'string')) {
    return value as Record<string, string>;
  }
  throw damaged(`${subject}: __metadata__`, 'an object of strings', describe(value));
}

function parseEntry(subject: string, name: string, value: unknown): HeaderEntry {
  if (!isObject(value)) throw damaged(subject, 'dtype, shape and data_offsets', describe(value));
  const { dtype: code, shape, data_offsets: offsets } = value;
  const dtype = dtypeOf(code);
  if (dtype === undefined) {
    throw new TenonError({
      subject,
      expected: `a dtype of ${Object.values(DTYPES)
        .map((known) => known.code)
        .join(', ')}`,
      got: describe(code),
      advice: 'Convert the file to one of these, F32 for instance.',
    });
  }
  if (!isCounts(shape)) throw damaged(subject, 'a shape of whole numbers', describe(shape));
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw damaged(subject, 'data_offsets [begin, end]', describe(offsets));
  }
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, dimension) => product * dimension, DTYPES[dtype].bytesPerValue);
  if (size !== end - begin) {
    throw damaged(subject, `${size} bytes for ${DTYPES[dtype].code} ${formatShape(shape)}`, `${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

function assertSeamless(subject: string, entries: readonly HeaderEntry[], dataSize: number): void {
  let place = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== place) {
      throw damaged(
        `${subject}: ${name}`,
        `data from byte ${place} on, where the last ends`,
        `byte ${begin}`,
      );
    }
    place = end;
  }
  if (place !== dataSize) throw damaged(subject, `${place} bytes of data after the header`, `${dataSize}`);
}

/** The header of a file that holds these tensors one after another in the given order, its length in front. */
export function formatHeader(weights: StateDict, metadata: Readonly<Record<string, string>>): Uint8Array {
  const json: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) json.push(['__metadata__', metadata]);
  let begin = 0;
  for (const [name, { dtype, shape }] of weights) {
    const { code, bytesPerValue } = DTYPES[dtype];
    const end = begin + shape.reduce((product, dimension) => product * dimension, bytesPerValue);
    json.push([name, { dtype: code, shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(json)));
  // Spaces up to a multiple of 8: the data is aligned for every dtype.
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20, LENGTH_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}

function describe(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? 'nothing';
    return text.length > 80 ? `${text.slice(0, 80)}…` : text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 'brackets nested too deep to show'; // JSON.parse goes deeper than JSON.stringify
  }
}
