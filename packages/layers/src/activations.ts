import { gelu } from '@tenon/core';
import { elu, mul, relu, sigmoid, type Tensor, tanh } from '@tensorflow/tfjs-core';

/** Works element by element. */
export type Activation = <T extends Tensor>(x: T) => T;

const silu: Activation = (x) => mul(x, sigmoid(x));
const geluTanh: Activation = <T extends Tensor>(x: T) => gelu(x, 'tanh') as T;

/** Activations by the names of Hugging Face's `config.json`. */
const activations: Readonly<Record<ActivationName, Activation>> = {
  gelu: <T extends Tensor>(x: T) => gelu(x, 'none') as T,
  gelu_new: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  relu,
  elu,
  tanh,
  sigmoid,
  silu,
  swish: silu,
};

export type ActivationName =
  | 'gelu'
  | 'gelu_new'
  | 'gelu_pytorch_tanh'
  | 'relu'
  | 'elu'
  | 'tanh'
  | 'sigmoid'
  | 'silu'
  | 'swish';

export const activationNames: readonly ActivationName[] = Object.keys(activations) as ActivationName[];

export function isActivationName(name: unknown): name is ActivationName {
  return typeof name === 'string' && Object.hasOwn(activations, name);
}

/** The activation function of a name. */
export function activation(name: ActivationName): Activation {
  return activations[name];
}
