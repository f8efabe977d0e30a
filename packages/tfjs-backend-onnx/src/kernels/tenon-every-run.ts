import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import { filled } from '../graph/operations.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

interface EveryRunAttributes extends NamedAttrMap {
  readonly action: never;
}

/** Does work in JavaScript now or, where a step is recorded, after every replay of it. */
export const tenonEveryRun: LoweredKernel = kernel<EveryRunAttributes>(
  'TenonEveryRun',
  ({ attrs, backend }) => {
    const action = attrs.action as () => void;
    if (backend.replay) backend.replay.atReplay(action);
    else action();
    return filled(0, [], 'float32');
  },
);
