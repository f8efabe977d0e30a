import { TenonError } from '@tenon/core';
import type { ExampleStream } from '../examples.ts';
import { type DelimitedFormat, type DelimitedRecord, nextRecord } from './delimited.ts';
import { badLine, LineReader } from './line-reader.ts';
import { lineStream } from './line-stream.ts';
import { FileFault } from './open-file.ts';
import { assertColumns, listed, otherDelimiter, picked, type Row, type RowsOptions } from './rows.ts';

/** The rows of a file of fields between delimiters. */
export function readTable(file: string, format: DelimitedFormat, options: RowsOptions): ExampleStream<Row> {
  const { header = true, columns } = options;
  assertFormat(file, format);
  if (typeof header !== 'boolean') assertColumnNames(file, header, columns);
  return lineStream(file, options, () => {
    let names: readonly string[] | undefined;
    return async (reader) => {
      names ??= typeof header === 'boolean' ? await columnNames(reader, format, options) : header;
      const record = await nextRecord(reader, format);
      return record && { fields: picked(named(record, names), columns), origin: record.origin };
    };
  });
}

/** The names in the first line, which is read again where reading begins in the middle of the file. */
async function columnNames(
  reader: LineReader,
  format: DelimitedFormat,
  options: RowsOptions,
): Promise<readonly string[]> {
  const { file } = reader;
  const { header = true, columns } = options;
  const fromStart = reader.place().offset === 0;
  try {
    const record = await nextRecord(header && fromStart ? reader : new LineReader(file), format);
    if (record === undefined && header) {
      throw new FileFault({
        subject: file,
        expected: 'a first line with the names of the columns',
        got: 'an empty file',
        advice: 'Check the file.',
      });
    }
    const fields = record?.fields ?? [];
    const names = header ? fields : fields.map((_, column) => String(column));
    assertColumnNames(file, names, columns);
    return names;
  } catch (error) {
    // Without the names no row can be read.
    throw error instanceof TenonError ? new FileFault(error.parts, { cause: error }) : error;
  }
}

function assertColumnNames(
  file: string,
  names: readonly string[],
  columns: readonly string[] | undefined,
): void {
  const twice = names.find((name, column) => names.indexOf(name) !== column);
  if (twice !== undefined) {
    throw new FileFault({
      subject: file,
      expected: 'every column to have a name of its own',
      got: `${JSON.stringify(twice)} twice`,
      advice: 'Rename one, or pass the names as header for a file whose first line is data.',
    });
  }
  assertColumns(file, names, columns);
}

function named({ fields, origin }: DelimitedRecord, names: readonly string[]): Row['fields'] {
  if (fields.length === names.length)
    return Object.fromEntries(names.map((name, column) => [name, fields[column]]));
  const advice =
    'Check delimiters and quotes of this line; the options delimiter, quote and header say how to read them.';
  throw badLine(origin, {
    expected: `${names.length} ${names.length === 1 ? 'field' : 'fields'} (${listed(names)})`,
    got: String(fields.length),
    advice: otherDelimiter(names) ?? advice,
  });
}

function assertFormat(file: string, { delimiter, quote }: DelimitedFormat): void {
  const fits =
    delimiter !== '' &&
    !/[\r\n]/.test(delimiter) &&
    (quote === false || /^[^\r\n]$/.test(quote)) &&
    delimiter !== quote;
  if (fits) return;
  throw new TenonError({
    subject: `${file}: delimiter and quote`,
    expected: 'a text without line breaks, and another character or false',
    got: `${JSON.stringify(delimiter)} and ${JSON.stringify(quote)}`,
    advice: "Pass delimiter: ';' and quote: '\"', say.",
  });
}
