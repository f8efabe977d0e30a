import type { ExampleStream } from '../examples.ts';
import { badLine } from './line-reader.ts';
import { lineStream } from './line-stream.ts';
import { picked, type Row, type RowsOptions } from './rows.ts';

/** The objects of a file with one in each line; empty lines are none. */
export function readJsonLines(file: string, options: RowsOptions): ExampleStream<Row> {
  return lineStream(file, options, () => async (reader) => {
    let line = await reader.next();
    while (line !== undefined && line.text.trim() === '') line = await reader.next();
    if (line === undefined) return undefined;
    const origin = reader.origin();
    const value = parsed(line.text, (cause) =>
      badLine(
        origin,
        { expected: 'a JSON object', got: `broken JSON (${cause.message})`, advice: 'Correct the line.' },
        cause,
      ),
    );
    if (isRecord(value)) return { fields: picked(value, options.columns), origin };
    throw badLine(origin, {
      expected: 'a JSON object',
      got: value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`,
      advice: 'Put an object of named fields in each line.',
    });
  });
}

/** What JSON says; `fault` makes an error of what is wrong with it. */
export function parsed(text: string, fault: (cause: Error) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw cause instanceof Error ? fault(cause) : cause;
  }
}

/** Whether JSON has given an object, and neither a list nor null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
