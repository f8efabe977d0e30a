// Trains the tiny GPT and prints a hash of every bit of its weights. Started by training.test.ts:
//   train-and-hash.ts STEPS            trains from the start
//   train-and-hash.ts STEPS FROM FILE  continues after FROM steps from the numbers in FILE
//   train-and-hash.ts STEPS 0 FILE     writes the numbers to FILE after the last step
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '../index.ts';
import { tinyGpt, trainStep } from './tiny-gpt.ts';

const [steps, from = '0', file] = process.argv.slice(2);
await tf.setBackend('onnx');
const model = tinyGpt();
const moments = new Map<string, tf.Variable[]>();
const states = (): tf.Variable[] =>
  Object.entries(model.weights).flatMap(([name, weight]) => [weight, ...moments.get(name)!]);

if (file && existsSync(file)) {
  for (const [name, weight] of Object.entries(model.weights)) {
    moments.set(
      name,
      [0, 1].map(() => tf.variable(tf.zeros(weight.shape))),
    );
  }
  const saved = readFileSync(file);
  let offset = 0;
  for (const variable of states()) {
    const bytes = saved.subarray(offset, offset + 4 * variable.size);
    const numbers = new Float32Array(new Uint8Array(bytes).buffer);
    tf.tidy(() => variable.assign(tf.tensor(numbers, variable.shape)));
    offset += 4 * variable.size;
  }
}
const losses: number[] = [];
for (let step = Number(from); step < Number(from) + Number(steps); step++)
  losses.push(trainStep(model, moments, step));

const bytes = Buffer.concat(states().map((variable) => Buffer.from(variable.dataSync().slice().buffer)));
if (file && !existsSync(file)) writeFileSync(file, bytes);
console.log(JSON.stringify({ hash: createHash('sha256').update(bytes).digest('hex'), losses }));
