import type { Parameter } from '@tenon/core';
import { type Scalar, type Tensor, tidy, variableGrads } from '@tensorflow/tfjs-core';

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
  // In tidy, as variableGrads throws where there is no gradient at all, and leaves the loss behind.
  const { value, grads } = tidy(() => variableGrads(loss, [...parameters.values()]));
  const gradients = new Map<string, Tensor>();
  for (const [name, parameter] of parameters) {
    const gradient = grads[parameter.name];
    if (gradient !== undefined) gradients.set(name, gradient);
  }
  return { value, gradients };
}
