// What the benchmark has BERT do: a training step, and a forward pass.
import { CounterStream } from '@tenon/core';
import { compile, exportOnnx } from '@tenon/tfjs-backend-onnx';
import { dispose, type Tensor1D, type Tensor2D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Work } from '../serve.ts';
import type { AdamWWithClipping } from '../sizes.ts';
import { Trainer, timed } from '../trainer.ts';
import { Bert, BertForMaskedLM, type BertInput, type BertSize } from './bert.ts';
import { bertNumbers, CHECKED } from './bert-inputs.ts';
import { integers } from './formula.ts';
import { setByFormula } from './set-by-formula.ts';

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
  const model = new BertForMaskedLM(size);
  setByFormula(model);
  const trainer = new Trainer(model, optimizer);
  const batchOf = (step: number) => {
    const { batch, tokens, vocabulary, predictions } = size;
    const columns = integers(batch * predictions, tokens / 2, 3 * step + 1);
    const places = columns.map((column, i) => Math.floor(i / predictions) * tokens + column);
    return {
      input: inputOf(size, 3 * step),
      places: tensor1d(places, 'int32'),
      targets: tensor1d(integers(places.length, vocabulary, 3 * step + 2), 'int32'),
    };
  };
  const first = batchOf(0);
  const check = trainer.check(() => model.loss(first.input, first.places, first.targets));
  dispose(first);
  let steps = 0;
  const step = compile((batch: ReturnType<typeof batchOf>, counter: Tensor1D) => {
    const options = { training: true, random: new CounterStream(counter) };
    return trainer.update(() => model.loss(batch.input, batch.places, batch.targets, options));
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
  const model = new Bert(size);
  setByFormula(model);
  const forward = compile((input: BertInput) => tidy(() => model.forward(input)), { freeze: true });
  const encode = async (input: BertInput): Promise<Float32Array> => {
    const hidden = forward(input);
    const values = await hidden.data<'float32'>();
    hidden.dispose();
    return values;
  };
  const first = inputOf(size, 0);
  if (file !== undefined) {
    await exportOnnx((input) => model.forward(input as BertInput), first, { file, opset: 20 });
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
