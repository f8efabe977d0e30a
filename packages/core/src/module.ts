import { tensor as makeTensor, type Tensor, Variable, variable } from '@tensorflow/tfjs-core';
import type { Initializer } from './initializers.ts';
import { ownTensor } from './kernels/own-tensor.ts';
import type { RandomStream } from './random.ts';
import { assertStateDict, type StateDict, storedFromTensor, tensorFromStored } from './state-dict.ts';
import { ZeroStream } from './zero-stream.ts';

/** A trainable tensor. TensorFlow.js calls it a variable. */
export type Parameter<T extends Tensor = Tensor> = Variable & T;

/**
 * Makes a parameter with its first values.
 *
 * Its global TensorFlow.js name is left to TensorFlow.js, which needs it to be unique; the name that
 * counts is the attribute path in the module that holds it.
 */
export function parameter<T extends Tensor = Tensor>(
  shape: readonly number[],
  initializer: Initializer,
  random: RandomStream,
): Parameter<T> {
  const first =
    random instanceof ZeroStream
      ? ownTensor(random.zeros(shape), shape)
      : makeTensor(initializer(shape, random.next()), [...shape], 'float32');
  const made = variable(first);
  first.dispose();
  if (random instanceof ZeroStream) random.remember(made);
  return made as Parameter<T>;
}

/**
 * The base of layers, models and heads: a plain class whose readonly fields are parameters, modules
 * and arrays of modules. Names, state dict and disposal follow from the attribute paths:
 * `model.h[0].attn.c_attn.weight` is called `h.0.attn.c_attn.weight`.
 *
 * Private `#fields` are not seen: a module that is only borrowed goes there.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { Module, ones, parameter, type Parameter, RandomStream } from '@tenon/core';
 *
 * class Scale extends Module {
 *   readonly weight: Parameter;
 *   constructor(size: number) {
 *     super();
 *     this.weight = parameter([size], ones, new RandomStream(0));
 *   }
 * }
 * using scale = new Scale(3);
 * console.log([...scale.parameters().keys()]); // [ 'weight' ]
 * ```
 */
export abstract class Module {
  /** Every parameter by its attribute path, in the order of the fields. A shared one is listed once. */
  parameters(): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    const seen = new Set<Variable>();
    walk(this, '', (path, value) => {
      if (seen.has(value)) return;
      seen.add(value);
      found.set(path, value);
    });
    return found;
  }

  /** The parameters as stored tensors. They are read from the live parameters when asked for. */
  stateDict(): StateDict {
    return new Map([...this.parameters()].map(([name, value]) => [name, storedFromTensor(value)]));
  }

  /**
   * Sets every parameter from a state dict.
   *
   * @throws {StateDictError} naming every missing, unexpected and mis-shaped entry; then no parameter was changed.
   */
  loadStateDict(weights: StateDict): void {
    const parameters = this.parameters();
    assertStateDict(parameters, weights);
    for (const [name, stored] of weights) {
      const values = tensorFromStored(stored);
      parameters.get(name)!.assign(values);
      values.dispose();
    }
  }

  /** Frees every parameter. A disposed module cannot be used again; disposing twice does nothing. */
  dispose(): void {
    for (const value of this.parameters().values()) if (!value.isDisposed) value.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function walk(value: unknown, path: string, visit: (path: string, value: Parameter) => void): void {
  if (value instanceof Variable) visit(path, value as Parameter);
  else if (value instanceof Module || Array.isArray(value)) {
    for (const [key, child] of Object.entries(value))
      walk(child, path === '' ? key : `${path}.${key}`, visit);
  }
}

/** The number of trainable values in a module. */
export function parameterCount(module: Pick<Module, 'parameters'>): number {
  let count = 0;
  for (const value of module.parameters().values()) count += value.size;
  return count;
}
