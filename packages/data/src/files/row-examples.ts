// Examples of a table's rows: which columns hold what.

import { type ProblemType, TenonError } from '@tenon/core';
import { mapExamples } from '../example-stream.ts';
import {
  type ChoiceExample,
  describeOrigin,
  type ExampleStream,
  type TaggedExample,
  type TextExample,
} from '../examples.ts';
import { shownValue } from '../shown-value.ts';
import { isRecord } from './json-lines.ts';
import type { ReadOptions } from './line-stream.ts';
import { missingColumn, type Row } from './rows.ts';
import { bioTags, type TagScheme } from './tag-scheme.ts';

export interface TextColumns extends ReadOptions {
  readonly text: string;
  /** The second text of a pair. */
  readonly textPair?: string;
  /** Without it the examples have no labels. */
  readonly label?: string;
  /**
   * What a label is: a class's name (a number or a truth value is taken for one); a number; or several names, in a list or
   * between commas.
   * @default 'singleLabelClassification'
   */
  readonly problemType?: ProblemType;
}

/**
 * Texts, or pairs of texts, of rows.
 *
 * @throws {TenonError} from the stream, with file and line, when a row lacks a column, a text is empty or a label missing.
 * @example
 * ```ts
 * import { readAll, streamExamples } from '@tenon/data';
 * import { textExamples } from '@tenon/data/files';
 *
 * const rows = streamExamples([{ fields: { review: 'quite good', stars: '4' }, origin: { file: 'a.csv', line: 2 } }]);
 * console.log((await readAll(textExamples(rows, { text: 'review', label: 'stars' })))[0]?.label); // 4
 * ```
 */
export function textExamples(rows: ExampleStream<Row>, columns: TextColumns): ExampleStream<TextExample> {
  const { text, textPair, label, problemType = 'singleLabelClassification', onInvalid } = columns;
  const example = (row: Row): TextExample => ({
    text: textOf(row, text),
    ...(textPair !== undefined && { textPair: textOf(row, textPair) }),
    ...(label !== undefined && { label: LABELS[problemType](row, label) }),
    origin: row.origin,
  });
  return mapExamples(rows, example, { onInvalid });
}

export interface ChoiceColumns extends ReadOptions {
  readonly text: string;
  /** A column for each choice, or one that holds a list of all. */
  readonly choices: string | readonly string[];
  /** The column of the right choice's index, from 0, or of its very text. Without it the examples have no labels. */
  readonly label?: string;
}

/**
 * Questions with choices, of rows.
 *
 * @throws {TenonError} from the stream, with file and line, when a row lacks a column, a text is empty, or the label is
 * none of the choices.
 */
export function choiceExamples(
  rows: ExampleStream<Row>,
  columns: ChoiceColumns,
): ExampleStream<ChoiceExample> {
  const { text, label, onInvalid } = columns;
  const example = (row: Row): ChoiceExample => {
    const choices =
      typeof columns.choices === 'string'
        ? listOf(row, columns.choices)
        : columns.choices.map((name) => textOf(row, name));
    return {
      text: textOf(row, text),
      choices,
      ...(label !== undefined && { label: choiceOf(row, label, choices) }),
      origin: row.origin,
    };
  };
  return mapExamples(rows, example, { onInvalid });
}

export interface TaggedColumns extends ReadOptions {
  /** A column of lists, or of texts with spaces between the words. */
  readonly words: string;
  /** The same for the tags. Without it the examples have no tags. */
  readonly tags?: string;
  readonly intent?: string;
  /** How the tags are written; the examples' tags are BIO. @default 'bio' */
  readonly scheme?: TagScheme;
}

/**
 * Words with tags, of rows that hold a sentence each.
 *
 * @throws {TenonError} from the stream, with file and line, when a row lacks a column, or has not a tag for each word
 * of the scheme.
 */
export function taggedExamples(
  rows: ExampleStream<Row>,
  columns: TaggedColumns,
): ExampleStream<TaggedExample> {
  const { words: wordColumn, tags: tagColumn, intent, scheme = 'bio', onInvalid } = columns;
  const example = (row: Row): TaggedExample => {
    const words = wordsOf(row, wordColumn);
    const tags = tagColumn === undefined ? undefined : tagsOf(row, words, tagColumn, scheme);
    return {
      words,
      ...(tags && { tags }),
      ...(intent !== undefined && { intent: nameOf(row, intent) }),
      origin: row.origin,
    };
  };
  return mapExamples(rows, example, { onInvalid });
}

const LABELS: Record<ProblemType, (row: Row, column: string) => NonNullable<TextExample['label']>> = {
  singleLabelClassification: nameOf,
  multiLabelClassification: namesOf,
  regression: numberOf,
};

function nameOf(row: Row, column: string): string {
  const value = fieldOf(row, column);
  if (isName(value)) return String(value).trim();
  throw badRow(row, `a label in ${JSON.stringify(column)}`, shown(value), 'Fill it, or take the row out.');
}

/** Whether something names a class. Tables of Python's pandas have NaN where a label is missing. */
function isName(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.trim() !== '';
  return typeof value === 'boolean' || Number.isFinite(value);
}

function namesOf(row: Row, column: string): readonly string[] {
  const value = fieldOf(row, column);
  if (Array.isArray(value) && value.every(isName)) return value.map((name) => String(name).trim());
  if (typeof value === 'string')
    return value
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const advice = 'Give the classes as a list, or as a text with commas; none is an empty one.';
  throw badRow(row, `labels in ${JSON.stringify(column)}`, shown(value, isName), advice);
}

function numberOf(row: Row, column: string): number {
  const value = fieldOf(row, column);
  const number = asNumber(value);
  if (number !== undefined) return number;
  throw badRow(
    row,
    `a number in ${JSON.stringify(column)}`,
    shown(value),
    'Write digits, with a point before decimals.',
  );
}

function asNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function choiceOf(row: Row, column: string, choices: readonly string[]): number {
  const value = fieldOf(row, column);
  const fault = (got: string, advice: string): TenonError =>
    badRow(row, `one of ${choices.length} choices in ${JSON.stringify(column)}`, got, advice);
  const text = typeof value === 'string' ? choices.indexOf(value) : -1;
  const number = asNumber(value) ?? -1;
  const index = Number.isInteger(number) && number >= 0 && number < choices.length ? number : -1;
  if (text !== -1 && index !== -1 && text !== index) {
    throw fault(
      `${shown(value)}, the text of choice ${text} and the index of choice ${index}`,
      'Make it a number with mapExamples, which is always an index.',
    );
  }
  if (text !== -1 || index !== -1) return Math.max(text, index);
  throw fault(shown(value), 'Count choices from 0, or give the text of the right one.');
}

function textOf(row: Row, column: string): string {
  const value = fieldOf(row, column);
  if (typeof value === 'string' && value.trim() !== '') return value;
  const got = typeof value === 'string' ? 'an empty one' : shown(value);
  throw badRow(row, `a text in ${JSON.stringify(column)}`, got, 'Fill it, or take the row out.');
}

function listOf(row: Row, column: string): readonly string[] {
  const value = fieldOf(row, column);
  const fits = (item: unknown): boolean => typeof item === 'string' && item !== '';
  if (Array.isArray(value) && value.length > 0 && value.every(fits)) return value;
  throw badRow(
    row,
    `a list of texts in ${JSON.stringify(column)}`,
    shown(value, fits),
    'Fill it, or take the row out.',
  );
}

function wordsOf(row: Row, column: string): readonly string[] {
  return typeof fieldOf(row, column) === 'string'
    ? textOf(row, column).trim().split(/\s+/)
    : listOf(row, column);
}

function tagsOf(row: Row, words: readonly string[], column: string, scheme: TagScheme): readonly string[] {
  const tags = wordsOf(row, column);
  if (tags.length !== words.length) {
    throw badRow(
      row,
      `${words.length} tags, one for each word`,
      String(tags.length),
      'Correct words or tags.',
    );
  }
  const checked = bioTags(tags, scheme);
  if (!('index' in checked)) return checked;
  const { index, expected, got, advice } = checked;
  throw badRow(row, expected, `${got} as tag ${index + 1}`, advice);
}

function fieldOf(row: Row, column: string): unknown {
  if (Object.hasOwn(row.fields, column)) return row.fields[column];
  const { expected, got, advice } = missingColumn(
    column,
    Object.keys(row.fields),
    'Pass the name of one of them.',
  );
  throw badRow(row, expected, got, advice);
}

function badRow({ origin }: Row, expected: string, got: string, advice: string): TenonError {
  return new TenonError({ subject: describeOrigin(origin), expected, got, advice });
}

/** A value for messages; of a list, the first item that does not fit. */
function shown(value: unknown, fits: (item: unknown) => boolean = () => true): string {
  if (Array.isArray(value)) {
    const wrong = value.findIndex((item) => !fits(item));
    return `a list of ${value.length}${wrong === -1 ? '' : `, with ${shown(value[wrong])} at [${wrong}]`}`;
  }
  if (isRecord(value)) return 'an object';
  return shownValue(value);
}
