import { filled } from '../graph/operations.ts';
import type { HostArray } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';

/** Does work in JavaScript now or, where a step is recorded for replays, after each of them. */
export const tenonEveryRun: LoweredKernel = kernel<{ readonly action: () => void }>(
  'TenonEveryRun',
  ({ attrs, backend }) => {
    if (backend.replay) backend.replay.atReplay(attrs.action);
    else attrs.action();
    return filled(0, [], 'float32');
  },
);

/** Shows a tensor's numbers to JavaScript now or, where a step is recorded for replays, in each of them. */
export const tenonLookAt: LoweredKernel = kernel<{ readonly look: (numbers: HostArray) => void }>(
  'TenonLookAt',
  ({ inputs, attrs, backend, value }) => {
    if (backend.replay) backend.replay.looksAt(value('x'), attrs.look);
    else attrs.look(backend.readSync(inputs['x']!.dataId) as HostArray);
    return filled(0, [], 'float32');
  },
);
