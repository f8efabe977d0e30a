import { assertWhole, type Json, TenonError } from '@tenon/core';

/** What the batches depend on beside their number, by the options' names. */
export type CountedOf = Readonly<Record<string, string | number>>;

/** The position of batches that are counted: how many were given, and of which. */
export function countedPosition(batch: number, of: CountedOf): Json {
  return { batch, of };
}

/**
 * How many batches were given at a position that `countedPosition` made.
 *
 * @throws {TenonError} when they were others than these.
 */
export function batchesGiven(subject: string, position: Json, of: CountedOf): number {
  const { batch, of: others } = fields(position);
  const given = typeof batch === 'number' ? batch : Number.NaN;
  assertWhole(`${subject}: position: batch`, given, 0);
  const theirs = fields(others);
  const other = given > 0 && Object.keys(of).find((name) => theirs[name] !== of[name]);
  if (typeof other !== 'string') return given;
  throw new TenonError({
    subject: `${subject}: position`,
    expected: `one of batches whose ${other} is ${of[other]}`,
    got: JSON.stringify(theirs[other] ?? null),
    advice: 'Go on with the text and the options that the position comes from.',
  });
}

function fields(value: Json | undefined): { readonly [key: string]: Json | undefined } {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}
