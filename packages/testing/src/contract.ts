import type { Module } from '@tenon/core';
import { type Scalar, type Tensor, variableGrads } from '@tensorflow/tfjs-core';

/** One thing that every module of a kind must do. A test runner calls `run` under the name. */
export interface ContractCheck {
  readonly name: string;
  run(): void | Promise<void>;
}

export interface GradientOptions {
  /**
   * Parameters whose gradient is truly zero, by a pattern of their names: attention's key bias, say, or of those that
   * have no part in the forward pass that is checked.
   */
  readonly zeroGradient?: RegExp;
}

/** Gradients by the names of the parameters, of those that the loss depends on. The caller disposes of them. */
export function namedGradients(module: Module, loss: () => Scalar): Map<string, Tensor> {
  const parameters = [...module.parameters()];
  const { value, grads } = variableGrads(
    loss,
    parameters.map(([, parameter]) => parameter),
  );
  value.dispose();
  return new Map(
    parameters.flatMap(([name, parameter]) => {
      const gradient = grads[parameter.name];
      return gradient === undefined ? [] : [[name, gradient]];
    }),
  );
}
