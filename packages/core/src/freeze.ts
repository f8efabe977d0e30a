import { TenonError } from './errors.ts';
import type { Module } from './module.ts';

/** Some of a module's parameters: their paths, or a pattern that is found in their paths, or a yes or no to each. */
export type ParameterChoice = readonly string[] | RegExp | ((name: string) => boolean);

/**
 * Leaves parameters as they are: they are no longer `trainable`, so that no gradient is computed for them, nor for what
 * lies below them alone, and an optimiser that is made from now on leaves them out.
 *
 * @param which @default all of them
 * @returns the paths of those chosen.
 * @throws {TenonError} when a path is none of the module's, or a pattern is found in none.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { freeze } from '@tenon/core';
 * import { SequenceClassification } from '@tenon/heads';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * using model = new SequenceClassification(bert({ ...bertTiny, vocabularySize: 100 }), { labels: 2 });
 * freeze(model, /^backbone\.(embeddings|encoder\.layer\.0)\./);
 * console.log([...model.parameters().values()].filter(({ trainable }) => trainable).length); // 20
 * ```
 */
export function freeze(module: Module, which?: ParameterChoice): string[] {
  return setTrainable(module, which, false);
}

/**
 * Makes parameters trainable again: with an optimiser made before each stage, layers are unfrozen one after another
 * (Howard and Ruder 2018, "gradual unfreezing").
 *
 * An optimiser keeps the parameters that it was made with. For a new one to go on from the old one's state, take over
 * what there is: `next.loadStateDict(new Map([...next.stateDict(), ...last.stateDict()]))`. What is newly trained then
 * starts with empty moments in the middle of Adam's count, and so with longer steps, up to 6 times as long where
 * gradients stay alike: keep the learning rate low. Without taking over, all start anew, with Adam's own correction.
 *
 * @param which @default all of them
 * @returns the paths of those chosen.
 * @throws {TenonError} when a path is none of the module's, or a pattern is found in none.
 */
export function unfreeze(module: Module, which?: ParameterChoice): string[] {
  return setTrainable(module, which, true);
}

function setTrainable(module: Module, which: ParameterChoice | undefined, trainable: boolean): string[] {
  const parameters = module.parameters();
  const names = chosen([...parameters.keys()], which);
  for (const name of names) parameters.get(name)!.trainable = trainable;
  return names;
}

function chosen(all: readonly string[], which: ParameterChoice | undefined): string[] {
  if (which === undefined) return [...all];
  if (typeof which === 'function') return all.filter(which);
  const listed = which instanceof RegExp ? all.filter((name) => name.search(which) >= 0) : [...which];
  const unknown = listed.filter((name) => !all.includes(name));
  if (unknown.length === 0 && listed.length > 0) return listed;
  throw new TenonError({
    subject: 'parameters to freeze or unfreeze',
    expected: `some of the module's ${all.length}: ${all.slice(0, 3).join(', ')} …`,
    got: which instanceof RegExp ? `${which}, which is found in none` : unknown.join(', ') || 'no name',
    advice: 'See module.parameters() for their paths.',
  });
}
