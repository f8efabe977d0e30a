import { backend_util, type Tensor } from '@tensorflow/tfjs-core';
import { record } from '../graph/recorder.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const einsum: LoweredKernel = kernel<{ equation: string }>('Einsum', ({ inputs, value, attrs }) => {
  const names = Object.keys(inputs);
  const operands = names.map(value);
  const { allDims, idDims } = backend_util.decodeEinsumEquation(attrs.equation, operands.length);
  // tfjs reads only the shapes of what its types want to be whole tensors.
  const tensors = names.map((name) => inputs[name]!) as Tensor[];
  backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
  if (operands.some(({ type }) => type !== 'float32')) return undefined;
  const sizes = new Map<string, number>();
  const [terms, result] = attrs.equation.replace(/\s/g, '').split('->') as [string, string];
  terms.split(',').forEach((term, index) => {
    [...term].forEach((letter, axis) => {
      sizes.set(letter, operands[index]!.shape[axis]!);
    });
  });
  const shape = [...result].map((letter) => sizes.get(letter)!);
  return record('Einsum', operands, { shape, type: 'float32' }, { equation: attrs.equation });
});
