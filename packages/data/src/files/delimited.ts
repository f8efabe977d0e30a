import type { Origin } from '../examples.ts';
import { badLine, type Line, type LineReader, MOST_BYTES } from './line-reader.ts';

export interface DelimitedFormat {
  readonly delimiter: string;
  /** The character around fields that hold delimiters or line breaks; `false` where there is none. */
  readonly quote: string | false;
}

/** The fields of a line, or of several where quoted fields hold line breaks. */
export interface DelimitedRecord {
  readonly fields: readonly string[];
  /** The first line. */
  readonly origin: Origin;
}

/**
 * The next record (RFC 4180). A quote within a field that does not begin with one is a character as any other, as in
 * Python's csv.
 *
 * Written here, since a run resumes at a record's place in bytes and lines, and since reading goes on at the line after a
 * quote that is never closed.
 *
 * @throws {TenonError} when a quote is not closed, or text follows a closed one.
 */
export async function nextRecord(
  reader: LineReader,
  { delimiter, quote }: DelimitedFormat,
): Promise<DelimitedRecord | undefined> {
  let line = await reader.next();
  while (line !== undefined && line.text === '') line = await reader.next();
  if (line === undefined) return undefined;
  const origin = reader.origin();
  if (quote === false || !line.text.includes(quote)) return { fields: line.text.split(delimiter), origin };
  const after = reader.place();
  try {
    const record = new QuotedRecord(delimiter, quote, origin);
    while (!record.take(line)) line = await nextPart(reader, after.offset, quote, origin);
    return { fields: record.fields, origin };
  } catch (error) {
    reader.seek(after);
    throw error;
  }
}

/** The next line of a record that a quote has left open. */
async function nextPart(reader: LineReader, start: number, quote: string, origin: Origin): Promise<Line> {
  const tooLong = reader.place().offset - start > MOST_BYTES;
  const line = tooLong ? undefined : await reader.next();
  if (line !== undefined) return line;
  throw badLine(origin, {
    expected: `a closing ${quote}`,
    got: tooLong ? `none in ${MOST_BYTES} bytes` : 'the end of the file',
    advice: 'Close the quote, double quotes within it, or pass quote: false where quotes are text.',
  });
}

class QuotedRecord {
  readonly fields: string[] = [];
  readonly #delimiter: string;
  readonly #quote: string;
  readonly #origin: Origin;
  /** The beginning of a quoted field that goes on in the next line. */
  #open: string | undefined;

  constructor(delimiter: string, quote: string, origin: Origin) {
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.#origin = origin;
  }

  /** Adds a line's fields; false when the last one goes on in the next line. */
  take({ text, ending }: Line): boolean {
    let at = 0;
    while (true) {
      const end =
        this.#open === undefined && text[at] !== this.#quote
          ? this.#takePlain(text, at)
          : this.#takeQuoted(text, at);
      if (end === undefined) {
        this.#open += ending;
        return false;
      }
      if (end === text.length) return true;
      at = end + this.#delimiter.length;
    }
  }

  /** Adds a field without quotes, and tells where it ends. */
  #takePlain(text: string, at: number): number {
    const found = text.indexOf(this.#delimiter, at);
    const end = found === -1 ? text.length : found;
    this.fields.push(text.slice(at, end));
    return end;
  }

  /** Adds a quoted field, or the rest of one, and tells where it ends; `undefined` when the line ends before. */
  #takeQuoted(text: string, at: number): number | undefined {
    const quote = this.#quote;
    let field = this.#open ?? '';
    let from = this.#open === undefined ? at + 1 : at;
    let end = text.indexOf(quote, from);
    while (end !== -1 && text[end + 1] === quote) {
      field += text.slice(from, end + 1);
      from = end + 2;
      end = text.indexOf(quote, from);
    }
    if (end === -1) {
      this.#open = field + text.slice(from);
      return undefined;
    }
    this.fields.push(field + text.slice(from, end));
    this.#open = undefined;
    if (end + 1 === text.length || text.startsWith(this.#delimiter, end + 1)) return end + 1;
    throw badLine(this.#origin, {
      expected: `a delimiter or the end of the line after a closing ${quote}`,
      got: JSON.stringify(text.slice(end + 1, end + 20)),
      advice: 'Double quotes within a quoted field, or pass quote: false where quotes are text.',
    });
  }
}
