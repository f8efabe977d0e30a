import { type Module, type Parameter, storedTensor, TenonError } from '@tenon/core';
import { add, type Scalar, type Tensor, variableGrads } from '@tensorflow/tfjs-core';
import { expectClose } from './compare.ts';
import { leakFree } from './leak-free.ts';

/** One thing that every module of a kind must do. A test runner calls `run` under the name. */
export interface ContractCheck {
  readonly name: string;
  run(): void | Promise<void>;
}

export interface GradientOptions {
  /** Parameters whose gradient is truly zero, by a pattern of their names: attention's key bias, say. */
  readonly zeroGradient?: RegExp;
}

/** Gradients by the names of the parameters. The caller disposes of them. */
export function namedGradients(module: Module, loss: () => Scalar): Map<string, Tensor> {
  const parameters = [...module.parameters()];
  const { value, grads } = variableGrads(
    loss,
    parameters.map(([, parameter]) => parameter),
  );
  value.dispose();
  return new Map(parameters.map(([name, parameter]) => [name, grads[parameter.name]!]));
}

/** Every parameter has a finite gradient, and one that is not zero all over. */
export function assertGradients(module: Module, loss: () => Scalar, options: GradientOptions): void {
  for (const [name, gradient] of namedGradients(module, loss)) {
    const values = gradient.dataSync();
    gradient.dispose();
    const subject = `gradient of ${name}`;
    const advice = 'Check that it takes part in the forward pass.';
    if (!values.every(Number.isFinite)) {
      throw new TenonError({ subject, expected: 'finite numbers', got: 'NaN or infinity', advice });
    }
    if (options.zeroGradient?.test(name) !== true && values.every((value) => value === 0)) {
      throw new TenonError({ subject, expected: 'some number besides 0', got: 'only zeros', advice });
    }
  }
}

/** What is written out and read back gives the same outputs, and the changed module did not. */
export function assertRoundTrip(module: Module, output: () => Tensor): void {
  const read = (): number[] => {
    const tensor = output();
    const values = Array.from(tensor.dataSync());
    tensor.dispose();
    return values;
  };
  const before = read();
  const weights = new Map(
    [...module.stateDict()].map(([name, stored]) => [
      name,
      storedTensor(Float32Array.from(stored.read()), stored.shape),
    ]),
  );
  for (const parameter of module.parameters().values()) disturb(parameter);
  if (read().every((value, i) => value === before[i])) {
    throw new TenonError({
      subject: 'output',
      expected: 'other numbers after every parameter was changed',
      got: 'the same',
      advice: 'Check that the forward pass uses the parameters.',
    });
  }
  module.loadStateDict(weights);
  expectClose('output after a round trip of the state dict', read(), before, { absolute: 0, relative: 0 });
}

function disturb(parameter: Parameter): void {
  const changed = add(parameter, 0.5);
  parameter.assign(changed);
  changed.dispose();
}

/** Making a module, using it and disposing of it leaves nothing behind. */
export function assertFrees<T extends Module>(make: () => T, use: (module: T) => void): Promise<void> {
  return leakFree(() => {
    using module = make();
    use(module);
  });
}
