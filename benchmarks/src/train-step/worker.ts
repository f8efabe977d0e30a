// Trains a GPT-2 with Tenon's packages on the TensorFlow.js backend named on the command line.
import { type BackendChoice, useBackend } from '@tenon/core/backend';
import { version_core } from '@tensorflow/tfjs-core';
import { serve } from '../serve.ts';
import { Training, type TrainingRequest } from '../training.ts';

await serve(async (request: TrainingRequest) => {
  await useBackend(process.argv[2] as BackendChoice);
  const training = new Training(request);
  return { facts: { version: `tfjs ${version_core}` }, step: () => training.step() };
});
