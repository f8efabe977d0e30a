import { add } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

export const addN: LoweredKernel = kernel('AddN', ({ inputs, value }) => {
  const terms = Object.keys(inputs).map(value);
  if (terms.some(({ type }) => type === 'bool')) return undefined;
  return terms.reduce((sum, term) => add(sum, term));
});
