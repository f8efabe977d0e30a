import { assertWhole, type Json } from '@tenon/core';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { compressors as packings } from 'hyparquet-compressors';
import type { ExampleStream } from '../examples.ts';
import { validExamples } from './line-stream.ts';
import { changed, FileFault, nothingIn, openFile, unreadable } from './open-file.ts';
import { assertColumns, type Row, type RowsOptions } from './rows.ts';

/** What unpacks pages. One with nothing in it (a column of nulls) needs none, and LZ4's (1.1.2) refuses it. */
const compressors: Compressors = Object.fromEntries(
  Object.entries(packings).map(([name, unpack]) => [
    name,
    (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array() : unpack(input, length)),
  ]),
);

/** The rows of a Parquet file. One row group is in memory at a time. */
export function readParquet(file: string, { columns }: RowsOptions): ExampleStream<Row> {
  return {
    open(position?: Json) {
      const start = position ?? 0;
      let row = typeof start === 'number' ? start : Number.NaN;
      assertWhole(`${file}: position`, row, 0);
      let table: ParquetTable | undefined;
      const next = async (): Promise<Row | undefined> => {
        table ??= await ParquetTable.open(file, columns, row);
        const fields = await table.row(row);
        return fields && { fields, origin: { file, row: ++row } };
      };
      return {
        next: validExamples(next, {
          onInvalid: undefined, // nothing is wrong with one row alone
          fromStart: position === undefined,
          nothing: () => nothingIn(file, Number.NaN),
        }),
        position: () => row,
        async close() {
          table = undefined;
        },
      };
    },
  };
}

class ParquetTable {
  readonly #file: string;
  readonly #columns: string[] | undefined;
  readonly #buffer: AsyncBuffer;
  readonly #metadata: FileMetaData;
  #rows: readonly Row['fields'][] = [];
  #first = 0;

  private constructor(
    file: string,
    columns: string[] | undefined,
    buffer: AsyncBuffer,
    metadata: FileMetaData,
  ) {
    this.#file = file;
    this.#columns = columns;
    this.#buffer = buffer;
    this.#metadata = metadata;
  }

  static async open(
    file: string,
    columns: readonly string[] | undefined,
    row: number,
  ): Promise<ParquetTable> {
    const buffer = await bufferOf(file);
    const metadata = await notBroken(file, () => parquetMetadataAsync(buffer));
    const there = await notBroken(file, async () =>
      parquetSchema(metadata).children.map(({ element }) => element.name),
    );
    assertColumns(file, there, columns);
    const rows = Number(metadata.num_rows);
    if (row > rows) {
      throw new FileFault({
        subject: file,
        expected: `row ${row + 1}, where reading stopped before`,
        got: `a file of ${rows} rows`,
        advice: 'The file has changed since: go on with the file as it was, or start again.',
      });
    }
    return new ParquetTable(file, columns?.slice(), buffer, metadata);
  }

  async row(index: number): Promise<Row['fields'] | undefined> {
    if (index < this.#first || index >= this.#first + this.#rows.length) await this.#readGroup(index);
    return this.#rows[index - this.#first];
  }

  async #readGroup(index: number): Promise<void> {
    let first = 0;
    for (const { num_rows } of this.#metadata.row_groups) {
      const end = first + Number(num_rows);
      if (index < end) {
        this.#rows = [];
        const range = { rowStart: first, rowEnd: end, ...(this.#columns && { columns: this.#columns }) };
        const options = { file: this.#buffer, metadata: this.#metadata, compressors, ...range };
        this.#rows = (await notBroken(this.#file, () => parquetReadObjects(options))).map(plain);
        this.#first = first;
        return;
      }
      first = end;
    }
  }
}

async function bufferOf(file: string): Promise<AsyncBuffer> {
  const handle = await openFile(file);
  const { size } = await handle.stat().finally(() => handle.close());
  if (size === 0) throw notParquet(file, 'an empty file');
  return {
    byteLength: size,
    async slice(start, end = size) {
      const from = start < 0 ? Math.max(0, size + start) : start;
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - from));
      const handle = await openFile(file);
      try {
        const now = (await handle.stat()).size;
        if (now !== size)
          throw changed(file, `a file of ${size} bytes, as it was when reading began`, String(now));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
        return bytes.buffer.slice(0, bytesRead);
      } catch (error) {
        throw error instanceof FileFault ? error : unreadable(file, error);
      } finally {
        await handle.close();
      }
    },
  };
}

async function notBroken<Value>(file: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof FileFault) throw cause;
    throw notParquet(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function notParquet(file: string, got: string, cause?: unknown): FileFault {
  const advice = 'Check that the file was copied whole.';
  return new FileFault(
    { subject: file, expected: 'a Parquet file that can be read', got, advice },
    { cause },
  );
}

/** Whole numbers of 64 bits as plain numbers where they are exact. */
function plain(fields: Row['fields']): Row['fields'] {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return BigInt.asIntN(53, value) === value ? Number(value) : value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return plain(value as Row['fields']); // a plain object: its own names and values
  }
  return value;
}
