// What the benchmark has tfjs-layers do: an epoch of `model.fit`, as users write it.
import { compileFit } from '@tenon/tfjs-backend-onnx';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Work } from '../serve.ts';
import { convolutionalFit, type Fit, type FitSize, fitEpoch, recurrentFit } from './tfjs-layers-models.ts';

export interface FitRequest {
  readonly size: FitSize;
  /** Whether the user added the line `compileFit(model)`. @default false */
  readonly compiled?: boolean;
}

export const fitConvolutional = (request: FitRequest): Work => fit(convolutionalFit(request.size), request);

export const fitRecurrent = (request: FitRequest): Work => fit(recurrentFit(request.size), request);

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

function fit(work: Fit, { size, compiled = false }: FitRequest): Work {
  if (compiled) compileFit(work.model);
  return {
    facts: {},
    async step() {
      const start = performance.now();
      const loss = await fitEpoch(work, size);
      return { milliseconds: performance.now() - start, loss };
    },
  };
}
