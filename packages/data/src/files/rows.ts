import type { ErrorParts } from '@tenon/core';
import type { Origin } from '../examples.ts';
import { shownValue } from '../shown-value.ts';
import type { ReadOptions } from './line-stream.ts';
import { FileFault } from './open-file.ts';

/** A row of a table, or an object of JSON lines. */
export interface Row {
  /** Texts from CSV and TSV; whatever the file holds from JSON lines and Parquet. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
}

export interface RowsOptions extends ReadOptions {
  /** @default by the file's ending: .csv, .tsv, .jsonl or .ndjson, .parquet */
  readonly format?: 'csv' | 'tsv' | 'jsonl' | 'parquet';
  /**
   * CSV and TSV: whether the first line names the columns; or, of a file without such a line, their names. `false` calls
   * them '0', '1', and so on.
   * @default true
   */
  readonly header?: boolean | readonly string[];
  /** Reads these columns only. @default all */
  readonly columns?: readonly string[];
  /** CSV and TSV: what stands between fields. @default ',' for CSV, a tab for TSV */
  readonly delimiter?: string;
  /**
   * CSV and TSV: the character around fields that hold delimiters or line breaks, doubled within them. The TSV files of
   * GLUE have none: their quotes are text.
   * @default '"' for CSV, false for TSV
   */
  readonly quote?: string | false;
}

/**
 * Checks that a table has the columns that are asked for.
 *
 * @throws {FileFault} that names the columns there are.
 */
export function assertColumns(
  file: string,
  there: readonly string[],
  wanted: readonly string[] | undefined,
): void {
  const missing = wanted?.find((name) => !there.includes(name));
  if (missing === undefined) return;
  throw new FileFault({
    subject: file,
    ...missingColumn(
      missing,
      there,
      'Pass the name of one of them; header: false or a list of names for a file that does not name them.',
    ),
  });
}

/** What is said of a column that is not there. */
export function missingColumn(
  name: string,
  there: readonly string[],
  advice: string,
): Pick<ErrorParts, 'expected' | 'got' | 'advice'> {
  return {
    expected: `a column ${JSON.stringify(name)}`,
    got: `the columns ${listed(there)}`,
    advice: otherDelimiter(there) ?? advice,
  };
}

/** What to do about a table that seems to have one column, as its delimiter is another. */
export function otherDelimiter(names: readonly string[]): string | undefined {
  const delimiter = names.length === 1 ? /[;\t|,]/.exec(names[0]!)?.[0] : undefined;
  return delimiter && `Pass delimiter: ${JSON.stringify(delimiter)} to readRows.`;
}

/** Names for messages. */
export function listed(names: readonly string[], most = 20): string {
  if (names.length === 0) return 'none';
  return (
    names
      .slice(0, most)
      .map((name) => shownValue(name))
      .join(', ') + (names.length > most ? ', ...' : '')
  );
}

/** The fields that are asked for, of those there are. */
export function picked(fields: Row['fields'], columns: readonly string[] | undefined): Row['fields'] {
  if (columns === undefined) return fields;
  return Object.fromEntries(
    columns.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]),
  );
}
