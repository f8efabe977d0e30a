import type { TensorInfo } from '@tensorflow/tfjs-core';
import { hostOperation } from '../graph/host-operation.ts';
import type { LazyValue } from '../graph/value.ts';
import { kernel, type LoweredKernel } from '../kernel.ts';
import { type AdamWCoefficients, updateAdamW } from '../optimizer/adamw.ts';
import { recordAdamW } from '../optimizer/recorded-adamw.ts';
import { writable } from './donated.ts';

/** The numbers of a step, or a function that gives those of the step that is being made: a replay asks it each time. */
type AdamWAttributes = AdamWCoefficients | { readonly step: () => AdamWCoefficients };

/**
 * One step of AdamW (Loshchilov & Hutter 2019) on parameter, firstMoment and secondMoment, which are
 * given away: they are updated in place unless someone else holds them too. Where numbers are on a device or
 * come later, the update is part of the graph, and its outputs take their place.
 */
export const tenonAdamWUpdate: LoweredKernel = kernel<AdamWAttributes>(
  'TenonAdamWUpdate',
  ({ inputs, attrs, backend, value }) => {
    if (backend.replay) return recordInPlace(INPUTS.map(value), attrs);
    const coefficients = coefficientsOf(attrs);
    if (!backend.computesInHostMemory) {
      const [parameter, first, second] = [value('parameter'), value('firstMoment'), value('secondMoment')];
      return recordAdamW(parameter, first, second, value('gradient'), value('scale'), coefficients);
    }
    // One run for everything that this step computes; the updates that follow find nothing to run.
    backend.flush();
    const gradient = backend.numbers(inputs['gradient']!) as Float32Array;
    const scale = backend.numbers(inputs['scale']!)[0]!;
    const donated = DONATED.map((name) => writable(inputs[name]!, backend));
    const [parameter, firstMoment, secondMoment] = donated.map(({ numbers }) => numbers as Float32Array);
    updateAdamW(parameter!, firstMoment!, secondMoment!, gradient, scale, coefficients);
    return donated.map(({ tensor }): TensorInfo => tensor);
  },
);

const DONATED = ['parameter', 'firstMoment', 'secondMoment'] as const;
const INPUTS = [...DONATED, 'gradient', 'scale'] as const;

function coefficientsOf(attrs: AdamWAttributes): AdamWCoefficients {
  return 'step' in attrs ? attrs.step() : attrs;
}

function recordInPlace(inputs: readonly LazyValue[], attrs: AdamWAttributes): readonly LazyValue[] {
  return hostOperation({
    type: 'AdamWUpdate',
    attributes: 'step' in attrs ? {} : numbersOf(attrs),
    inputs,
    outputs: inputs.slice(0, 3).map(({ shape, type }) => ({ shape, type })),
    inPlace: [0, 1, 2],
    run([, , , gradient, scale], outputs) {
      const [parameter, first, second] = outputs as readonly Float32Array[];
      updateAdamW(parameter!, first!, second!, gradient as Float32Array, scale![0]!, coefficientsOf(attrs));
    },
  });
}

function numbersOf(coefficients: AdamWCoefficients): Record<string, { float: number }> {
  return Object.fromEntries(Object.entries(coefficients).map(([name, float]) => [name, { float }]));
}
