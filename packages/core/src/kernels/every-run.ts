import { scalar } from '@tensorflow/tfjs-core';
import { defineKernel } from '../named-kernel.ts';

/** A function stands in the place of a number: kernels take both, whatever TensorFlow.js' type of attributes says. */
type Attributes = { readonly action: never };

const run = defineKernel<Record<never, never>, Attributes>({
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
  run({}, { action } as unknown as Attributes)[0]!.dispose();
}
