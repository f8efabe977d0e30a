// What the benchmark has BERT do: a training step, and a forward pass.
import { CounterStream } from '@tenon/core';
import { compile, exportOnnx } from '@tenon/tfjs-backend-onnx';
import { dispose, type Tensor1D, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Work } from '../serve.ts';
import type { AdamWWithClipping } from '../sizes.ts';
import { Trainer, timed } from '../trainer.ts';
import { type BertInput, type BertSize, encoder, maskedLanguageModel } from './bert.ts';
import { bertNumbers, CHECKED } from './bert-inputs.ts';
import { integers } from './formula.ts';

export interface BertRequest {
  readonly size: BertSize;
  readonly optimizer: AdamWWithClipping;
  readonly seed: number;
}

function inputOf(size: BertSize, call: number): BertInput {
  const { inputIds, tokenTypeIds, attentionMask } = bertNumbers(size, call);
  const grid = (numbers: Int32Array): Tensor2D => tensor2d(numbers, [size.batch, size.tokens], 'int32');
  return {
    inputIds: grid(inputIds),
    tokenTypeIds: grid(tokenTypeIds),
    attentionMask: grid(attentionMask),
  };
}

export function maskedLM({ size, optimizer, seed }: BertRequest): Work {
  const model = maskedLanguageModel(size);
  const trainer = new Trainer(model, optimizer);
  const batchOf = (step: number) => {
    const { batch, tokens, vocabulary, predictions } = size;
    const predicted = (limit: number, call: number): Tensor2D =>
      tensor2d(integers(batch * predictions, limit, call), [batch, predictions], 'int32');
    return {
      ...inputOf(size, 3 * step),
      maskedPositions: predicted(tokens / 2, 3 * step + 1),
      maskedIds: predicted(vocabulary, 3 * step + 2),
    };
  };
  const first = batchOf(0);
  const check = trainer.check(() => model.loss(first, { training: false }).loss);
  dispose(first);
  let steps = 0;
  const step = compile((batch: ReturnType<typeof batchOf>, counter: Tensor1D) => {
    const options = { training: true, random: new CounterStream(counter) };
    return trainer.update(() => model.loss(batch, options).loss);
  });
  return {
    facts: {},
    check,
    async step() {
      const batch = batchOf(++steps);
      const counter = tensor1d([seed, steps], 'int32');
      const result = await timed(() => step(batch, counter));
      dispose([batch, counter]);
      return result;
    },
  };
}

/**
 * Encodes: from ids to the last hidden state on the host.
 *
 * @param request `exportTo` names a file for the graph, which a plain session of ONNX Runtime is to run
 */
export async function bertForward({
  size,
  exportTo: file,
}: BertRequest & { readonly exportTo?: string }): Promise<Work> {
  const model = encoder(size);
  const forward = compile((input: BertInput) => model.encode(input).lastHidden, { freeze: true });
  const encode = async (input: BertInput): Promise<Float32Array> => {
    const hidden = forward(input);
    const values = await hidden.data<'float32'>();
    hidden.dispose();
    return values;
  };
  const first = inputOf(size, 0);
  if (file !== undefined) {
    await exportOnnx((input) => model.encode(input as BertInput).lastHidden, first, { file, opset: 20 });
  }
  const check = [...(await encode(first)).subarray(0, CHECKED)];
  dispose(first);
  let steps = 0;
  return {
    facts: {},
    check,
    async step() {
      const input = inputOf(size, ++steps);
      const start = performance.now();
      const values = await encode(input);
      const milliseconds = performance.now() - start;
      dispose(input);
      return { milliseconds, loss: values[0]! };
    },
  };
}
