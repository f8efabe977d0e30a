// Reads fields of a golden's JSON file. What is missing or of another kind is an error that names file and field.
import { readFile } from 'node:fs/promises';
import { type Json, TenonError } from '@tenon/core';

/** One JSON object, and where it came from. */
export class Facts {
  readonly #source: string;
  readonly #fields: { readonly [name: string]: Json };

  constructor(source: string, json: Json) {
    if (!isObject(json)) throw wrong(source, 'a JSON object', json);
    this.#source = source;
    this.#fields = json;
  }

  static async read(file: string): Promise<Facts> {
    return new Facts(file, await readJson(file));
  }

  /** The field names, in the order of the file. */
  get names(): string[] {
    return Object.keys(this.#fields);
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null;
  }

  /** The field as it stands; `null` where it is absent. */
  json(name: string): Json {
    return this.#fields[name] ?? null;
  }

  string(name: string): string {
    return this.#field(name, 'a string', (value) => typeof value === 'string');
  }

  number(name: string): number {
    return this.#field(name, 'a number', (value) => typeof value === 'number');
  }

  boolean(name: string): boolean {
    return this.#field(name, 'true or false', (value) => typeof value === 'boolean');
  }

  numbers(name: string): number[] {
    return this.#field(name, 'a list of numbers', isNumbers);
  }

  strings(name: string): string[] {
    return this.#field(name, 'a list of strings', (value): value is string[] => {
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    });
  }

  object(name: string): Facts {
    return new Facts(`${this.#source}, ${name}`, this.json(name));
  }

  objects(name: string): Facts[] {
    const list = this.#field(name, 'a list of objects', (value): value is Json[] => Array.isArray(value));
    return list.map((item, i) => new Facts(`${this.#source}, ${name}[${i}]`, item));
  }

  /** A list of lists of numbers: rows of token ids, of probabilities. */
  rows(name: string): number[][] {
    return this.#field(name, 'a list of lists of numbers', (value): value is number[][] => {
      return Array.isArray(value) && value.every(isNumbers);
    });
  }

  /** Numbers nested to any depth, as a tensor's shape and row-major values. */
  nested(name: string): { shape: number[]; values: number[] } {
    const shape: number[] = [];
    let level: Json = this.json(name);
    for (; Array.isArray(level); level = level[0] ?? null) shape.push(level.length);
    const values = flatten(this.json(name));
    if (
      shape.length === 0 ||
      !isNumbers(values) ||
      values.length !== shape.reduce((size, dimension) => size * dimension, 1)
    ) {
      throw wrong(`${this.#source}, ${name}`, 'evenly nested lists of numbers', this.json(name));
    }
    return { shape, values };
  }

  #field<T extends Json>(name: string, expected: string, is: (value: Json) => value is T): T {
    const value = this.json(name);
    if (!is(value)) throw wrong(`${this.#source}, ${name}`, expected, value);
    return value;
  }
}

export async function readJson(file: string): Promise<Json> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new TenonError(
      {
        subject: file,
        expected: 'JSON',
        got: error instanceof Error ? error.message : String(error),
        advice: 'Copy the golden again.',
      },
      { cause: error },
    );
  }
}

export function isObject(json: Json): json is { [name: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

const flatten = (json: Json): Json[] => (Array.isArray(json) ? json.flatMap(flatten) : [json]);

const isNumbers = (json: Json): json is number[] =>
  Array.isArray(json) && json.every((item) => typeof item === 'number');

function wrong(subject: string, expected: string, got: Json): TenonError {
  return new TenonError({
    subject,
    expected,
    got: got === null ? 'nothing' : JSON.stringify(got).slice(0, 60),
    advice: 'The goldens README describes the format; copy the golden again or correct the field.',
  });
}
