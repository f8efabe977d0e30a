import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { mapExamples } from '../example-stream.ts';
import type { ExampleStream, SquadExample } from '../examples.ts';
import { reportInvalid } from '../skipped-examples.ts';
import { parsed } from './json-lines.ts';
import { badLine } from './line-reader.ts';
import type { ReadOptions } from './line-stream.ts';
import { assertText, FileFault, nothingIn, unreadable } from './open-file.ts';
import { missingColumn, type Row } from './rows.ts';
import { listIn, type Place, recordAt, squadExample, textIn } from './squad-example.ts';

/**
 * The questions of a SQuAD file, version 1.1 or 2.0 (Rajpurkar et al. 2016 and 2018), and of those that keep its layout;
 * also of `data` that is a flat list of questions with their contexts, as Hugging Face's data sets have it.
 *
 * `answer_start` counts characters as Python does; `start` is the same place in UTF-16 units.
 *
 * @throws {TenonError} when the file is not such JSON, with the path inside it; when an answer is not at its place in the
 * context, with the question's id. Given `onInvalid`, such questions and paragraphs are left out and reported.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readSquad } from '@tenon/data/files';
 *
 * const file = join(tmpdir(), 'squad.json');
 * const qas = [{ id: 'q1', question: 'Where?', answers: [{ text: 'here', answer_start: 3 }] }];
 * writeFileSync(file, JSON.stringify({ data: [{ title: 'T', paragraphs: [{ context: 'It here is.', qas }] }] }));
 * const [example] = await readSquad(file);
 * console.log(example?.answers); // [ { text: 'here', start: 3 } ]
 * ```
 */
export async function readSquad(file: string, { onInvalid }: ReadOptions = {}): Promise<SquadExample[]> {
  const examples: SquadExample[] = [];
  let invalid = 0;
  const attempt = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      reportInvalid(error, onInvalid);
      invalid++;
    }
  };
  const root = { origin: { file }, path: '', layout: 'layout: data, paragraphs, qas, answers' };
  const content = await readJson(file);
  for (const [value, at] of listIn(recordAt(content, root), 'data', root)) {
    attempt(() => {
      const article = recordAt(value, at);
      if (article['paragraphs'] === undefined && article['question'] !== undefined) {
        examples.push(squadExample(article, at, textIn(article, 'context', at), article['title']));
        return;
      }
      for (const [paragraph, within] of listIn(article, 'paragraphs', at)) {
        attempt(() => {
          const fields = recordAt(paragraph, within);
          const context = textIn(fields, 'context', within);
          for (const [question, place] of listIn(fields, 'qas', within)) {
            attempt(() =>
              examples.push(squadExample(recordAt(question, place), place, context, article['title'])),
            );
          }
        });
      }
    });
  }
  if (examples.length + invalid === 0) throw nothingIn(file, Number.NaN);
  return examples;
}

async function readJson(file: string): Promise<unknown> {
  const bytes = await readFile(file).catch((error) => {
    throw unreadable(file, error);
  });
  const fault = (got: string, cause?: Error): FileFault =>
    new FileFault(
      {
        subject: file,
        expected: 'a SQuAD file, JSON in UTF-8',
        got,
        advice: 'Check that it was copied whole.',
      },
      { cause },
    );
  assertText(file, bytes);
  if (bytes.length === 0) throw fault('an empty file');
  if (!isUtf8(bytes)) throw fault('bytes that are not UTF-8');
  return parsed(bytes.toString('utf8').replace(/^\ufeff/, ''), (cause) =>
    fault(`broken JSON (${cause.message})`, cause),
  );
}

const COLUMNS = ['id', 'question', 'context', 'answers'] as const;

export interface SquadRowsOptions extends ReadOptions {
  /** A question without answers is one that its context does not answer (SQuAD 2.0). @default false */
  readonly versionTwo?: boolean;
}

/**
 * The questions of rows with the columns `id`, `question`, `context` and `answers`, as Hugging Face has SQuAD in Parquet
 * and JSON lines: answers are `{ text: [...], answer_start: [...] }`, or a list of such pairs.
 *
 * @throws {TenonError} from the stream, with file and line or row, when a column lacks what it should have, or an answer is
 * not at its place in the context.
 * @example
 * ```ts
 * import { readAll, streamExamples } from '@tenon/data';
 * import { squadExamples } from '@tenon/data/files';
 *
 * const fields = { id: '1', question: 'Where?', context: 'It is here.', answers: { text: ['here'], answer_start: [6] } };
 * const rows = streamExamples([{ fields, origin: { file: 'train.parquet', row: 1 } }]); // or readRows('train.parquet')
 * const [example] = await readAll(squadExamples(rows));
 * console.log(example?.answers); // [ { text: 'here', start: 6 } ]
 * ```
 */
export function squadExamples(
  rows: ExampleStream<Row>,
  { versionTwo = false, onInvalid }: SquadRowsOptions = {},
): ExampleStream<SquadExample> {
  const example = ({ fields, origin }: Row): SquadExample => {
    const place: Place = { origin, path: '', layout: `columns: ${COLUMNS.join(', ')}` };
    const missing = COLUMNS.find((name) => !Object.hasOwn(fields, name));
    if (missing !== undefined) {
      const advice = `Keep to SQuAD's ${place.layout}.`;
      throw badLine(origin, missingColumn(missing, Object.keys(fields), advice));
    }
    const made = squadExample(fields, place, textIn(fields, 'context', place), fields['title']);
    const { isImpossible = made.answers.length === 0 } = made;
    return versionTwo ? { ...made, isImpossible } : made;
  };
  return mapExamples(rows, example, { onInvalid });
}
