import { dataKernel, type LoweredKernel } from '../kernel.ts';

/** Complex tensors are two real ones kept together; arithmetic on them falls back. */
export const complex: LoweredKernel[] = [
  dataKernel('Complex', ({ inputs, value, backend }) =>
    backend.adoptComplex(value('real'), value('imag'), inputs['real']!.shape),
  ),
  dataKernel('Real', ({ inputs, backend }) => backend.complexPart(inputs['input']!, 'real')),
  dataKernel('Imag', ({ inputs, backend }) => backend.complexPart(inputs['input']!, 'imaginary')),
];
