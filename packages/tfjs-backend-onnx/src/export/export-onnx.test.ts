import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { expectExported, type Inputs, ids, runModel, waves } from '../__fixtures__/exported.ts';
import { type ExportableFunction, exportOnnx } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenon-export-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => tf.setBackend('onnx'));

const tokens = { input_ids: { 0: 'batch_size', 1: 'sequence_length' } };
const table = tf.tidy(() => tf.variable(waves(32, 8), true, 'wte'));

/** One attention layer with a causal mask and positions that JavaScript writes, and a tied head. */
const decoder: ExportableFunction = ({ input_ids }) => {
  const [B, T] = input_ids!.shape as [number, number];
  const numbers = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0));
  const order = tf.tensor1d(
    Int32Array.from({ length: T }, (_, i) => i),
    'int32',
  );
  const x = tf.add(tf.gather(table, input_ids!), tf.gather(table, order));
  const heads = tf.transpose(tf.reshape(x, [B, T, 2, 4]), [0, 2, 1, 3]);
  const scores = tf.add(tf.mul(tf.matMul(heads, heads, false, true), 0.5), tf.tensor2d(numbers, [T, T]));
  const mixed = tf.transpose(tf.matMul(tf.softmax(scores), heads), [0, 2, 1, 3]);
  const rows = tf.reshape(mixed, [B * T, 8]);
  const logits = tf.reshape(tf.matMul(rows, table as tf.Tensor2D, false, true), [B, T, 32]);
  return { logits, last: tf.slice(logits, [0, T - 1, 0], [B, 1, 32]) };
};

describe('a model runs in ONNX Runtime as the function does in tfjs', () => {
  test.each([13, 17, 21])('a dense net of any batch, operator set %i', async (opset) => {
    const [first, second, bias] = [waves(4, 8), waves(8, 3), waves(8)] as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor,
    ];
    await expectExported(
      ({ x }) => tf.softmax(tf.matMul(tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, first), bias)), second)),
      { x: waves(1, 4) },
      [{ x: waves(7, 4) }],
      { opset, dynamicAxes: { x: { 0: 'batch_size' } } },
    );
  });

  test('a decoder of any batch and sequence, with int64 token ids', async () => {
    const others = [{ input_ids: ids(3, 9) }, { input_ids: ids(2, 1) }];
    await expectExported(decoder, { input_ids: ids(1, 6) }, others, { dynamicAxes: tokens, int64: true });
  });

  const filter = waves(3, 3, 2, 4) as tf.Tensor4D;
  const image = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D;
  test('a convolutional net of any batch', async () => {
    const dense = waves(36, 5) as tf.Tensor2D;
    await expectExported(
      ({ x }) => {
        const hidden = tf.maxPool(tf.relu(tf.conv2d(image(x), filter, 2, 'same')), 2, 1, 'valid');
        return tf.matMul(tf.reshape(hidden, [-1, 36]), dense);
      },
      { x: waves(1, 8, 7, 2) },
      [{ x: waves(5, 8, 7, 2) }],
      { dynamicAxes: { x: { 0: 'batch_size' } } },
    );
  });

  test.each(['same', 'valid', 1] as const)(
    'a convolution with stride 2, padding %s and any image',
    async (pad) => {
      await expectExported(
        ({ x }) => {
          const y = tf.conv2d(image(x), filter, 2, pad, 'NHWC', 1, pad === 1 ? 'floor' : undefined);
          const [batch, height, width, channels] = y.shape;
          return { y, rows: tf.reshape(tf.tanh(y), [batch, height * width, channels]) };
        },
        { x: waves(1, 9, 12, 2) },
        [{ x: waves(2, 6, 5, 2) }, { x: waves(3, 11, 10, 2) }],
        { dynamicAxes: { x: [0, 1, 2] } },
      );
    },
  );

  test('parts of equal size, where only even sizes will do', async () => {
    await expectExported(
      ({ x }) => tf.reshape(tf.relu(x!), [x!.shape[0]! / 2, 6]),
      { x: waves(4, 3) },
      [{ x: waves(10, 3) }],
      { dynamicAxes: { x: { 0: 'pairs' } }, sizes: { pairs: [2, 4, 6, 8] } },
    );
    await expectExported(({ x }) => tf.addN(tf.split(x!, 2)), { x: waves(4, 3) }, [{ x: waves(10, 3) }], {
      dynamicAxes: { x: { 0: 'pairs' } },
    });
  });

  test('outputs that are inputs, captured tensors, reshapes of them, or the same', async () => {
    const sum = (x: tf.Tensor): tf.Tensor => tf.add(x, 1);
    await expectExported(
      ({ x }) => {
        const once = sum(x!);
        return { x1: x!, flat: tf.reshape(x!, [-1]), table: table as tf.Tensor, once, twice: once };
      },
      { x: waves(2, 3), unused: ids(1) },
      [{ x: waves(4, 3), unused: ids(1) }],
      { dynamicAxes: { x: { 0: 'n' } } },
    );
  });

  test('from another backend', async () => {
    await tf.setBackend('cpu');
    const weight = tf.variable(waves(3, 3)) as unknown as tf.Tensor2D; // a variable is a tensor of its rank
    const model = await exportOnnx(({ x }) => tf.matMul(x as tf.Tensor2D, weight), { x: waves(2, 3) });
    expect(tf.getBackend()).toBe('cpu');
    const { output } = await runModel(model, { x: waves(2, 3) });
    const expected = tf.matMul(waves(2, 3) as tf.Tensor2D, weight).dataSync();
    expect(Array.from(output!.data as Float32Array, (v) => v.toFixed(4))).toEqual(
      Array.from(expected, (v) => v.toFixed(4)),
    );
  });
});

describe('a model says what it takes', () => {
  test('names, types and sizes', async () => {
    const fn: ExportableFunction = (inputs) => {
      const { logits } = decoder(inputs) as Inputs;
      return { logits: logits!, ids: tf.argMax(logits!, 2), rows: tf.reshape(logits!, [-1, 32]) };
    };
    const model = await exportOnnx(
      fn,
      { input_ids: ids(1, 6) },
      {
        dynamicAxes: { ...tokens, rows: { 0: 'tokens' } },
        int64: ['input_ids', 'ids'],
      },
    );
    const session = await InferenceSession.create(model);
    const described = [...session.inputMetadata, ...session.outputMetadata].map((port) =>
      port.isTensor ? `${port.name}: ${port.type} [${port.shape}]` : port.name,
    );
    await session.release();
    expect(described).toEqual([
      'input_ids: int64 [batch_size,sequence_length]',
      'logits: float32 [batch_size,sequence_length,32]',
      'ids: int64 [batch_size,sequence_length]',
      'rows: float32 [tokens,32]',
    ]);
    const text = Buffer.from(model).toString('latin1');
    expect(text).toContain('@tenon/tfjs-backend-onnx');
    expect(text).toContain('batch_size*sequence_length');
    expect(text).not.toContain('com.microsoft');
  });

  test('weights are named by the caller, else by their variable, else by number', async () => {
    const unnamed = waves(8, 8) as tf.Tensor2D;
    const fn: ExportableFunction = ({ x }) =>
      tf.matMul(tf.matMul(x as tf.Tensor2D, unnamed), table as tf.Tensor2D, false, true);
    const text = async (parameters = {}): Promise<string> =>
      Buffer.from(await exportOnnx(fn, { x: waves(2, 8) }, { parameters })).toString('latin1');
    expect(await text()).toMatch(/weight_0[\s\S]*wte/);
    expect(await text(new Map([['embeddings.weight', table]]))).toContain('embeddings.weight');
    expect(await text({ 'h.0.weight': unnamed })).not.toContain('weight_0');
  });

  test('private operators only where asked for', async () => {
    const fn: ExportableFunction = ({ x }) => tf.matMul(x!, x!, false, true);
    const bytes = await exportOnnx(fn, { x: waves(2, 3, 4) }, { privateOperators: true });
    expect(Buffer.from(bytes).toString('latin1')).toContain('FusedMatMul');
    expect((await runModel(bytes, { x: waves(2, 3, 4) }))['output']!.dims).toEqual([2, 3, 3]);
  });
});

describe('files', () => {
  test('one, and with a threshold a second for the weights', async () => {
    const file = join(folder, 'model.onnx');
    expect(await exportOnnx(decoder, { input_ids: ids(1, 6) }, { dynamicAxes: tokens, file })).toEqual([
      file,
    ]);
    const [one] = [(await runModel(file, { input_ids: ids(2, 4) }))['logits']!.data];
    const size = statSync(file).size;
    const options = { dynamicAxes: tokens, file, externalDataThreshold: 512 };
    expect(await exportOnnx(decoder, { input_ids: ids(1, 6) }, options)).toEqual([file, `${file}_data`]);
    expect(statSync(file).size).toBeLessThan(size - 900);
    expect(readFileSync(`${file}_data`).length).toBe(32 * 8 * 4);
    expect((await runModel(file, { input_ids: ids(2, 4) }))['logits']!.data).toEqual(one);
  });

  test('several weights begin at pages', async () => {
    const file = join(folder, 'two.onnx');
    const [a, b] = [waves(10, 10), waves(10, 10)] as [tf.Tensor2D, tf.Tensor2D];
    await exportOnnx(
      ({ x }) => tf.matMul(tf.matMul(x as tf.Tensor2D, a), b),
      { x: waves(1, 10) },
      { file, externalDataThreshold: 1 },
    );
    expect(readFileSync(`${file}_data`).length).toBe(4096 + 400);
    expect((await runModel(file, { x: waves(1, 10) }))['output']!.dims).toEqual([1, 10]);
  });

  test('a failed export leaves what was there', async () => {
    const file = join(folder, 'missing', 'model.onnx');
    await expect(exportOnnx(decoder, { input_ids: ids(1, 6) }, { file })).rejects.toThrow('ENOENT');
    expect(existsSync(file)).toBe(false);
    await expect(exportOnnx(decoder, { input_ids: ids(1, 6) }, { externalDataThreshold: 1 })).rejects.toThrow(
      'exportOnnx: expected a model that fits into one file, got weights of 1192 bytes. Pass file',
    );
  });
});

describe('what has no place in a model is said', () => {
  const x = { x: waves(4, 6) };
  let calls = 0;
  const any = { dynamicAxes: { x: { 0: 'rows' } } };
  test.each<[string, ExportableFunction, Parameters<typeof exportOnnx>[2], string]>([
    [
      'reading',
      ({ x }) => tf.mul(x!, tf.exp(x!).dataSync()[0]!),
      {},
      "got a float32 [4,6] tensor made by the tfjs kernel Exp that depends on the input 'x', read by the function. Leave data(), dataSync()",
    ],
    [
      'a kernel that falls back',
      ({ x }) => tf.unique(x!).values,
      {},
      "that depends on the input 'x', read by the tfjs kernel Unique, which has no ONNX form here. Use other operations",
    ],
    [
      'numbers by JavaScript with a size inside',
      ({ x }) => tf.add(x!, tf.tensor2d(Array.from({ length: x!.shape[0]! }, (_, i) => [Math.sqrt(i)]))),
      any,
      'got the float32 [4,1] tensor that the tfjs kernel Add reads whose numbers JavaScript wrote anew',
    ],
    [
      'a counter',
      ({ x }) => tf.mul(x!, 1 + calls++ / 10),
      any,
      'tensor that the tfjs kernel Multiply reads to follow from rows',
    ],
    ['chance', ({ x }) => tf.add(x!, tf.randomUniform([4, 6])), {}, 'leave out dropout'],
    [
      'numbers by JavaScript from an input',
      ({ x }) => tf.add(x!, tf.tensor1d([...x!.dataSync()].slice(0, 6))),
      {},
      'on the data of an input',
    ],
    [
      'another number that no size gives',
      ({ x }) => tf.slice(x!, [0, 0], [-1, [1, 2, 4, 3, 1, 2][x!.shape[0]! % 6]!]),
      any,
      'expected input 2 of the tfjs kernel Slice to follow from rows',
    ],
    [
      'doing different things at different sizes',
      ({ x }) => (x!.shape[0]! % 2 ? tf.exp(x!) : tf.relu(x!)),
      any,
      'expected the same operations at all sizes, got the tfjs kernel Relu',
    ],
    [
      'no tensor',
      () => undefined as unknown as tf.Tensor,
      {},
      'expected the function to return a tensor or an object of tensors by name, got undefined',
    ],
    ['a promise', (async () => x.x) as unknown as ExportableFunction, {}, 'It cannot be async'],
    [
      'an unknown operator set',
      ({ x }) => tf.relu(x!),
      { opset: 12 },
      'expected opset to be a whole number from 13 to 21, got 12',
    ],
    [
      'an operator that an old set lacks',
      ({ x }) => tf.unsortedSegmentSum(x!, tf.tensor1d([0, 1, 1, 0], 'int32'), 2),
      { opset: 13 },
      'the tfjs kernel UnsortedSegmentSum was recorded as the operator ScatterElements, which needs operator set 16. Pass opset: 16 or more.',
    ],
    [
      'an unknown name',
      ({ x }) => tf.relu(x!),
      { dynamicAxes: { y: { 0: 'rows' } } },
      'expected names among x, output, got y',
    ],
    [
      'an unknown axis',
      ({ x }) => tf.relu(x!),
      { dynamicAxes: { x: { 2: 'rows' } } },
      'expected dynamicAxes.x to name axes 0 to 1, got 2',
    ],
    [
      'one name for two sizes',
      ({ x }) => tf.relu(x!),
      { dynamicAxes: { x: { 0: 'rows', 1: 'rows' } } },
      'expected one size rows in the examples, got 4 and 6 (axis 1 of x [4,6])',
    ],
    [
      'an output that does not differ',
      ({ x }) => tf.sum(x!, 0),
      { dynamicAxes: { x: { 0: 'rows' }, output: { 0: 'rows' } } },
      'expected axis 0 of the output output to differ with rows, got 6 always',
    ],
    [
      'sizes of nothing',
      ({ x }) => tf.relu(x!),
      { ...any, sizes: { columns: [2, 3, 4] } },
      'for one of rows, got columns: [2,3,4]',
    ],
    [
      'int64 that is float32',
      ({ x }) => tf.relu(x!),
      { int64: ['x'] },
      'expected int64 to name int32 tensors, got the input x of float32',
    ],
  ])('%s', async (_, fn, options, message) => {
    await expect(exportOnnx(fn, x, options)).rejects.toThrow(message);
  });

  test('and nothing leaks, nor is anything computed', async () => {
    const input = waves(4, 6);
    const before = tf.memory().numTensors;
    await exportOnnx(({ x }) => tf.softmax(x!), { x: input }, any);
    await expect(exportOnnx(({ x }) => tf.unique(x!).values, { x: input })).rejects.toThrow('Unique');
    expect(tf.memory().numTensors).toBe(before);
  });
});
