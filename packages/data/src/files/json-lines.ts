import type { TenonError } from '@tenon/core';
import type { ExampleStream, Origin } from '../examples.ts';
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
    const { text } = line;
    const value = parsed(text, (cause) => notObject(origin, ...brokenJson(text, cause), cause));
    if (isRecord(value)) return { fields: picked(value, options.columns), origin };
    if (Array.isArray(value)) throw notObject(origin, 'a list', OF_A_LIST);
    const got = value === null ? 'null' : `a ${typeof value}`;
    throw notObject(origin, got, 'Put an object of named fields in each line.');
  });
}

const OF_A_LIST = 'Put each object of the list in a line of its own.';

function brokenJson(text: string, { message }: Error): [got: string, advice: string] {
  return text.trim() === '['
    ? ['the beginning of a list', OF_A_LIST]
    : [`broken JSON (${message})`, 'Correct the line: each is an object of its own.'];
}

function notObject(origin: Origin, got: string, advice: string, cause?: unknown): TenonError {
  return badLine(origin, { expected: 'a JSON object', got, advice }, cause);
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
