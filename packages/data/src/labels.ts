import { TenonError } from '@tenon/core';
import { describeOrigin, type Origin, type TaggedExample, type TextExample } from './examples.ts';
import { shortened, shownValue } from './shown-value.ts';

/**
 * The classes of examples: each once, sorted by code units, so that the ids that `labelIds` gives do not depend on the
 * examples' order.
 *
 * @throws {TenonError} when a label is empty, or a number to predict: it has no name.
 * @example
 * ```ts
 * import { labelNames } from '@tenon/data';
 *
 * const reviews = [{ text: 'yes!', label: 'good' }, { text: 'no', label: 'bad' }];
 * console.log(labelNames(reviews)); // [ 'bad', 'good' ]
 * ```
 */
export function labelNames(examples: readonly Partial<TextExample>[]): string[] {
  return distinct(examples, 'the name of a class as label', ({ label = [], origin }, place) => {
    if (typeof label !== 'number') return label;
    throw new TenonError({
      subject: describeOrigin(origin, place),
      expected: 'the name of a class as label',
      got: `the number ${label}`,
      advice: 'For classes pass labels as text; a regression needs no names.',
    });
  });
}

/**
 * The tags of examples: each once, sorted by code units.
 *
 * @throws {TenonError} when one is empty.
 */
export function tagNames(examples: readonly Partial<TaggedExample>[]): string[] {
  return distinct(examples, 'the name of a tag', ({ tags = [] }) => tags);
}

/**
 * The intents of examples: each once, sorted by code units.
 *
 * @throws {TenonError} when one is empty.
 */
export function intentNames(examples: readonly Partial<TaggedExample>[]): string[] {
  return distinct(examples, 'the name of an intent', ({ intent = [] }) => intent);
}

/**
 * From a class's name to its id, its place in `names`.
 *
 * @returns a function that throws a TenonError of the example's origin when it does not know the name.
 * @throws {TenonError} when a name is empty, or comes twice.
 * @example
 * ```ts
 * import { labelIds } from '@tenon/data';
 *
 * const idOf = labelIds(['bad', 'good']);
 * console.log(idOf('good')); // 1
 * ```
 */
export function labelIds(names: readonly string[]): (name: string, origin?: Origin) => number {
  if (names.includes('')) {
    throw new TenonError({
      subject: 'labels',
      expected: 'a name for each',
      got: '""',
      advice: 'Name every class.',
    });
  }
  const ids = new Map(names.map((name, id) => [name, id]));
  if (ids.size !== names.length) {
    throw new TenonError({
      subject: 'labels',
      expected: 'every name once',
      got: `${JSON.stringify(names.find((name, id) => ids.get(name) !== id))} twice`,
      advice: 'Pass each class once.',
    });
  }
  return (name, origin) => {
    const id = ids.get(name);
    if (id !== undefined) return id;
    throw new TenonError({
      subject: describeOrigin(origin),
      expected: `one of the ${names.length} labels ${shown(names)}`,
      got: shownValue(name),
      advice: 'Correct the label, or add it to the labels that the model is made for.',
    });
  };
}

/** @throws {TenonError} when a name is empty, or no text: a class without a name would be one like any other. */
function distinct<Example extends { readonly origin?: Origin }>(
  examples: readonly Example[],
  expected: string,
  namesOf: (example: Example, place: string) => string | readonly string[],
): string[] {
  const names = examples.flatMap((example, i) => {
    const place = `examples[${i}]`;
    const found = [namesOf(example, place)].flat();
    const wrong = found.findIndex((name) => typeof name !== 'string' || name.trim() === '');
    if (wrong === -1) return found;
    throw new TenonError({
      subject: describeOrigin(example.origin, place),
      expected,
      got: shownValue(found[wrong]),
      advice: 'Label the example, or leave it out.',
    });
  });
  return [...new Set(names)].sort();
}

/** The first names, for messages. */
function shown(names: readonly string[], most = 8): string {
  return names.slice(0, most).map(shortened).join(', ') + (names.length > most ? ', ...' : '');
}
