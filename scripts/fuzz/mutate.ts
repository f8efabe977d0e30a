// What can go wrong with a file, drawn from a seed: mutation number i of a file is always the same.
import { RandomStream } from '@tenon/core';

/** The part of a file that is text, and how the file says how long that is. */
export interface TextPart {
  readonly begin: number;
  readonly end: number;
  /** Sets the length that stands before the text. */
  resize?(file: Buffer, length: number): void;
}

/** Draws whole numbers below a bound. */
type Draw = (bound: number) => number;

/** Numbers at which programs break. */
const NUMBERS = [
  0,
  1,
  -1,
  2,
  127,
  128,
  255,
  256,
  65535,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  2 ** 63,
];

/** The same and worse, as they are written down. */
const NUMBER_TEXTS = [
  ...NUMBERS.map(String),
  '1e999',
  '-1e9',
  '0.5',
  '1e9',
  '123456789',
  '99999999999999999999',
];

const VALUES = [
  'null',
  'true',
  '""',
  '[]',
  '{}',
  '"../x"',
  '"/etc/passwd"',
  '"\\u0000"',
  '[[[[[[[[]]]]]]]]',
  '"x"',
];

/** @param index which mutation; @param text the file's text, if it has some */
export function mutate(original: Buffer, seed: number, index: number, text: TextPart | undefined): Buffer {
  const random = new RandomStream(seed, index);
  const draw: Draw = (bound) => random.next().integer(Math.max(1, bound));
  let file: Buffer = Buffer.from(original);
  if (text !== undefined && draw(4) > 0) file = withText(file, text, draw);
  else for (let times = 1 + draw(3); times > 0; times--) file = changed(file, draw);
  return file;
}

/** The text changed where it means something, and the rest of the file as it was. */
function withText(file: Buffer, { begin, end, resize }: TextPart, draw: Draw): Buffer {
  let text = file.subarray(begin, end).toString('latin1');
  for (let times = 1 + draw(2); times > 0; times--) text = changedText(text, draw);
  const bytes = Buffer.from(text, 'latin1');
  const result = Buffer.concat([file.subarray(0, begin), bytes, file.subarray(end)]);
  resize?.(result, bytes.length);
  return result;
}

function changedText(text: string, draw: Draw): string {
  const pick = (pattern: RegExp, replacement: (old: string) => string): string => {
    const found = [...text.matchAll(pattern)];
    const match = found[draw(found.length)];
    if (match === undefined) return text;
    return text.slice(0, match.index) + replacement(match[0]) + text.slice(match.index + match[0].length);
  };
  const value = (): string => VALUES[draw(VALUES.length)]!;
  switch (draw(7)) {
    case 0:
    case 1:
      return pick(/-?\d+(\.\d+)?/g, () => NUMBER_TEXTS[draw(NUMBER_TEXTS.length)]!);
    case 2:
      return pick(/"[^"]*"/g, value);
    case 3:
      return pick(/"[^"]*"/g, (old) => `${old.slice(0, -1)}x"`);
    case 4:
      return pick(/true|false|null|\[[^[\]]*\]/gi, value);
    case 5:
      return pick(/[{}[\](),:"']/g, (old) => ['', old + old, '\n', '{', '9'][draw(5)]!);
    default: {
      // Something once more, as a second key for instance.
      const from = draw(text.length);
      const piece = text.slice(from, from + 1 + draw(80));
      const at = draw(text.length);
      return text.slice(0, at) + piece + text.slice(at);
    }
  }
}

function changed(file: Buffer, draw: Draw): Buffer {
  // Most of what a file means stands at its beginning.
  const length = draw(3) === 0 ? file.length : Math.min(file.length, 512);
  const at = draw(length);
  const size = 1 + draw([4, 64, file.length][draw(3)]!);
  switch (draw(8)) {
    case 0:
      return withBytes(file, at, [file[at]! ^ (1 << draw(8))]);
    case 1:
      return withBytes(
        file,
        at,
        Array.from({ length: Math.min(size, 64) }, () => draw(256)),
      );
    case 2:
      return withNumber(file, at, NUMBERS[draw(NUMBERS.length)]!, [1, 2, 4, 8][draw(4)]!);
    case 3:
      return file.subarray(0, draw(file.length));
    case 4:
      return Buffer.concat([file.subarray(0, at), file.subarray(at + size)]);
    case 5:
      return Buffer.concat([file.subarray(0, at + size), file.subarray(at)]);
    case 6:
      return withBytes(file, at, new Array(Math.min(size, 4096)).fill(0));
    default:
      return Buffer.concat([file, Buffer.alloc(draw(64), draw(256))]);
  }
}

function withBytes(file: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(file);
  bytes.forEach((byte, i) => {
    if (at + i < copy.length) copy[at + i] = byte;
  });
  return copy;
}

/** Little-endian, in so many bytes. */
function withNumber(file: Buffer, at: number, value: number, width: number): Buffer {
  const bits = BigInt.asUintN(64, BigInt(value));
  const bytes = Array.from({ length: width }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
  return withBytes(file, at, bytes);
}
