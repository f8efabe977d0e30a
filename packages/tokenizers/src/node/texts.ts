import { createReadStream } from 'node:fs';
import { TokenizerError } from '../errors.ts';

/** Characters of a line at the most: a file without line feeds must not be read as a whole. */
const LONGEST_LINE = 1 << 20;

/**
 * The lines of UTF-8 files, one file after another, as texts to train on: many lines at a time, which costs less. Each
 * keeps its line feed, as in Hugging Face's trainers; a line of more than a million characters is cut. Memory does
 * not grow with the files.
 *
 * @throws TokenizerError for a file that cannot be read
 */
export async function* linesOf(files: string | Iterable<string>): AsyncGenerator<string[]> {
  for (const file of typeof files === 'string' ? [files] : files) {
    const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 14 });
    try {
      yield* linesIn(stream);
    } catch (error) {
      throw unreadable(file, error);
    }
  }
}

/** The lines of a stream of texts that are cut anywhere, those of each text together. */
export async function* linesIn(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + chunk;
    const lines: string[] = [];
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      lines.push(text.slice(at, end + 1));
      at = end + 1;
    }
    rest = text.slice(at);
    if (rest.length > LONGEST_LINE) {
      lines.push(rest);
      rest = '';
    }
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}

export function unreadable(file: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'code' in cause)) return cause;
  const reason =
    cause.code === 'ENOENT' ? 'no such file' : cause.code === 'EISDIR' ? 'a folder' : cause.message;
  return new TokenizerError(`${file}: expected a file that can be read, got ${reason}. Check the path.`, {
    cause,
  });
}
