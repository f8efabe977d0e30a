import { dataKernel, type LoweredKernel } from '../kernel.ts';

export const identity: LoweredKernel = dataKernel('Identity', ({ inputs, backend }) =>
  backend.alias(inputs['x']!),
);
