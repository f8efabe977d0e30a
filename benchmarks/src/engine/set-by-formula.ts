import type { Module } from '@tenon/core';
import { tensor } from '@tensorflow/tfjs-core';
import { weights } from './formula.ts';

/** Gives every parameter the first values that the peer gives one of that name and shape. */
export function setByFormula(module: Module): void {
  for (const [name, parameter] of module.parameters()) {
    const values = tensor(weights(name, parameter.size), parameter.shape, 'float32');
    parameter.assign(values);
    values.dispose();
  }
}
