// Does one of the works below on the TensorFlow.js backend named on the command line: worker.ts WORK BACKEND.
import { type BackendChoice, useBackend } from '@tenon/core/backend';
import { onnxBackend } from '@tenon/tfjs-backend-onnx';
import { getBackend, removeBackend, version_core } from '@tensorflow/tfjs-core';
import { choiceOption } from '../options.ts';
import { serve, type Work } from '../serve.ts';
import { Training, type TrainingRequest } from '../training.ts';
import { bertForward, maskedLM } from './bert-works.ts';
import { fitConvolutional, fitRecurrent, predictConvolutional } from './fit-works.ts';
import { products } from './products.ts';
import { projectedLSTM } from './projected-lstm.ts';

/** Each takes the request that `experiments.ts` makes for it. */
const WORKS = {
  train: (request: TrainingRequest) => {
    const training = new Training(request);
    return { facts: {}, step: () => training.step() };
  },
  gradients: (request: TrainingRequest) => {
    const training = new Training(request);
    return { facts: {}, step: () => training.gradients() };
  },
  products,
  maskedLM,
  bertForward,
  projectedLSTM,
  fitConvolutional,
  fitRecurrent,
  predictConvolutional,
} satisfies Record<string, (request: never) => Work | Promise<Work>>;

const [work = '', backend] = process.argv.slice(2);
await serve(async (request: { readonly threads: number }) => {
  const build = WORKS[choiceOption('work', work, Object.keys(WORKS) as (keyof typeof WORKS)[])];
  await useBackend(backend as BackendChoice);
  if (backend === 'onnx') onnxBackend().configure({ threads: request.threads });
  // The experiment that names the work makes the request for it.
  const built = await build(request as never);
  return { ...built, facts: { version: `tfjs ${version_core}`, ...built.facts } };
});
// Traces (TENON_ONNX_PROFILE) are complete once the graphs are dropped.
removeBackend(getBackend());
