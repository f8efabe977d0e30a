import type { Parameter } from '@tenon/core';
import { type Scalar, type Tensor, variableGrads } from '@tensorflow/tfjs-core';

/**
 * A loss and its gradient for every parameter that it depends on.
 *
 * @param loss runs the model; what it makes besides its result is freed.
 * @returns the loss, and gradients by the parameters' names. The caller disposes of all.
 */
export function valueAndGradients(
  loss: () => Scalar,
  parameters: ReadonlyMap<string, Parameter>,
): { value: Scalar; gradients: Map<string, Tensor> } {
  const { value, grads } = variableGrads(loss, [...parameters.values()]);
  const gradients = new Map<string, Tensor>();
  for (const [name, parameter] of parameters) {
    const gradient = grads[parameter.name];
    if (gradient !== undefined) gradients.set(name, gradient);
  }
  return { value, gradients };
}
