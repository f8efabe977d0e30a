import './tfjs-gradients.ts';
import {
  type Attribute,
  engine,
  type GradConfig,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

export interface NamedKernelDefinition<Inputs, Attributes> {
  /** The kernel's name in TensorFlow.js' registry. A backend may register a version of its own under it. */
  readonly name: string;
  /** What it computes, composed of TensorFlow.js operations: the meaning, and the version for any backend. */
  reference(inputs: Inputs, attributes: Attributes): Tensor | Tensor[];
  /** Absent where nothing is differentiated through it. */
  readonly gradient?: Pick<GradConfig, 'inputsToSave' | 'outputsToSave' | 'gradFunc'>;
}

/** A function stands in the place of a number: kernels take both, whatever TensorFlow.js' type of attributes says. */
export type WithFunction<Name extends string> = { readonly [K in Name]: never };

/** Runs the kernel on the current backend and gives its outputs. */
export type NamedKernel<Inputs, Attributes> = (inputs: Inputs, attributes: Attributes) => Tensor[];

/**
 * Declares an operation worth fusing: a TensorFlow.js kernel of our own name with one gradient and a
 * reference for every backend. A backend that knows better registers its version under the same name
 * before the first call; nothing else has to know.
 */
export function defineKernel<
  Inputs extends { [K in keyof Inputs]: Tensor },
  Attributes extends { [K in keyof Attributes]: Attribute },
>(definition: NamedKernelDefinition<Inputs, Attributes>): NamedKernel<Inputs, Attributes> {
  const { name, reference, gradient } = definition;
  if (gradient !== undefined) registerGradient({ kernelName: name, ...gradient });

  return (inputs, attributes) => {
    // In empty tensors there is nothing to make faster, and no backend's version has to think of them.
    if (Object.values<Tensor>(inputs).some(({ size }) => size === 0)) {
      return asList(tidy(() => reference(inputs, attributes)));
    }
    const backendName = getBackend();
    if (getKernel(name, backendName) == null) {
      registerKernel({
        kernelName: name,
        backendName,
        kernelFunc: (call) =>
          tidy(() => reference(call.inputs as Inputs, call.attrs as unknown as Attributes)),
      });
    }
    const outputs: Tensor | Tensor[] = engine().runKernel(
      name,
      inputs as unknown as NamedTensorMap, // TensorFlow.js types both maps with an index signature,
      attributes as unknown as NamedAttrMap, // which named inputs and attributes do not have
    );
    return asList(outputs);
  };
}

function asList(outputs: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(outputs) ? outputs : [outputs];
}
