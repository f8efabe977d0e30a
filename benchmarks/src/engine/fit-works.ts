// What the benchmark has tfjs-layers do: an epoch of `model.fit`, as users write it.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Work } from '../serve.ts';
import { convolutionalFit, type Fit, type FitSize, fitEpoch, recurrentFit } from './tfjs-layers-models.ts';

export interface FitRequest {
  readonly size: FitSize;
}

export const fitConvolutional = ({ size }: FitRequest): Work => fit(convolutionalFit(size), size);

export const fitRecurrent = ({ size }: FitRequest): Work => fit(recurrentFit(size), size);

/** The same network's forward pass alone, which wasm can do too. */
export function predictConvolutional({ size }: FitRequest): Work {
  const { model, inputs } = convolutionalFit(size);
  return {
    facts: {},
    async step() {
      const start = performance.now();
      const output = model.predict(inputs, { batchSize: size.batchSize }) as Tensor; // it has one output
      const [first] = await output.data();
      const milliseconds = performance.now() - start;
      output.dispose();
      return { milliseconds, loss: first! };
    },
  };
}

function fit(work: Fit, size: FitSize): Work {
  return {
    facts: {},
    async step() {
      const start = performance.now();
      const loss = await fitEpoch(work, size);
      return { milliseconds: performance.now() - start, loss };
    },
  };
}
