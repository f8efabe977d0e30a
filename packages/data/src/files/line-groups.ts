import type { Origin } from '../examples.ts';
import { badLine, type Line, type LineReader, MOST_BYTES } from './line-reader.ts';

/** Lines that belong together. */
export interface LineGroup {
  readonly lines: readonly Line[];
  /** Where the first line is. */
  readonly origin: Origin;
}

/**
 * The next lines up to an empty one. A bad line is reported when its group has been read to the end, so that half of it
 * is not taken for a whole.
 *
 * @throws {TenonError} for the group's first bad line, and for groups that would fill the memory.
 */
export async function nextGroup(reader: LineReader): Promise<LineGroup | undefined> {
  const lines: Line[] = [];
  let origin: Origin | undefined;
  let bytes = 0;
  let fault: unknown;
  for (;;) {
    const before = reader.place().offset;
    let line: Line | undefined;
    try {
      line = await reader.next();
    } catch (error) {
      if (reader.place().offset === before) throw error;
      fault ??= error;
      continue;
    }
    if (line === undefined || line.text.trim() === '') {
      if (fault !== undefined) throw fault;
      if (origin !== undefined) return { lines, origin };
      if (line === undefined) return undefined;
      continue;
    }
    origin ??= reader.origin();
    bytes += reader.place().offset - before;
    if (bytes <= MOST_BYTES) lines.push(line);
    else {
      lines.length = 0;
      fault ??= badLine(origin, {
        expected: `an empty line after at most ${MOST_BYTES} bytes`,
        got: 'more lines without one',
        advice: 'Put an empty line between examples.',
      });
    }
  }
}
