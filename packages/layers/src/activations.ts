import { gelu } from '@tenon/core';
import { elu, mul, relu, sigmoid, softplus, type Tensor, tanh } from '@tensorflow/tfjs-core';

/** Works element by element. */
export type Activation = <T extends Tensor>(x: T) => T;

const silu: Activation = (x) => mul(x, sigmoid(x));
const geluExact: Activation = <T extends Tensor>(x: T) => gelu(x, 'none') as T;
const geluTanh: Activation = <T extends Tensor>(x: T) => gelu(x, 'tanh') as T;

/** Activations by the names of Hugging Face's `config.json`. */
const activations: Readonly<Record<ActivationName, Activation>> = {
  gelu: geluExact,
  gelu_python: geluExact,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  quick_gelu: (x) => mul(x, sigmoid(mul(x, 1.702))),
  relu,
  elu,
  tanh,
  sigmoid,
  silu,
  swish: silu,
  mish: (x) => mul(x, tanh(softplus(x))),
  linear: (x) => x,
};

export type ActivationName =
  | 'gelu'
  | 'gelu_python'
  | 'gelu_new'
  | 'gelu_fast'
  | 'gelu_pytorch_tanh'
  | 'quick_gelu'
  | 'relu'
  | 'elu'
  | 'tanh'
  | 'sigmoid'
  | 'silu'
  | 'swish'
  | 'mish'
  | 'linear';

export const activationNames: readonly ActivationName[] = Object.keys(activations) as ActivationName[];

export function isActivationName(name: unknown): name is ActivationName {
  return typeof name === 'string' && Object.hasOwn(activations, name);
}

/** The activation function of a name. */
export function activation(name: ActivationName): Activation {
  return activations[name];
}
