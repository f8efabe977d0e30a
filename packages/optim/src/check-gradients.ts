import { formatShape, type Parameter, TenonError } from '@tenon/core';
import type { Tensor } from '@tensorflow/tfjs-core';

export interface GradientOptions {
  /**
   * Parameters that the loss does not depend on have no gradient, and stay exactly as they are: neither decay nor their
   * state moves. One at least needs a gradient. As PyTorch's `allow_unused`.
   * @default false: that one has none is an error
   */
  readonly allowUnused?: boolean;
}

/** @throws {TenonError} naming every gradient that is missing, too many or of another shape. */
export function checkGradients(
  parameters: ReadonlyMap<string, Parameter>,
  gradients: ReadonlyMap<string, Tensor>,
  { allowUnused = false }: GradientOptions = {},
): void {
  const mayMiss = allowUnused && gradients.size > 0;
  const faults: string[] = [];
  for (const [name, { shape }] of parameters) {
    const gradient = gradients.get(name);
    if (gradient === undefined) {
      if (!mayMiss) faults.push(`none for ${name}`);
    } else if (gradient.shape.join() !== shape.join()) {
      faults.push(`${formatShape(gradient.shape)} instead of ${formatShape(shape)} for ${name}`);
    }
  }
  for (const name of gradients.keys()) if (!parameters.has(name)) faults.push(`one too many, ${name}`);
  if (faults.length === 0) return;
  throw new TenonError({
    subject: 'gradients',
    expected: 'one for each parameter of the optimizer, in its shape',
    got: faults.join('; '),
    advice:
      'Freeze the parameters that the loss does not depend on, pass { allowUnused: true } for them to stay as they are, ' +
      'or leave their part out of the model (a pooler under a head that reads tokens: pooler: false), and pass ' +
      'gradients under their names.',
  });
}
