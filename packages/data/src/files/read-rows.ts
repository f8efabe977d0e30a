import { extname } from 'node:path';
import { TenonError } from '@tenon/core';
import type { ExampleStream } from '../examples.ts';
import { readJsonLines } from './json-lines.ts';
import { readParquet } from './parquet.ts';
import type { Row, RowsOptions } from './rows.ts';
import { readTable } from './table.ts';

type Format = NonNullable<RowsOptions['format']>;

const ENDINGS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
};

/** What to do about files of other endings. */
const ADVICE: Readonly<Record<string, string>> = {
  '.gz': 'Unpack it first, with gunzip for instance.',
  '.json': "Pass { format: 'jsonl' } where each line is an object; readSquad reads SQuAD's files.",
  '.xls': 'Save the sheet as CSV.',
  '.xlsx': 'Save the sheet as CSV.',
};

/**
 * The rows of a CSV, TSV, JSON lines or Parquet file, one after another: the file may be larger than memory. A reader
 * goes on from a position without reading what is before it.
 *
 * The rows are the same in any chunks; the position of CSV, TSV and JSON lines is `{ offset, lines }`, in bytes, and that
 * of Parquet the number of rows.
 *
 * @throws {TenonError} when the format is not known; from the stream, with file and line, when the file cannot be read,
 * lacks a column, or has a line that is broken.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readAll } from '@tenon/data';
 * import { readRows } from '@tenon/data/files';
 *
 * const file = join(tmpdir(), 'reviews.tsv');
 * writeFileSync(file, 'sentence\tlabel\nquite good\t1\n');
 * for (const { fields, origin } of await readAll(readRows(file))) console.log(fields, origin.line);
 * // { sentence: 'quite good', label: '1' } 2
 * ```
 */
export function readRows(file: string, options: RowsOptions = {}): ExampleStream<Row> {
  const format = options.format ?? ENDINGS[extname(file).toLowerCase()];
  if (format === undefined) {
    throw new TenonError({
      subject: file,
      expected: `a file that ends with ${Object.keys(ENDINGS).join(', ')}`,
      got: extname(file) === '' ? 'no ending' : extname(file),
      advice: ADVICE[extname(file).toLowerCase()] ?? "Pass the format, such as { format: 'tsv' }.",
    });
  }
  switch (format) {
    case 'csv':
    case 'tsv': {
      const { delimiter = format === 'csv' ? ',' : '\t', quote = format === 'csv' ? '"' : false } = options;
      return readTable(file, { delimiter, quote }, options);
    }
    case 'jsonl':
      return readJsonLines(file, options);
    case 'parquet':
      return readParquet(file, options);
  }
}
