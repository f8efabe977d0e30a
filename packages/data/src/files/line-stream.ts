import type { ExampleStream } from '../examples.ts';
import { type OnInvalid, reportInvalid } from '../skipped-examples.ts';
import { FileFault, LineReader, linePlace } from './line-reader.ts';

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
        next: () => nextValid(() => read(reader), onInvalid),
        position: () => reader.place(),
        close: async () => {},
      };
    },
  };
}

/** The next example that can be used. What is wrong with the file as a whole is no example's fault. */
export async function nextValid<Example>(
  next: () => Promise<Example | undefined>,
  onInvalid: OnInvalid | undefined,
): Promise<Example | undefined> {
  while (true) {
    try {
      return await next();
    } catch (error) {
      if (error instanceof FileFault) throw error;
      reportInvalid(error, onInvalid);
    }
  }
}
