import type { ExampleStream, TaggedExample } from '../examples.ts';
import { type LineGroup, nextGroup } from './line-groups.ts';
import { badLine } from './line-reader.ts';
import { lineStream, type ReadOptions } from './line-stream.ts';
import { bioTags, type TagScheme } from './tag-scheme.ts';

export interface ReadTaggedOptions extends ReadOptions {
  /** What stands between columns. @default spaces and tabs */
  readonly separator?: string | RegExp;
  /** The column of the words, from 0; negative ones count from the last. @default 0 */
  readonly wordColumn?: number;
  /** The column of the tags; `false` where there are none. @default -1 */
  readonly tagColumn?: number | false;
  /** How the file's tags are written; the examples' tags are BIO. @default 'bio' */
  readonly scheme?: TagScheme;
  /** Lines that begin with this are none of the sentence's: '#' in CoNLL-U. */
  readonly comment?: string;
}

/**
 * Sentences of words with tags, in CoNLL's columns: a word a line, and an empty line between sentences. Lines of the word
 * `-DOCSTART-` are left out. The tags are given as BIO, whatever the scheme of the file.
 *
 * @throws {TenonError} from the stream, with file and line, when a line lacks a column, or a tag is not of the scheme: of
 * another scheme, or inside an entity that has not begun.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readAll } from '@tenon/data';
 * import { readTagged } from '@tenon/data/files';
 *
 * const file = join(tmpdir(), 'train.conll');
 * writeFileSync(file, 'to O\nNew B-city\nYork I-city\n\n');
 * const [example] = await readAll(readTagged(file));
 * console.log(example?.words, example?.tags); // [ 'to', 'New', 'York' ] [ 'O', 'B-city', 'I-city' ]
 * ```
 */
export function readTagged(file: string, options: ReadTaggedOptions = {}): ExampleStream<TaggedExample> {
  return lineStream(file, options, () => async (reader) => {
    while (true) {
      const group = await nextGroup(reader);
      if (group === undefined) return undefined;
      const example = taggedOf(group, options);
      if (example.words.length > 0) return example;
    }
  });
}

function taggedOf({ lines, origin }: LineGroup, options: ReadTaggedOptions): TaggedExample {
  const { separator = /[ \t]+/, wordColumn = 0, tagColumn = -1, scheme = 'bio', comment } = options;
  const { file } = origin;
  const kept = lines
    .filter(({ text }) => comment === undefined || !text.startsWith(comment))
    .map(({ text, number }) => ({ number, fields: text.trimEnd().split(separator) }))
    .filter(({ fields }) => fields.at(wordColumn) !== '-DOCSTART-');
  const column = (index: number, name: string): string[] =>
    kept.map(({ fields, number }) => {
      const field = fields.at(index);
      // A line of one field has no tag, although its last column is there.
      if (field !== undefined && field !== '' && (name === 'word' || fields.length > 1)) return field;
      throw badLine(
        { file, line: number },
        {
          expected: `a ${name} in column ${index}`,
          got: `${fields.length} ${fields.length === 1 ? 'column' : 'columns'}`,
          advice:
            'Put an empty line between sentences; separator, wordColumn and tagColumn say how to read a line.',
        },
      );
    });
  const words = column(wordColumn, 'word');
  if (tagColumn === false) return { words, origin };
  const tags = bioTags(column(tagColumn, 'tag'), scheme);
  if (!('index' in tags)) return { words, tags, origin };
  const { index, ...fault } = tags;
  throw badLine({ file, line: kept[index]!.number }, fault);
}
