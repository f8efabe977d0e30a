// Streams of examples made of lists and of other streams. Each step is done when its example is asked for.

import { assertWhole, type Json, TenonError } from '@tenon/core';
import type { ExampleCursor, ExampleStream, Examples } from './examples.ts';
import { type OnInvalid, reportInvalid } from './skipped-examples.ts';

/** Goes through examples from the first, and closes the stream whether or not the loop comes to the end. */
export async function* eachExample<Example>(examples: Examples<Example>): AsyncGenerator<Example> {
  const cursor = asStream(examples).open();
  try {
    for (let example = await cursor.next(); example !== undefined; example = await cursor.next())
      yield example;
  } finally {
    await cursor.close();
  }
}

/**
 * All examples as a list in memory.
 *
 * @example
 * ```ts
 * import { readAll, streamExamples, takeExamples } from '@tenon/data';
 *
 * console.log(await readAll(takeExamples(streamExamples(['a', 'b', 'c']), 2))); // [ 'a', 'b' ]
 * ```
 */
export async function readAll<Example>(examples: Examples<Example>): Promise<Example[]> {
  const all: Example[] = [];
  for await (const example of eachExample(examples)) all.push(example);
  return all;
}

/** A list as a stream, for what takes only streams. */
export function streamExamples<Example>(list: readonly Example[]): ExampleStream<Example> {
  return {
    open(position = 0) {
      let index = wholePosition('streamExamples', position);
      assertWithin('streamExamples', index, list.length, 'the number of examples', 'examples');
      return {
        next: async () => list[index++],
        position: () => Math.min(index, list.length),
        close: async () => {},
      };
    },
  };
}

/** Lists as streams, and streams as they are. */
function asStream<Example>(examples: Examples<Example>): ExampleStream<Example> {
  return 'open' in examples ? examples : streamExamples(examples);
}

/**
 * A stream of what `change` makes of each example.
 *
 * @param options `onInvalid` is told of examples for which `change` throws a TenonError; they are left out.
 * @throws {TenonError} from the stream when `change` gives `undefined`, which would be the stream's end.
 */
export function mapExamples<From, To>(
  stream: ExampleStream<From>,
  change: (example: From) => To | Promise<To>,
  { onInvalid }: { readonly onInvalid?: OnInvalid | undefined } = {},
): ExampleStream<To> {
  return derived(stream, async (cursor) => {
    for (let example = await cursor.next(); example !== undefined; example = await cursor.next()) {
      const changed = await changedOr(() => change(example), onInvalid);
      if (changed !== undefined) return changed.example;
    }
    return undefined;
  });
}

/** What an example is changed to, where it can be used. */
async function changedOr<To>(
  change: () => To | Promise<To>,
  onInvalid: OnInvalid | undefined,
): Promise<{ readonly example: To } | undefined> {
  let example: To;
  try {
    example = await change();
  } catch (error) {
    reportInvalid(error, onInvalid);
    return undefined;
  }
  if (example !== undefined) return { example };
  throw new TenonError({
    subject: 'mapExamples',
    expected: 'an example',
    got: 'undefined',
    advice: 'Leave examples out with filterExamples, or throw a TenonError and pass onInvalid.',
  });
}

/** A stream of those examples for which `keep` is true. */
export function filterExamples<Example>(
  stream: ExampleStream<Example>,
  keep: (example: Example) => boolean,
): ExampleStream<Example> {
  return derived(stream, async (cursor) => {
    let example = await cursor.next();
    while (example !== undefined && !keep(example)) example = await cursor.next();
    return example;
  });
}

/**
 * A stream of the first `count` examples.
 *
 * @throws {TenonError} when `count` is not a whole number.
 */
export function takeExamples<Example>(stream: ExampleStream<Example>, count: number): ExampleStream<Example> {
  assertWhole('takeExamples: count', count, 0);
  return {
    open(position) {
      const place = position === undefined ? undefined : placeIn('takeExamples', position);
      const cursor = stream.open(place?.inner);
      let taken = place?.count ?? 0;
      return {
        async next() {
          if (taken >= count) return undefined;
          taken++;
          return cursor.next();
        },
        position: () => ({ count: Math.min(taken, count), inner: cursor.position() }),
        close: () => cursor.close(),
      };
    },
  };
}

/** One stream after another, as one: the shards of a large data set. */
export function concatExamples<Example>(streams: readonly ExampleStream<Example>[]): ExampleStream<Example> {
  return {
    open(position) {
      const place = position === undefined ? undefined : placeIn('concatExamples', position);
      let number = place?.count ?? 0;
      if (number > 0)
        assertWithin('concatExamples', number, streams.length - 1, 'the last of the streams', 'streams');
      let cursor = streams[number]?.open(place?.inner);
      return {
        async next() {
          while (cursor !== undefined) {
            const example = await cursor.next();
            if (example !== undefined || number + 1 >= streams.length) return example;
            await cursor.close();
            cursor = streams[++number]?.open();
          }
          return undefined;
        },
        position: () => ({ count: number, inner: cursor?.position() ?? null }),
        close: async () => cursor?.close(),
      };
    },
  };
}

/** A stream whose place is that of the stream it is made of. */
function derived<From, To>(
  stream: ExampleStream<From>,
  next: (cursor: ExampleCursor<From>) => Promise<To | undefined>,
): ExampleStream<To> {
  return {
    open(position) {
      const cursor = stream.open(position);
      return { next: () => next(cursor), position: () => cursor.position(), close: () => cursor.close() };
    },
  };
}

function wholePosition(subject: string, position: Json | undefined): number {
  const value = typeof position === 'number' ? position : Number.NaN;
  assertWhole(`${subject}: position`, value, 0);
  return value;
}

/** A place in a list that has become shorter would be its end. */
function assertWithin(subject: string, count: number, most: number, what: string, things: string): void {
  if (count <= most) return;
  throw new TenonError({
    subject: `${subject}: position`,
    expected: `at most ${most}, ${what}`,
    got: String(count),
    advice: `Go on with the ${things} that the position comes from.`,
  });
}

function placeIn(
  subject: string,
  position: Json,
): { readonly count: number; readonly inner: Json | undefined } {
  if (position === null || typeof position !== 'object' || Array.isArray(position)) {
    throw new TenonError({
      subject: `${subject}: position`,
      expected: '{ count, inner }',
      got: JSON.stringify(position),
      advice: "Pass what the cursor's position() gave.",
    });
  }
  return { count: wholePosition(subject, position['count']), inner: position['inner'] };
}
