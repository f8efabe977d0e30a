// Trains the tiny GPT in the main thread, in two workers at once and in one that is stopped in the middle of it. Prints
// the losses of each, and how often the main thread's event loop came round while the workers computed.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import '../index.ts';
import { tinyGpt, trainStep } from './tiny-gpt.ts';

async function train(steps: number, report?: () => void): Promise<number[]> {
  await tf.setBackend('onnx');
  const model = tinyGpt();
  const moments = new Map<string, tf.Variable[]>();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push(trainStep(model, moments, step));
    report?.();
  }
  return losses;
}

const start = (kind: string): Worker => new Worker(new URL(import.meta.url), { workerData: kind });
const message = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });

if (isMainThread) {
  const before = await train(3);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const workers = await Promise.all(['whole', 'whole'].map((kind) => message(start(kind))));
  clearInterval(timer);
  const endless = start('endless');
  await message(endless);
  const stopped = await endless.terminate();
  console.log(JSON.stringify({ before, workers, turns, stopped, after: await train(3) }));
} else if (workerData === 'whole') {
  parentPort!.postMessage(await train(3));
} else {
  await train(Infinity, () => parentPort!.postMessage('training'));
}
