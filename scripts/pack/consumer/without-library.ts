// Run where the packed packages are installed, as ESM and as CommonJS: where ONNX Runtime's native library cannot be
// loaded, the backend says so in one line and computes on WebAssembly; the entry for browsers loads beside it.
import Module from 'node:module';
import { onnxBackend } from '@tenon/tfjs-backend-onnx';
import { registerOnnxBackend } from '@tenon/tfjs-backend-onnx/web';
import * as tf from '@tensorflow/tfjs-core';

// Private to Node, and the one place that every require goes through.
const modules = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string };
const resolve = modules._resolveFilename;
modules._resolveFilename = (request, ...rest) => {
  if (request.startsWith('onnxruntime-node')) throw new Error(`Cannot find module '${request}'`);
  return resolve.call(modules, request, ...rest);
};

async function main(): Promise<void> {
  const lines: string[] = [];
  console.warn = (line: string) => lines.push(line);
  await tf.setBackend('onnx');
  const weight = tf.variable(tf.zeros([2, 1]));
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const optimizer = tf.train.adam(0.1);
  const step = (): number => {
    const loss = optimizer.minimize(() => tf.mean(tf.square(tf.sub(tf.matMul(x, weight), 1))), true);
    return loss?.dataSync()[0] ?? Number.NaN;
  };
  const losses = Array.from({ length: 5 }, step);
  if (lines.length !== 1 || !(losses[4]! < losses[0]!) || typeof registerOnnxBackend !== 'function') {
    throw new Error(`expected one line and a loss that falls, got ${lines.join('\n')} and ${losses.join()}`);
  }
  console.log(onnxBackend().description);
}

void main();
