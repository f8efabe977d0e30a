// Models as ONNX files: what @tenon/tfjs-backend-onnx records of them runs in a plain session of ONNX Runtime.
import { expectClose } from '@tenon/testing';
import { exportOnnx } from '@tenon/tfjs-backend-onnx';
import { setBackend, type Tensor, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { bert, bertTiny } from './bert.ts';
import { gpt2, gpt2Small } from './gpt2.ts';

type Ids = Readonly<Record<string, Tensor2D>>;

const ids = (limit: number, batch: number, time: number): Tensor2D =>
  tensor2d(
    Int32Array.from({ length: batch * time }, (_, i) => (i * 7 + 3) % limit),
    [batch, time],
    'int32',
  );
/** The first tokens of every second sequence are padding. */
const leftPadded = (batch: number, time: number): Tensor2D =>
  tensor2d(
    Int32Array.from({ length: batch * time }, (_, i) =>
      Math.floor(i / time) % 2 === 1 && i % time < 2 ? 0 : 1,
    ),
    [batch, time],
    'int32',
  );
const axes = { 0: 'batch_size', 1: 'sequence_length' };

async function expectSameNumbers(
  model: Uint8Array,
  compute: (inputs: Ids) => Tensor,
  inputs: Ids,
): Promise<void> {
  const session = await InferenceSession.create(model);
  const feeds = Object.entries(inputs).map(([name, x]) => [
    name,
    new OnnxTensor('int64', BigInt64Array.from(x.dataSync(), BigInt), x.shape),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  const [actual] = Object.values(results);
  for (const backend of ['cpu', 'onnx']) {
    await setBackend(backend);
    const expected = tidy(() => compute(inputs));
    expect(actual!.dims).toEqual(expected.shape);
    expectClose(backend, actual!.data as Float32Array, expected.dataSync());
  }
}

describe('a model exported to ONNX', () => {
  test.each([15, 20])('GPT-2, of any batch and sequence (operator set %i)', async (opset) => {
    await setBackend('onnx');
    using model = gpt2({
      ...gpt2Small,
      vocabularySize: 50,
      contextLength: 12,
      hiddenSize: 16,
      layers: 2,
      heads: 4,
    });
    const logits = ({ input_ids, attention_mask }: Ids): Tensor => {
      const { lastHidden } = model.encode({ inputIds: input_ids!, attentionMask: attention_mask! });
      return model.scorer.logits(lastHidden);
    };
    const example = { input_ids: ids(50, 1, 8), attention_mask: leftPadded(1, 8) };
    const bytes = await exportOnnx((inputs) => ({ logits: logits(inputs) }), example, {
      opset,
      int64: true,
      parameters: model.parameters(),
      dynamicAxes: { input_ids: axes, attention_mask: axes },
    });
    expect(Buffer.from(bytes).toString('latin1')).toContain('h.1.attn.c_attn.weight');
    for (const [batch, time] of [
      [1, 8],
      [3, 12],
      [2, 5],
      [1, 1],
    ] as const) {
      await expectSameNumbers(bytes, logits, {
        input_ids: ids(50, batch, time),
        attention_mask: leftPadded(batch, time),
      });
    }
  });

  test('BERT, of any batch and sequence', async () => {
    await setBackend('onnx');
    using model = bert({
      ...bertTiny,
      vocabularySize: 40,
      contextLength: 16,
      hiddenSize: 16,
      feedForwardSize: 64,
      heads: 4,
    });
    const hidden = ({ input_ids, attention_mask, token_type_ids }: Ids): Tensor =>
      model.encode({ inputIds: input_ids!, attentionMask: attention_mask!, tokenTypeIds: token_type_ids! })
        .lastHidden;
    const inputs = (batch: number, time: number): Ids => ({
      input_ids: ids(40, batch, time),
      attention_mask: leftPadded(batch, time),
      token_type_ids: ids(2, batch, time),
    });
    const bytes = await exportOnnx((x) => ({ last_hidden_state: hidden(x) }), inputs(1, 6), {
      int64: true,
      parameters: model.parameters(),
      dynamicAxes: { input_ids: axes, attention_mask: axes, token_type_ids: axes },
    });
    for (const [batch, time] of [
      [1, 6],
      [4, 16],
      [2, 1],
    ] as const)
      await expectSameNumbers(bytes, hidden, inputs(batch, time));
  });
});
