import type { ExampleCursor, ExampleStream } from '../examples.ts';
import { type OnInvalid, reportInvalid } from '../skipped-examples.ts';
import { LineReader, linePlace } from './line-reader.ts';
import { FileFault, nothingIn } from './open-file.ts';

/** What every reader takes. */
export interface ReadOptions {
  /** Told of examples that cannot be used, which are then left out, instead of the error being thrown. */
  readonly onInvalid?: OnInvalid | undefined;
}

/** Takes an example's lines, to the last even where one is bad; `undefined` at the file's end. */
export type ReadExample<Example> = (reader: LineReader) => Promise<Example | undefined>;

/**
 * A stream of examples of a line each, or of several.
 *
 * @param begin what reads the examples, for each time that the stream is opened.
 */
export function lineStream<Example>(
  file: string,
  { onInvalid }: ReadOptions,
  begin: () => ReadExample<Example>,
): ExampleStream<Example> {
  return {
    open(position) {
      const reader = new LineReader(file, position === undefined ? undefined : linePlace(file, position));
      const read = begin();
      return {
        next: validExamples(() => read(reader), {
          onInvalid,
          fromStart: position === undefined,
          nothing: () => nothingIn(file, reader.place().offset),
        }),
        position: () => reader.place(),
        close: async () => {},
      };
    },
  };
}

export interface ValidExamplesOptions extends ReadOptions {
  /** Whether reading begins at the first example. */
  readonly fromStart: boolean;
  /** The error of a file that has none, not even a bad one. */
  nothing(): FileFault;
}

/** A cursor's `next`, of examples that can be used. What is wrong with the file as a whole is no example's fault. */
export function validExamples<Example>(
  next: () => Promise<Example | undefined>,
  { onInvalid, fromStart, nothing }: ValidExamplesOptions,
): ExampleCursor<Example>['next'] {
  let empty = fromStart;
  return async () => {
    while (true) {
      try {
        const example = await next();
        if (example === undefined && empty) throw nothing();
        empty = false;
        return example;
      } catch (error) {
        if (error instanceof FileFault) throw error;
        reportInvalid(error, onInvalid);
        empty = false;
      }
    }
  };
}
