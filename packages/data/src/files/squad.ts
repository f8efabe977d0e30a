import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { TenonError } from '@tenon/core';
import type { Origin, SquadExample } from '../examples.ts';
import { reportInvalid } from '../skipped-examples.ts';
import { isRecord, parsed } from './json-lines.ts';
import { badLine } from './line-reader.ts';
import type { ReadOptions } from './line-stream.ts';
import { assertText, FileFault, nothingIn, unreadable } from './open-file.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A place inside the JSON, as one would write it: `data[3].paragraphs[0].context`. */
interface Place {
  readonly file: string;
  readonly path: string;
}

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
  const root = { file, path: '' };
  const content = await readJson(file);
  for (const [value, at] of listIn(record(content, root), 'data', root)) {
    attempt(() => {
      const article = record(value, at);
      if (article['paragraphs'] === undefined && article['question'] !== undefined) {
        examples.push(exampleOf(article, at, text(article, 'context', at), article['title']));
        return;
      }
      for (const [paragraph, within] of listIn(article, 'paragraphs', at)) {
        attempt(() => {
          const fields = record(paragraph, within);
          const context = text(fields, 'context', within);
          for (const [question, place] of listIn(fields, 'qas', within)) {
            attempt(() =>
              examples.push(exampleOf(record(question, place), place, context, article['title'])),
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

function exampleOf(fields: Fields, place: Place, context: string, title: unknown): SquadExample {
  const id = text(fields, 'id', place);
  const origin: Origin = { file: place.file, id };
  const isImpossible = fields['is_impossible'];
  if (isImpossible !== undefined && typeof isImpossible !== 'boolean') {
    throw at(place, 'is_impossible', 'true or false', isImpossible);
  }
  const answers = isImpossible === true ? [] : answersOf(fields, place, context, origin);
  return {
    id,
    question: text(fields, 'question', place).trim(),
    context,
    answers,
    ...(isImpossible !== undefined && { isImpossible }),
    ...(typeof title === 'string' && title !== '' && { title }),
    origin,
  };
}

function answersOf(fields: Fields, place: Place, context: string, origin: Origin): SquadExample['answers'] {
  const answers = fields['answers'];
  // Hugging Face's data sets have columns of texts and starts instead.
  const list = isRecord(answers) ? rowsOf(answers, place) : listIn(fields, 'answers', place);
  return list.map(([value, within]) => {
    const answer = record(value, within);
    const answerText = text(answer, 'text', within);
    const start = answer['answer_start'];
    if (typeof start !== 'number' || !Number.isInteger(start) || start < 0) {
      throw at(within, 'answer_start', 'a whole number of at least 0', start);
    }
    // A context whose places count UTF-16 units is recognised by the answer being there.
    const found = [unitsBefore(context, start), start].find((units) => context.startsWith(answerText, units));
    if (found !== undefined) return { text: answerText, start: found };
    throw badLine(origin, {
      expected: `the answer ${JSON.stringify(answerText)} at character ${start} of its context`,
      got: JSON.stringify(
        context.slice(unitsBefore(context, start)).slice(0, Math.max(answerText.length, 1)),
      ),
      advice: 'Correct answer_start, or leave the question out.',
    });
  });
}

function rowsOf(answers: Fields, { file, path }: Place): [unknown, Place][] {
  const texts = answers['text'];
  const starts = answers['answer_start'];
  if (!Array.isArray(texts) || !Array.isArray(starts) || texts.length !== starts.length) {
    throw at({ file, path }, 'answers', 'lists text and answer_start of the same length', answers);
  }
  return texts.map((value, i) => [
    { text: value, answer_start: starts[i] },
    { file, path: `${path}.answers[${i}]` },
  ]);
}

/** The UTF-16 units before a character, counted as Python counts them. */
function unitsBefore(context: string, character: number): number {
  let units = 0;
  for (let i = 0; i < character && units < context.length; i++)
    units += context.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

/** What is in a list, each with its place. */
function listIn(fields: Fields, name: string, place: Place): [unknown, Place][] {
  const list = fields[name];
  if (!Array.isArray(list)) throw at(place, name, 'a list', list);
  return list.map((value, i) => [value, { file: place.file, path: `${inside(place, name)}[${i}]` }]);
}

function record(value: unknown, { file, path }: Place): Fields {
  if (isRecord(value)) return value;
  throw at({ file, path: '' }, path === '' ? 'the file' : path, 'an object', value);
}

function text(fields: Fields, name: string, place: Place): string {
  const value = fields[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw at(place, name, 'a text', value);
}

function inside({ path }: Place, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function at(place: Place, name: string, expected: string, value: unknown): TenonError {
  const got = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
  return badLine(
    { file: place.file },
    {
      expected: `${expected} at ${inside(place, name)}`,
      got,
      advice: "Keep to SQuAD's layout: data, paragraphs, qas, answers.",
    },
  );
}
