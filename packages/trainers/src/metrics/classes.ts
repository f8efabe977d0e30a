import { TenonError } from '@tenon/core';

/** A class by its number or its name. */
export type Label = number | string;

/** What an example is labelled with: a class, or a list of all that apply to it (multi-label). */
export type Labels = Label | readonly Label[];

/** Several labels as a list, one as a list of one. */
export function listed(labels: Labels): readonly Label[] {
  return typeof labels === 'object' ? labels : [labels];
}

/** Every class that occurs, numbers by size and before names, names by their characters. */
export function classesIn(...sources: readonly ArrayLike<Labels>[]): Label[] {
  const found = new Set(sources.flatMap((source) => Array.from(source, listed).flat()));
  return [...found].sort((a, b) => {
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return a < b ? -1 : 1;
  });
}

/**
 * The place of a class in a list of classes.
 *
 * @throws {TenonError} when it is not among them.
 */
export function placeIn(subject: string, classes: readonly Label[]): (label: Label) => number {
  const places = new Map(classes.map((name, i) => [name, i]));
  return (label) => {
    const place = places.get(label);
    if (place !== undefined) return place;
    throw new TenonError({
      subject,
      expected: `one of the classes ${classes.map((name) => JSON.stringify(name)).join(', ')}`,
      got: JSON.stringify(label),
      advice: 'Pass every class in `classes`, or leave it out.',
    });
  };
}
