import { TenonError } from '@tenon/core';
import { describeOrigin, type Origin, type TaggedExample, type TextExample } from './examples.ts';

/**
 * The classes of examples: each once, sorted by code units, so that the ids that `labelIds` gives do not depend on the
 * examples' order.
 *
 * @throws {TenonError} when a label is a number to predict: it has no name.
 * @example
 * ```ts
 * import { labelNames } from '@tenon/data';
 *
 * const reviews = [{ text: 'yes!', label: 'good' }, { text: 'no', label: 'bad' }];
 * console.log(labelNames(reviews)); // [ 'bad', 'good' ]
 * ```
 */
export function labelNames(examples: readonly Pick<TextExample, 'label' | 'origin'>[]): string[] {
  return distinct(
    examples.flatMap(({ label = [], origin }) => {
      if (typeof label !== 'number') return label;
      throw new TenonError({
        subject: describeOrigin(origin),
        expected: 'the name of a class as label',
        got: `the number ${label}`,
        advice: 'For classes pass labels as text; a regression needs no names.',
      });
    }),
  );
}

/** The tags of examples: each once, sorted by code units. */
export function tagNames(examples: readonly Pick<TaggedExample, 'tags'>[]): string[] {
  return distinct(examples.flatMap(({ tags = [] }) => tags));
}

/** The intents of examples: each once, sorted by code units. */
export function intentNames(examples: readonly Pick<TaggedExample, 'intent'>[]): string[] {
  return distinct(examples.flatMap(({ intent = [] }) => intent));
}

/**
 * From a class's name to its id, its place in `names`.
 *
 * @returns a function that throws a TenonError of the example's origin when it does not know the name.
 * @throws {TenonError} when a name comes twice.
 * @example
 * ```ts
 * import { labelIds } from '@tenon/data';
 *
 * const idOf = labelIds(['bad', 'good']);
 * console.log(idOf('good')); // 1
 * ```
 */
export function labelIds(names: readonly string[]): (name: string, origin?: Origin) => number {
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
      got: JSON.stringify(name),
      advice: 'Correct the label, or add it to the labels that the model is made for.',
    });
  };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** The first names, for messages. */
function shown(names: readonly string[], most = 8): string {
  return names.slice(0, most).join(', ') + (names.length > most ? ', ...' : '');
}
