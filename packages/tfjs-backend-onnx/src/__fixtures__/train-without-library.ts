// Trains the tiny GPT where onnxruntime-node cannot be found, and prints what happened. Started by wasm-runtime.test.ts.
import Module from 'node:module';

// Private to Node, and the one place that every require goes through.
const modules = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string };
const resolve = modules._resolveFilename;
modules._resolveFilename = (request, ...rest) => {
  if (request.startsWith('onnxruntime-node')) throw new Error(`Cannot find module '${request}'`);
  return resolve.call(modules, request, ...rest);
};

const tf = await import('@tensorflow/tfjs-core');
const { onnxBackend, report } = await import('../index.ts');
const { tinyGpt, trainStep } = await import('./tiny-gpt.ts');

await tf.setBackend('onnx');
const model = tinyGpt();
const moments = new Map<string, ReturnType<typeof tf.variable>[]>();
const losses = Array.from({ length: 4 }, (_, step) => trainStep(model, moments, step));
const { numTensors } = tf.memory();
losses.push(trainStep(model, moments, 4));
const leaked = tf.memory().numTensors - numTensors;
const distinct = tf.unique(tf.mul(tf.tensor1d([1, 3, 2]), 2)).values.dataSync();
await tf.findBackendFactory('onnx')(); // a second one says nothing
const outside = tf.gather(tf.tensor1d([1, 2]), tf.neg(tf.tensor1d([-5], 'int32')));
const refused = [() => onnxBackend().configure({ provider: 'webgpu' }), () => outside.dataSync()].map(
  (body) => {
    try {
      body();
      return 'nothing';
    } catch (error) {
      return (error as Error).message;
    }
  },
);
console.log(
  JSON.stringify({
    losses,
    refused,
    leaked,
    description: onnxBackend().description,
    distinct: [...distinct],
    fallbacks: report()
      .filter(({ fallback }) => fallback > 0)
      .map(({ kernel }) => kernel),
    worker: typeof globalThis.Worker,
  }),
);
