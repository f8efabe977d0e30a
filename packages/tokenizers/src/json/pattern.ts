import { knownScanner, scannerMatcher } from '../patterns/known.ts';
import { literal, regularExpression } from '../patterns/matchers.ts';
import { translatePattern } from '../patterns/translate.ts';
import type { Matcher } from '../pipeline/splits.ts';
import { JsonFields, mismatch } from './fields.ts';

/** What a `pattern` field holds: a text to find as it is, or a regular expression. */
export type Pattern = { readonly kind: 'text' | 'regex'; readonly source: string };

/** Reads `{ "String": … }` or `{ "Regex": … }`. */
export function readPattern(value: unknown, path: string): Pattern {
  const fields = new JsonFields(value, path);
  const text = fields.get('String');
  const regex = fields.get('Regex');
  fields.end();
  if (typeof text === 'string' && regex === undefined) return { kind: 'text', source: text };
  if (typeof regex === 'string' && text === undefined) return { kind: 'regex', source: regex };
  throw mismatch(path, '{ "String": text } or { "Regex": text }', value);
}

export function matcherOf(pattern: Pattern, path: string): Matcher {
  if (pattern.kind === 'text') return literal(pattern.source);
  const scanner = knownScanner(pattern.source);
  if (scanner !== undefined) return scannerMatcher(scanner);
  return regularExpression(translatePattern(pattern.source, `${path}.Regex`));
}
