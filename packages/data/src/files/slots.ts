import { join } from 'node:path';
import type { Json } from '@tenon/core';
import type { ExampleStream, TaggedExample } from '../examples.ts';
import { isRecord } from './json-lines.ts';
import { badLine, type Line, LineReader, linePlace } from './line-reader.ts';
import { type ReadOptions, validExamples } from './line-stream.ts';
import { FileFault, nothingIn } from './open-file.ts';
import { bioTags, type TagScheme } from './tag-scheme.ts';

export interface ReadSlotsOptions extends ReadOptions {
  /** How the files' tags are written; the examples' tags are BIO. @default 'bio' */
  readonly scheme?: TagScheme;
}

const FILES = ['seq.in', 'seq.out', 'label'] as const;

/**
 * Utterances with slots and intents, as ATIS and SNIPS are laid out (Goo et al. 2018): a folder with the files `seq.in`
 * (words), `seq.out` (a tag for each) and `label` (the intent), which go line by line together. Lines that are empty in all
 * three are left out.
 *
 * @throws {TenonError} from the stream, with file and line, when one file has fewer lines than the others, words and tags
 * are not of the same number, or a tag is not of the scheme.
 */
export function readSlots(folder: string, options: ReadSlotsOptions = {}): ExampleStream<TaggedExample> {
  return {
    open(position) {
      const readers = FILES.map(
        (name) => new LineReader(join(folder, name), placeOf(folder, position, name)),
      );
      return {
        next: validExamples(() => nextUtterance(readers, options), {
          onInvalid: options.onInvalid,
          fromStart: position === undefined,
          nothing: () => nothingIn(readers[0]!.file, readers[0]!.place().offset),
        }),
        position: () => Object.fromEntries(FILES.map((name, i) => [name, readers[i]!.place()])),
        close: async () => {},
      };
    },
  };
}

function placeOf(folder: string, position: Json | undefined, name: string) {
  return position === undefined
    ? undefined
    : linePlace(join(folder, name), isRecord(position) ? position[name]! : null);
}

async function nextUtterance(
  readers: readonly LineReader[],
  options: ReadSlotsOptions,
): Promise<TaggedExample | undefined> {
  let lines = await nextLines(readers);
  while (lines?.every(({ text }) => text.trim() === '')) lines = await nextLines(readers);
  if (lines === undefined) return undefined;
  const [words, tags, intents] = lines.map(({ text }) => text.split(/\s+/).filter((word) => word !== ''));
  const [atWords, atTags, atIntent] = readers.map((reader) => reader.origin());
  if (words!.length === 0) {
    throw badLine(atWords!, {
      expected: 'words',
      got: 'an empty line',
      advice: 'Take the line out of all three files.',
    });
  }
  if (tags!.length !== words!.length) {
    throw badLine(atTags!, {
      expected: `${words!.length} tags, one for each word of seq.in`,
      got: String(tags!.length),
      advice: 'Correct this line of seq.in or seq.out.',
    });
  }
  if (intents!.length !== 1) {
    const got = intents!.length === 0 ? 'an empty line' : `${intents!.length} words`;
    throw badLine(atIntent!, { expected: 'an intent, one word', got, advice: 'Join words with _ or #.' });
  }
  const checked = bioTags(tags!, options.scheme ?? 'bio');
  if (!('index' in checked)) return { words: words!, tags: checked, intent: intents![0]!, origin: atWords! };
  const { index, ...fault } = checked;
  throw badLine(atTags!, { ...fault, got: `${fault.got} as tag ${index + 1}` });
}

/** The next line of each file, even where one of them is bad, so that they stay together. */
async function nextLines(readers: readonly LineReader[]): Promise<readonly Line[] | undefined> {
  const lines: Line[] = [];
  const ended: LineReader[] = [];
  const faults: unknown[] = [];
  for (const reader of readers) {
    try {
      const line = await reader.next();
      if (line === undefined) ended.push(reader);
      else lines.push(line);
    } catch (error) {
      if (error instanceof FileFault) throw error;
      faults.push(error);
    }
  }
  if (ended.length === readers.length) return undefined;
  if (ended.length === 0) {
    if (faults.length > 0) throw faults[0];
    return lines;
  }
  const { file } = ended[0]!;
  throw new FileFault({
    subject: `${file}, line ${Math.max(...readers.map((reader) => reader.place().lines))}`,
    expected: 'as many lines as the other files of the folder have',
    got: 'the end of the file',
    advice: 'The files go line by line together: find the line that is missing or too much.',
  });
}
