import { isUtf8 } from 'node:buffer';
import { assertWhole, type ErrorParts, type Json, TenonError } from '@tenon/core';
import { describeOrigin, type Origin } from '../examples.ts';
import { assertText, changed, FileFault, type FileHandle, openFile, unreadable } from './open-file.ts';

const CHUNK = 1 << 18;
const NEWLINE = 10;
const RETURN = 13;
/** Bytes before a chunk that are read again, to see that the file is still the same. */
const OVERLAP = 64;

/** What is read at once must fit into memory: a line, or an example of several lines, of at most so many bytes. */
export const MOST_BYTES: number = 1 << 24;

export interface Line {
  readonly text: string;
  /** The first line is 1. */
  readonly number: number;
  /** What ended the line: nothing where the file ends without a line break. */
  readonly ending: string;
}

/** A place in a file of lines, to be written down. */
export interface LinePlace {
  /** Bytes before the line. */
  readonly offset: number;
  /** Lines before it. */
  readonly lines: number;
}

/** The error of a place in a file. */
export function badLine(origin: Origin, parts: Omit<ErrorParts, 'subject'>, cause?: unknown): TenonError {
  return new TenonError({ subject: describeOrigin(origin), ...parts }, { cause });
}

/** A place that a cursor gave, checked. */
export function linePlace(file: string, position: Json): LinePlace {
  const { offset, lines } =
    position !== null && typeof position === 'object' && !Array.isArray(position) ? position : {};
  assertWhole(`${file}: position: offset`, typeof offset === 'number' ? offset : Number.NaN, 0);
  assertWhole(`${file}: position: lines`, typeof lines === 'number' ? lines : Number.NaN, 0);
  return { offset: offset as number, lines: lines as number };
}

/**
 * Reads a UTF-8 file line by line, in chunks: the file is opened for each of them, so that a reader that is given up
 * leaves nothing open. Lines end with `\n` or `\r\n`.
 */
export class LineReader {
  readonly file: string;
  #buffer: Buffer = Buffer.alloc(0);
  /** The place of the next line in the buffer, and how far the buffer has been searched for its end. */
  #start = 0;
  #searched = 0;
  /** The place of the next line in the file. */
  #offset: number;
  #lines: number;
  /** Bytes of the file when it was opened first. */
  #size: number | undefined;
  #ended = false;

  constructor(file: string, { offset, lines }: LinePlace = { offset: 0, lines: 0 }) {
    this.file = file;
    this.#offset = offset;
    this.#lines = lines;
  }

  /** The place before the next line. */
  place(): { offset: number; lines: number } {
    return { offset: this.#offset, lines: this.#lines };
  }

  /** Goes to a place that `place` gave. */
  seek({ offset, lines }: LinePlace): void {
    this.#buffer = Buffer.alloc(0);
    this.#start = this.#searched = 0;
    [this.#offset, this.#lines] = [offset, lines];
    this.#size = undefined;
    this.#ended = false;
  }

  /** Where the line is that was read last. */
  origin(): Origin {
    return { file: this.file, line: this.#lines };
  }

  /**
   * The next line, or `undefined` after the last. An empty line at the end of the file is none.
   *
   * @throws {FileFault} when the file cannot be read.
   * @throws {TenonError} when the line is too long or no text; the reader is behind it then.
   */
  async next(): Promise<Line | undefined> {
    let end = this.#buffer.indexOf(NEWLINE, this.#searched);
    while (end === -1 && !this.#ended) {
      this.#searched = this.#buffer.length;
      if (this.#buffer.length - this.#start > MOST_BYTES) return this.#skipLongLine();
      await this.#readChunk();
      end = this.#buffer.indexOf(NEWLINE, this.#searched);
    }
    const last = end === -1;
    if (last && this.#start === this.#buffer.length) return undefined;
    const stop = last ? this.#buffer.length : end;
    const bytes = this.#buffer.subarray(this.#start, stop);
    if (last && this.#lines === 0 && bytes.includes(RETURN)) throw oldLineBreaks(this.file);
    this.#moveTo(last ? stop : stop + 1);
    return this.#decode(bytes, last ? '' : '\n');
  }

  #decode(bytes: Buffer, ending: string): Line {
    const first = this.#lines === 1;
    const marked = first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const returned = ending !== '' && bytes.at(-1) === RETURN;
    const text = bytes.subarray(marked ? 3 : 0, returned ? bytes.length - 1 : bytes.length);
    if (!isUtf8(text) || text.includes(0)) throw notText(this.origin(), text);
    return { text: text.toString('utf8'), number: this.#lines, ending: returned ? '\r\n' : ending };
  }

  #moveTo(index: number): void {
    this.#offset += index - this.#start;
    this.#lines++;
    this.#start = this.#searched = index;
  }

  async #skipLongLine(): Promise<never> {
    let end = -1;
    while (end === -1 && !this.#ended) {
      this.#offset += this.#buffer.length - this.#start;
      this.#start = this.#searched = this.#buffer.length;
      await this.#readChunk();
      end = this.#buffer.indexOf(NEWLINE, this.#start);
    }
    this.#moveTo(end === -1 ? this.#buffer.length : end + 1);
    throw badLine(this.origin(), {
      expected: `a line of at most ${MOST_BYTES} bytes`,
      got: 'a longer one',
      advice: 'Check that the file holds lines of text that end with \\n or \\r\\n, and cut long ones.',
    });
  }

  /** Keeps what is not read yet, and adds as much as there is already: a long line is not copied for each chunk. */
  async #readChunk(): Promise<void> {
    const rest = this.#buffer.subarray(this.#start);
    const buffer = Buffer.allocUnsafe(rest.length + Math.max(CHUNK, rest.length));
    rest.copy(buffer);
    const read = await this.#readInto(buffer, rest.length);
    this.#buffer = buffer.subarray(0, rest.length + read);
    this.#searched -= this.#start;
    this.#start = 0;
    this.#ended = read === 0;
  }

  async #readInto(buffer: Buffer, filled: number): Promise<number> {
    const handle = await openFile(this.file);
    try {
      const from = this.#offset + filled;
      if (this.#size === undefined) this.#size = await this.#checkPlace(handle);
      else await this.#checkSame(handle, from);
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, from);
      if (from === 0) assertText(this.file, buffer.subarray(0, bytesRead));
      if (bytesRead === 0 && from < this.#size)
        throw this.#changed(`its end at byte ${from} of ${this.#size}`);
      return bytesRead;
    } catch (error) {
      throw error instanceof TenonError ? error : unreadable(this.file, error);
    } finally {
      await handle.close();
    }
  }

  /** What is before a chunk is still what was read before it. */
  async #checkSame(handle: FileHandle, from: number): Promise<void> {
    const before = this.#buffer.subarray(-OVERLAP);
    const again = Buffer.alloc(before.length);
    await handle.read(again, 0, again.length, from - again.length);
    if (!again.equals(before)) throw this.#changed(`other bytes before byte ${from}`);
  }

  #changed(got: string): FileFault {
    return changed(this.file, 'the file that reading began with', got);
  }

  /** A place written down earlier is the beginning of a line of the file as it is now. Gives the file's size. */
  async #checkPlace(handle: FileHandle): Promise<number> {
    const { size } = await handle.stat();
    if (this.#offset === 0) return size;
    const before = Buffer.alloc(1);
    await handle.read(before, 0, 1, this.#offset - 1);
    if (this.#offset === size || (this.#offset < size && before[0] === NEWLINE)) return size;
    throw new FileFault({
      subject: this.file,
      expected: `line ${this.#lines + 1} at byte ${this.#offset}, where reading stopped before`,
      got: this.#offset > size ? `a file of ${size} bytes` : 'the middle of a line',
      advice: 'The file has changed since: go on with the file as it was, or start again.',
    });
  }
}

function oldLineBreaks(file: string): FileFault {
  return new FileFault({
    subject: file,
    expected: 'lines that end with \\n or \\r\\n',
    got: '\\r alone',
    advice: 'Convert the line breaks, with an editor for instance.',
  });
}

function notText(origin: Origin, bytes: Buffer): TenonError {
  const got = bytes.includes(0) ? 'a NUL byte' : brokenBytes(bytes);
  const advice = 'Save the file as UTF-8 text; a binary format needs its own reader.';
  return badLine(origin, { expected: 'UTF-8 text', got, advice });
}

/** The first byte that is not UTF-8: decoding puts U+FFFD in its place. */
function brokenBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  let good = 0;
  for (let i = text.indexOf('\ufffd'); i !== -1; i = text.indexOf('\ufffd', i + 1)) {
    good = Buffer.byteLength(text.slice(0, i));
    if (bytes[good] !== 0xef || bytes[good + 1] !== 0xbf || bytes[good + 2] !== 0xbd) break;
  }
  return `0x${bytes[good]!.toString(16)} after ${good} bytes`;
}
