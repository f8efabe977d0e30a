import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { type AdamWCoefficients, updateAdamW } from '../optimizer/adamw.ts';
import { recordAdamW } from '../optimizer/recorded-adamw.ts';
import { writable } from './donated.ts';

/**
 * One step of AdamW (Loshchilov & Hutter 2019) on parameter, firstMoment and secondMoment, which are
 * given away: they are updated in place unless someone else holds them too. Where numbers are on a device or
 * come later, the update is part of the graph, and its outputs take their place.
 */
export const tenonAdamWUpdate: LoweredKernel = kernel<AdamWCoefficients>(
  'TenonAdamWUpdate',
  ({ inputs, attrs, backend, value }) => {
    if (!backend.computesInHostMemory) {
      const [parameter, first, second] = [value('parameter'), value('firstMoment'), value('secondMoment')];
      return recordAdamW(parameter, first, second, value('gradient'), value('scale'), attrs);
    }
    // One run for everything that this step computes; the updates that follow find nothing to run.
    backend.flush();
    const gradient = backend.numbers(inputs['gradient']!) as Float32Array;
    const scale = backend.numbers(inputs['scale']!)[0]!;
    const donated = ['parameter', 'firstMoment', 'secondMoment'].map((name) =>
      writable(inputs[name]!, backend),
    );
    const [parameter, firstMoment, secondMoment] = donated.map(({ numbers }) => numbers as Float32Array);
    updateAdamW(parameter!, firstMoment!, secondMoment!, gradient, scale, attrs);
    return donated.map(({ tensor }): TensorInfo => tensor);
  },
);
