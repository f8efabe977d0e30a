import { show, TokenizerError } from '../errors.ts';

/** Nobody nests steps that deep; a hostile file must not overflow the stack. */
const LONGEST_PATH = 1000;

type JsonScalar = string | number | boolean | null;

/**
 * Reads an object of a tokenizer.json field by field and insists that every field was asked for: what a file
 * says and we do not understand would change the ids, so it is an error that names it.
 */
export class JsonFields {
  readonly object: object;
  readonly #path: string;
  readonly #read = new Set<string>();

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw mismatch(path, 'an object', value);
    }
    if (path.length > LONGEST_PATH) throw mismatch(path.slice(0, 40), 'fewer steps within steps', value);
    this.object = value;
    this.#path = path;
  }

  /** The names of all fields. */
  keys(): readonly string[] {
    return Object.keys(this.object);
  }

  /** A field's value, or `undefined` where the object has none of its own. */
  get(key: string): unknown {
    this.#read.add(key);
    return Object.hasOwn(this.object, key) ? Reflect.get(this.object, key) : undefined;
  }

  /** A field that is one of the given values; the first of them stands for an absent field. */
  oneOf<const Value extends JsonScalar>(key: string, values: readonly [Value, ...Value[]]): Value {
    const value = this.get(key);
    if (value === undefined) return values[0];
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw mismatch(this.at(key), values.map((v) => show(v)).join(' or '), value);
    return found;
  }

  boolean(key: string, absent: boolean): boolean {
    return this.oneOf(key, absent ? [true, false] : [false, true]);
  }

  /** A finite number. */
  number(key: string, absent?: number): number {
    const value = this.get(key) ?? absent;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw mismatch(this.at(key), 'a number', value);
    return value;
  }

  /** An integer of at least 0. */
  count(key: string, absent?: number): number {
    const value = this.number(key, absent);
    if (!Number.isSafeInteger(value) || value < 0)
      throw mismatch(this.at(key), 'an integer of at least 0', value);
    return value;
  }

  string(key: string, absent?: string): string {
    const value = this.get(key) ?? absent;
    if (typeof value !== 'string') throw mismatch(this.at(key), 'a string', value);
    return value;
  }

  array(key: string): readonly unknown[] {
    const value = this.get(key);
    if (!Array.isArray(value)) throw mismatch(this.at(key), 'an array', value);
    return value;
  }

  /** The path of a field, as an error names it. */
  at(key: string): string {
    return `${this.#path}.${key}`;
  }

  /** @throws TokenizerError for a field that nobody asked for */
  end(): void {
    const unknown = Object.keys(this.object).find((key) => !this.#read.has(key));
    if (unknown === undefined) return;
    throw new TokenizerError(
      `${this.at(unknown)}: expected only the fields ${[...this.#read].join(', ')}, got ${show(unknown)}. ` +
        'Remove it if the ids do not depend on it.',
    );
  }
}

export function mismatch(path: string, expected: string, got: unknown): TokenizerError {
  return new TokenizerError(
    `${path}: expected ${expected}, got ${got === undefined ? 'nothing' : show(got)}. ` +
      'Correct the file, or write it with a version of its library that this one knows.',
  );
}

/** A part of the pipeline that this package does not have. */
export function unknownType(path: string, known: readonly string[], got: unknown): TokenizerError {
  return new TokenizerError(
    `${path}: expected one of ${known.join(', ')}, got ${got === undefined ? 'nothing' : show(got)}. ` +
      'Leave that part out if the ids do not depend on it.',
  );
}

/** The object in a JSON text, or the object itself. */
export function parseJson(json: string | object, name: string): unknown {
  if (typeof json !== 'string') return json;
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TokenizerError(
      `${name}: expected JSON, got ${json.length} characters that are not (${reason}). ` +
        'Check that the file is complete.',
      { cause: error },
    );
  }
}
