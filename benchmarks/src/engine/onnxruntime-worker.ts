// Runs an exported BERT in a plain session of onnxruntime-node, without TensorFlow.js: onnxruntime-worker.ts FILE.
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { serve } from '../serve.ts';
import { type BertInputSize, bertNumbers, CHECKED } from './bert-inputs.ts';

interface Request {
  readonly size: BertInputSize;
  readonly threads: number;
}

const [file = ''] = process.argv.slice(2);
await serve(async ({ size, threads }: Request) => {
  const session = await InferenceSession.create(file, { intraOpNumThreads: threads });
  const feedsOf = (call: number): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(bertNumbers(size, call)).map(([name, numbers]) => [
        name,
        new Tensor('int32', numbers, [size.batch, size.tokens]),
      ]),
    );
  const encode = async (feeds: Record<string, Tensor>): Promise<Float32Array> => {
    const outputs = await session.run(feeds);
    return outputs[session.outputNames[0]!]!.data as Float32Array;
  };
  const check = [...(await encode(feedsOf(0))).subarray(0, CHECKED)];
  let steps = 0;
  return {
    facts: { version: `onnxruntime-node ${env.versions.node}` },
    check,
    async step() {
      const feeds = feedsOf(++steps);
      const start = performance.now();
      const values = await encode(feeds);
      return { milliseconds: performance.now() - start, loss: values[0]! };
    },
  };
});
