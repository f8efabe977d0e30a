import { formatShape, TenonError } from '@tenon/core';
import { type OpenFile, openFile } from '../open-file.ts';

/** An open npy file of float32 numbers. */
export interface NpyFile {
  readonly shape: readonly number[];
  /** How many numbers it holds. */
  readonly length: number;
  /** `count` numbers from number `start` on, row-major. */
  read(start: number, count: number): Float32Array;
  close(): void;
}

const MAGIC = '\x93NUMPY';
const BYTES = 4;
/** numpy itself refuses longer headers than 10,000 characters. */
const LONGEST_HEADER = 10_000;

/**
 * Opens a file of numpy's format (versions 1 to 3) with float32 numbers in C order. Only the header is read now.
 *
 * @throws {TenonError} when it is missing, damaged, holds Python objects or another type of numbers.
 */
export function openNpy(path: string): NpyFile {
  const file = openFile(path, 'an npy file');
  try {
    const { shape, begin } = readHeader(path, file);
    const length = shape.reduce((product, dimension) => product * dimension, 1);
    if (length * BYTES !== file.size - begin) {
      throw damaged(path, `${length * BYTES} bytes for ${formatShape(shape)}`, `${file.size - begin}`);
    }
    return {
      shape,
      length,
      read: (start, count) => new Float32Array(file.read(begin + start * BYTES, count * BYTES)),
      close: file.close,
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readHeader(path: string, file: OpenFile): { shape: readonly number[]; begin: number } {
  const start = new DataView(file.read(0, Math.min(12, file.size)));
  const magic = String.fromCharCode(...new Uint8Array(start.buffer).subarray(0, MAGIC.length));
  if (magic !== MAGIC || start.byteLength < 12) {
    throw damaged(path, 'an npy file, which begins with \\x93NUMPY', `${file.size} bytes of something else`);
  }
  const version = start.getUint8(6);
  if (version < 1 || version > 3) throw damaged(path, 'version 1, 2 or 3 of the format', String(version));
  const lengthBytes = version === 1 ? 2 : 4;
  const length = version === 1 ? start.getUint16(8, true) : start.getUint32(8, true);
  const begin = 8 + lengthBytes + length;
  if (length > LONGEST_HEADER || begin > file.size) {
    const room = Math.min(LONGEST_HEADER, file.size - 8 - lengthBytes);
    throw damaged(path, `a header of at most ${room} bytes`, String(length));
  }
  const text = new TextDecoder('latin1').decode(file.read(8 + lengthBytes, length));
  return { shape: parseHeader(path, text), begin };
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (8830,), }`, as numpy writes it, with spaces as they come. */
function parseHeader(path: string, text: string): readonly number[] {
  const field = (name: string, value: string): string => {
    const found = new RegExp(`['"]${name}['"]\\s*:\\s*(${value})\\s*[,}]`).exec(text)?.[1];
    if (found !== undefined) return found;
    throw damaged(path, `a header with descr, fortran_order and shape`, shown(text));
  };
  const descr = field('descr', `'[^']*'|"[^"]*"|\\[.*\\]`);
  const type = descr.slice(1, -1);
  if (type !== '<f4') {
    throw new TenonError({
      subject: path,
      expected: 'float32 numbers, little-endian (<f4)',
      got: type.includes('O') ? `Python objects (${shown(descr)})` : shown(descr),
      advice: "Save it again in Python: numpy.save(path, array.astype('<f4')).",
    });
  }
  const shape = field('shape', '\\([^)]*\\)')
    .slice(1, -1)
    .split(',')
    .map((dimension) => dimension.trim().replace(/L$/, '')) // Python 2 wrote 8830L
    .filter((dimension, i, all) => dimension !== '' || i < all.length - 1);
  const dimensions = shape.map((dimension) => (/^\d+$/.test(dimension) ? Number(dimension) : Number.NaN));
  if (!dimensions.every(Number.isSafeInteger)) {
    throw damaged(path, 'a shape of whole numbers', shown(`(${shape.join(', ')})`));
  }
  if (field('fortran_order', 'True|False') === 'True' && dimensions.length > 1) {
    throw new TenonError({
      subject: path,
      expected: 'numbers in C order',
      got: 'Fortran order',
      advice: 'Save it again in Python: numpy.save(path, numpy.ascontiguousarray(array)).',
    });
  }
  return dimensions;
}

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

function damaged(path: string, expected: string, got: string): TenonError {
  return new TenonError({
    subject: path,
    expected,
    got,
    advice: 'The file is damaged or of another kind: fetch it again.',
  });
}
