import type { DocumentExample, ExampleStream, TextExample } from '../examples.ts';
import { nextGroup } from './line-groups.ts';
import { lineStream, type ReadOptions } from './line-stream.ts';

export interface ReadTextsOptions extends ReadOptions {
  /** What a text is: a line, or lines up to an empty one, with their line breaks. @default 'line' */
  readonly unit?: 'line' | 'paragraph';
}

/**
 * The texts of a file, one after another. Empty lines are no texts.
 *
 * @throws {TenonError} from the stream, with file and line, when the file cannot be read or is not UTF-8.
 */
export function readTexts(file: string, options: ReadTextsOptions = {}): ExampleStream<TextExample> {
  return lineStream(file, options, () => async (reader) => {
    if (options.unit === 'paragraph') {
      const group = await nextGroup(reader);
      return group && { text: group.lines.map(({ text }) => text).join('\n'), origin: group.origin };
    }
    let line = await reader.next();
    while (line !== undefined && line.text.trim() === '') line = await reader.next();
    return line && { text: line.text, origin: reader.origin() };
  });
}

/**
 * The documents of a file, as BERT's pre-training takes them: a sentence a line, and an empty line between documents
 * (Devlin et al. 2018).
 *
 * @throws {TenonError} from the stream, with file and line, when the file cannot be read or is not UTF-8.
 */
export function readDocuments(file: string, options: ReadOptions = {}): ExampleStream<DocumentExample> {
  return lineStream(file, options, () => async (reader) => {
    const group = await nextGroup(reader);
    return group && { sentences: group.lines.map(({ text }) => text.trim()), origin: group.origin };
  });
}
