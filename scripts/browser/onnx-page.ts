// The page's script: trains on onnxruntime-web, on the provider that the address names, and leaves what happened in `training`.
import { onnxBackend, registerOnnxBackend } from '@tenon/tfjs-backend-onnx/web';
import * as tf from '@tensorflow/tfjs-core';
import { type Training, trainSmall } from './train-small.ts';

export interface PageReport extends Training {
  readonly description: string;
  readonly isolated: boolean;
  readonly milliseconds: number;
  readonly sessionBuilds: number;
  readonly bytesToDevice: number;
  readonly bytesFromDevice: number;
}

declare global {
  // What main.ts waits for.
  var training: Promise<PageReport>;
}

async function run(): Promise<PageReport> {
  const search = new URLSearchParams(location.search);
  if (search.get('provider') === 'webgpu') {
    registerOnnxBackend({ ort: await import('onnxruntime-web/webgpu'), provider: 'webgpu' });
  } else registerOnnxBackend({ ort: await import('onnxruntime-web/wasm'), threads: 2 });
  if (!(await tf.setBackend('onnx'))) throw new Error('the backend did not start');
  const start = performance.now();
  const training = await trainSmall(Number(search.get('steps')));
  const milliseconds = performance.now() - start;
  const { description, statistics } = onnxBackend();
  const { sessionBuilds, bytesToDevice, bytesFromDevice } = statistics;
  const counts = { sessionBuilds, bytesToDevice, bytesFromDevice };
  return { ...training, ...counts, description, milliseconds, isolated: crossOriginIsolated };
}

globalThis.training = run();
