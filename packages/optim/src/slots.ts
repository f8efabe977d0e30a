import type { Parameter } from '@tenon/core';
import { tidy, type Variable, variable, zeros } from '@tensorflow/tfjs-core';

/** A variable of zeros in the shape of every parameter, by the parameter's name. */
export function zerosLike(parameters: ReadonlyMap<string, Parameter>): Map<string, Variable> {
  return new Map(
    [...parameters].map(([name, { shape }]) => [name, tidy(() => variable(zeros(shape), false))]),
  );
}

/** The variables under the names they are saved by: `<parameter>.<slot>`. */
export function named(slot: string, variables: ReadonlyMap<string, Variable>): [string, Variable][] {
  return [...variables].map(([name, value]) => [`${name}.${slot}`, value]);
}
