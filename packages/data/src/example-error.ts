import { TenonError } from '@tenon/core';
import type { Origin } from './examples.ts';

/**
 * An error about an example as it is to be told: an example without an origin is named by its place.
 *
 * @param place where the example is among the others, such as `examples[3]`
 * @returns the error itself where the example has an origin, or the error is none of ours.
 * @example
 * ```ts
 * import { TenonError } from '@tenon/core';
 * import { errorOfExample } from '@tenon/data';
 *
 * const error = new TenonError({ subject: 'text', expected: 'a text', got: 'nothing', advice: 'Write it.' });
 * console.log(errorOfExample(error, { label: 'good' }, 'examples[3]')); // examples[3], text: expected a text, got nothing. ...
 * ```
 */
export function errorOfExample(error: unknown, example: unknown, place: string): unknown {
  if (!(error instanceof TenonError) || originOf(example) !== undefined) return error;
  const { subject } = error.parts;
  const named = subject === 'example' ? place : `${place}, ${subject}`;
  return new TenonError({ ...error.parts, subject: named }, { cause: error });
}

function originOf(example: unknown): Origin | undefined {
  // Examples of any kind may come here: those of ours that know where they are from say so under this name.
  return (example as { readonly origin?: Origin } | null | undefined)?.origin;
}
