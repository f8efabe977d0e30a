// A question of SQuAD as JSON or a table's row has it, checked.

import type { TenonError } from '@tenon/core';
import type { Origin, SquadExample } from '../examples.ts';
import { shownValue } from '../shown-value.ts';
import { isRecord } from './json-lines.ts';
import { badLine } from './line-reader.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A place inside the data, as one would write it: `data[3].paragraphs[0].context`. */
export interface Place {
  /** The file, and where in it where that is known. */
  readonly origin: Origin;
  readonly path: string;
  /** What the data is to be like, for errors. */
  readonly layout: string;
}

/** A question with its context. @throws {TenonError} that names the place. */
export function squadExample(fields: Fields, place: Place, context: string, title: unknown): SquadExample {
  const id = typeof fields['id'] === 'number' ? String(fields['id']) : textIn(fields, 'id', place);
  const origin: Origin = { ...place.origin, id };
  const isImpossible = fields['is_impossible'];
  if (isImpossible !== undefined && typeof isImpossible !== 'boolean') {
    throw faultAt(place, 'is_impossible', 'true or false', isImpossible);
  }
  const answers = isImpossible === true ? [] : answersOf(fields, place, context, origin);
  return {
    id,
    question: textIn(fields, 'question', place).trim(),
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
    const answer = recordAt(value, within);
    const answerText = textIn(answer, 'text', within);
    const start = answer['answer_start'];
    if (typeof start !== 'number' || !Number.isInteger(start) || start < 0) {
      throw faultAt(within, 'answer_start', 'a whole number of at least 0', start);
    }
    // A context whose places count UTF-16 units is recognised by the answer being there.
    const found = [unitsBefore(context, start), start].find((units) => context.startsWith(answerText, units));
    if (found !== undefined) return { text: answerText, start: found };
    throw badLine(origin, {
      expected: `the answer ${shownValue(answerText)} at character ${start} of its context`,
      got: shownValue(context.slice(unitsBefore(context, start)).slice(0, Math.max(answerText.length, 1))),
      advice: 'Correct answer_start, or leave the question out.',
    });
  });
}

function rowsOf(answers: Fields, place: Place): [unknown, Place][] {
  const texts = answers['text'];
  const starts = answers['answer_start'];
  if (!Array.isArray(texts) || !Array.isArray(starts) || texts.length !== starts.length) {
    throw faultAt(place, 'answers', 'lists text and answer_start of the same length', answers);
  }
  return texts.map((value, i) => [
    { text: value, answer_start: starts[i] },
    { ...place, path: `${inside(place, 'answers')}[${i}]` },
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
export function listIn(fields: Fields, name: string, place: Place): [unknown, Place][] {
  const list = fields[name];
  if (!Array.isArray(list)) throw faultAt(place, name, 'a list', list);
  return list.map((value, i) => [value, { ...place, path: `${inside(place, name)}[${i}]` }]);
}

export function recordAt(value: unknown, place: Place): Fields {
  if (isRecord(value)) return value;
  throw faultAt({ ...place, path: '' }, place.path === '' ? 'the file' : place.path, 'an object', value);
}

export function textIn(fields: Fields, name: string, place: Place): string {
  const value = fields[name];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw faultAt(place, name, 'a text', value);
}

function inside({ path }: Place, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function faultAt(place: Place, name: string, expected: string, value: unknown): TenonError {
  return badLine(place.origin, {
    expected: `${expected} at ${inside(place, name)}`,
    got: shownValue(value),
    advice: `Keep to SQuAD's ${place.layout}.`,
  });
}
