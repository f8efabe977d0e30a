import { scalar, type Tensor } from '@tensorflow/tfjs-core';
import { defineKernel, type WithFunction } from '../named-kernel.ts';

const runAction = defineKernel<Record<never, never>, WithFunction<'action'>>({
  name: 'TenonEveryRun',
  reference(_, { action }) {
    (action as () => void)();
    return scalar(0);
  },
});

/**
 * Does work in JavaScript that belongs to a step: counting it, for instance. It is done now; where a backend records
 * the step once and replays it (`compile` of the ONNX backend), after every replay.
 */
export function everyRun(action: () => void): void {
  runAction({}, { action } as unknown as WithFunction<'action'>)[0]!.dispose();
}

const runLook = defineKernel<{ x: Tensor }, WithFunction<'look'>>({
  name: 'TenonLookAt',
  reference({ x }, { look }) {
    (look as (numbers: ArrayLike<number>) => void)(x.dataSync());
    return scalar(0);
  },
});

/**
 * Looks at a tensor's numbers, to check them: now or, where a backend records a step once and replays it, in every
 * replay, before it changes anything.
 *
 * @param look throws where it does not like what it sees.
 */
export function lookAt(x: Tensor, look: (numbers: ArrayLike<number>) => void): void {
  runLook({ x }, { look } as unknown as WithFunction<'look'>)[0]!.dispose();
}
