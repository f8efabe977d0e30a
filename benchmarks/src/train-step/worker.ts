// Trains a GPT-2 with Tenon's packages on the TensorFlow.js backend named on the command line, and speaks the
// protocol of `peers/torch_train_step.py`.
import { createInterface } from 'node:readline';
import { type BackendChoice, useBackend } from '@tenon/core/backend';
import { version_core } from '@tensorflow/tfjs-core';
import { type StepResult, Training, type TrainingRequest } from '../training.ts';

const answer = (message: object): void => console.log(JSON.stringify(message));

let training: Training | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  if (training === undefined) {
    await useBackend(process.argv[2] as BackendChoice);
    training = new Training(JSON.parse(line) as TrainingRequest);
    answer({ ready: true, version: `tfjs ${version_core}` });
    continue;
  }
  const { steps } = JSON.parse(line) as { steps: number };
  const results: StepResult[] = [];
  while (results.length < steps) results.push(await training.step());
  answer({
    milliseconds: results.map((result) => result.milliseconds),
    loss: results.at(-1)!.loss,
    peakMB: Math.round(process.resourceUsage().maxRSS / 1024),
  });
}
