import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { report } from '../index.ts';

// Every lowered kernel against the cpu backend: the same tfjs call on both.

type Case = readonly [name: string, call: () => tf.Tensor | tf.Tensor[]];

/** Numbers that repeat from run to run, in [-2, 2), never an exact integer. */
function numbers(shape: number[], seed = 1): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => (Math.sin(seed * 12.9898 + i * 78.233) * 43758.5453) % 2),
    shape,
  );
}
const positive = (shape: number[]): tf.Tensor => tf.add(tf.abs(numbers(shape)), 0.1);
const integers = (shape: number[], seed = 1): tf.Tensor => tf.cast(tf.mul(numbers(shape, seed), 5), 'int32');
const booleans = (shape: number[], seed = 1): tf.Tensor => tf.greater(numbers(shape, seed), 0);
const special = (): tf.Tensor => tf.tensor1d([Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, 2.5, -2.5]);

const shapePairs: [number[], number[]][] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[], [2, 2]],
  [[17], [17]],
];
const two = (name: string, call: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, make = numbers): Case[] =>
  shapePairs.map(([a, b]) => [`${name} [${a}] [${b}]`, () => call(make(a, 1), make(b, 2))]);
const one = (name: string, call: (x: tf.Tensor) => tf.Tensor, make = numbers): Case[] =>
  [[2, 3], [], [1, 5, 2]].map((shape) => [`${name} [${shape}]`, () => call(make(shape))]);

const product = (transposeA: boolean, transposeB: boolean): tf.Tensor =>
  tf.matMul(
    numbers(transposeA ? [4, 3] : [3, 4], 1) as tf.Tensor2D,
    numbers(transposeB ? [5, 4] : [4, 5], 2) as tf.Tensor2D,
    transposeA,
    transposeB,
  );

const cases: Case[] = [
  ['a transposed product and its bias', () => tf.add(product(false, true), numbers([5], 3))],
  ['a bias and its transposed product', () => tf.add(numbers([5], 3), product(true, true))],
  ['a transposed product and one number', () => tf.add(product(true, false), numbers([1], 3))],
  ['a transposed product and a row', () => tf.add(product(true, false), numbers([1, 5], 3))],
  ...two('Add', tf.add),
  ...two('Sub', tf.sub),
  ...two('Multiply', tf.mul),
  ...two('RealDiv', tf.div),
  ...two('Maximum', tf.maximum),
  ...two('Minimum', tf.minimum),
  ...two('Pow', (a, b) => tf.pow(tf.abs(a), b)),
  ...two('SquaredDifference', tf.squaredDifference),
  ...two('Add int32', tf.add, integers),
  ...two('Sub int32', tf.sub, integers),
  ...two('Multiply int32', tf.mul, integers),
  ...two('Maximum int32', tf.maximum, integers),
  ...two('SquaredDifference int32', tf.squaredDifference, integers),
  ...two('Equal int32', tf.equal, integers),
  ...two('NotEqual int32', tf.notEqual, integers),
  ...two('Greater', tf.greater),
  ...two('GreaterEqual', tf.greaterEqual),
  ...two('Less', tf.less),
  ...two('LessEqual', tf.lessEqual),
  ...two('Less int32', tf.less, integers),
  ...two('LogicalAnd', tf.logicalAnd, booleans),
  ...two('LogicalOr', tf.logicalOr, booleans),
  ...two('LogicalXor', tf.logicalXor, booleans),
  ['Multiply overflow', () => tf.mul(tf.tensor1d([2147483647, -5], 'int32'), tf.tensor1d([2, 7], 'int32'))],
  ['Maximum NaN', () => tf.maximum(special(), tf.reverse(special()))],
  ['Minimum NaN', () => tf.minimum(special(), tf.reverse(special()))],
  ['AddN', () => tf.addN([numbers([2, 3], 1), numbers([2, 3], 2), numbers([2, 3], 3)])],
  ...one('LogicalNot', tf.logicalNot, booleans),
  ...one('Abs', tf.abs),
  ...one('Neg', tf.neg),
  ...one('Neg int32', tf.neg, integers),
  ...one('Sqrt', tf.sqrt, positive),
  ...one('Rsqrt', tf.rsqrt, positive),
  ...one('Exp', tf.exp),
  ...one('Log', tf.log, positive),
  ...one('Tanh', tf.tanh),
  ...one('Erf', tf.erf),
  ...one('Sigmoid', tf.sigmoid),
  ...one('Relu', tf.relu),
  ...one('Relu6', (x) => tf.relu6(tf.mul(x, 5))),
  ...one('Elu', tf.elu),
  ...one('LeakyRelu', (x) => tf.leakyRelu(x, 0.3)),
  ...one('Square', tf.square),
  ...one('Reciprocal', tf.reciprocal),
  ...one('Floor', tf.floor),
  ...one('Ceil', tf.ceil),
  ...one('Round', tf.round),
  ...one('Sin', tf.sin),
  ...one('Cos', tf.cos),
  ...one('Tan', tf.tan),
  ...one('Asin', (x) => tf.asin(tf.mul(x, 0.4))),
  ...one('Acos', (x) => tf.acos(tf.mul(x, 0.4))),
  ...one('Atan', tf.atan),
  ...one('Sinh', tf.sinh),
  ...one('Cosh', tf.cosh),
  ...one('Step', (x) => tf.step(x, 0.2)),
  ...one('ClipByValue', (x) => tf.clipByValue(x, -0.5, 0.5)),
  ...one('Cast to int32', (x) => tf.cast(tf.mul(x, 7), 'int32')),
  ...one('Cast to bool', (x) => tf.cast(x, 'bool')),
  ...one('Cast from bool', (x) => tf.cast(x, 'float32'), booleans),
  ...one('Identity', tf.clone),
  ...[tf.relu, tf.sigmoid, tf.tanh, tf.abs, tf.round, tf.floor, tf.sqrt, tf.exp, tf.neg].map(
    (call): Case => [`${call.name} of special numbers`, () => call(special())],
  ),
  ['step of special numbers', () => tf.step(special())],
  ['Reshape', () => tf.add(tf.reshape(numbers([2, 6]), [3, -1]), 1)],
  ['ExpandDims', () => tf.add(tf.expandDims(numbers([2, 6]), -1), 1)],
  ['Transpose', () => tf.transpose(numbers([2, 3, 4]), [2, 0, 1])],
  ['Transpose int32', () => tf.transpose(integers([2, 3]))],
  ['Transpose of axes of length 1', () => tf.add(tf.transpose(numbers([1, 3, 1, 2]), [1, 0, 3, 2]), 1)],
  ...[false, true].flatMap((ta) =>
    [false, true].map(
      (tb): Case => [
        `BatchMatMul ${ta} ${tb}`,
        () => tf.matMul(numbers(ta ? [2, 4, 3] : [2, 3, 4]), numbers(tb ? [2, 5, 4] : [2, 4, 5], 2), ta, tb),
      ],
    ),
  ),
  ['BatchMatMul 2-D', () => tf.matMul(numbers([3, 4]), numbers([4, 5], 2))],
  ['BatchMatMul broadcast', () => tf.matMul(numbers([1, 3, 4]), numbers([5, 4, 2], 2))],
  ['BatchMatMul 4-D', () => tf.matMul(numbers([2, 3, 2, 4]), numbers([2, 3, 5, 4], 2), false, true)],
  ...(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu'] as const).map(
    (activation): Case => [
      `_FusedMatMul ${activation}`,
      () =>
        tf.fused.matMul({
          a: numbers([3, 4]) as tf.Tensor2D,
          b: numbers([4, 5]) as tf.Tensor2D,
          bias: numbers([5], 3),
          activation,
          ...(activation === 'prelu' && { preluActivationWeights: numbers([5], 4) }),
        }),
    ],
  ),
  ...[undefined, 0, 1, -1, [0, 2], [0, 1]].flatMap((axis) =>
    [false, true].flatMap((keep): Case[] => [
      [`Sum ${axis} ${keep}`, () => tf.sum(numbers([2, 3, 4]), axis, keep)],
      [`Mean ${axis} ${keep}`, () => tf.mean(numbers([2, 3, 4]), axis, keep)],
      [`Max ${axis} ${keep}`, () => tf.max(numbers([2, 3, 4]), axis, keep)],
      [`Min ${axis} ${keep}`, () => tf.min(numbers([2, 3, 4]), axis, keep)],
      [`Prod ${axis} ${keep}`, () => tf.prod(numbers([2, 3, 4]), axis, keep)],
      [`All ${axis} ${keep}`, () => tf.all(booleans([2, 3, 4]), axis, keep)],
      [`Any ${axis} ${keep}`, () => tf.any(booleans([2, 3, 4]), axis, keep)],
    ]),
  ),
  ['Sum of columns', () => tf.sum(numbers([5, 7, 32]), [0, 1])],
  ['Sum of columns, kept', () => tf.sum(numbers([5, 7, 32]), [0, 1], true)],
  ['Sum int32', () => tf.sum(integers([3, 4]), 1)],
  ['Sum bool', () => tf.sum(booleans([3, 4]), 0)],
  ['Max int32', () => tf.max(integers([3, 4]), 1)],
  ['ArgMax', () => tf.argMax(numbers([3, 4]), 1)],
  ['ArgMin', () => tf.argMin(numbers([3, 4]), 0)],
  ['ArgMax of equals', () => tf.argMax(tf.tensor1d([1, 3, 3, 2]))],
  ['Softmax', () => tf.softmax(numbers([3, 5]))],
  ['LogSoftmax', () => tf.logSoftmax(numbers([2, 3, 5]))],
  ['Slice', () => tf.slice(numbers([4, 5, 6]), [1, 0, 2], [2, 5, -1])],
  ['Slice of everything', () => tf.add(tf.slice(numbers([4, 5]), [0, 0], [4, 5]), 1)],
  ['Concat', () => tf.concat([numbers([2, 3]), numbers([2, 1], 2), numbers([2, 4], 3)], 1)],
  ['Concat with an empty one', () => tf.concat([numbers([0, 3]), numbers([2, 3])], 0)],
  ['Pack', () => tf.stack([numbers([2, 3]), numbers([2, 3], 2)], 1)],
  ['SplitV', () => tf.split(numbers([2, 9]), [2, 3, 4], 1)],
  ['Unpack', () => tf.unstack(numbers([2, 3, 4]), 1)],
  [
    'GatherV2',
    () =>
      tf.gather(
        numbers([5, 3]),
        tf.tensor2d(
          [
            [4, 0],
            [2, 2],
          ],
          [2, 2],
          'int32',
        ),
      ),
  ],
  ['GatherV2 axis 1', () => tf.gather(integers([2, 5]), tf.tensor1d([4, 0, 1], 'int32'), 1)],
  [
    'UnsortedSegmentSum',
    () => tf.unsortedSegmentSum(numbers([5, 3]), tf.tensor1d([2, 0, -1, 2, 1], 'int32'), 4),
  ],
  [
    'UnsortedSegmentSum 1-D',
    () => tf.unsortedSegmentSum(numbers([5]), tf.tensor1d([2, 0, 2, 2, 1], 'int32'), 3),
  ],
  ['Fill', () => [tf.fill([2, 3], 2.5), tf.fill([4], 3, 'int32'), tf.zeros([2]), tf.ones([2, 2], 'int32')]],
  ['Fill, then arithmetic', () => tf.add(tf.mul(tf.ones([2, 3]), numbers([3])), tf.zeros([2, 3]))],
  ['Fill, scaled', () => tf.div(tf.mul(tf.ones([2, 3]), tf.scalar(3)), 6)],
  ['ZerosLike', () => tf.zerosLike(integers([3, 2]))],
  ['OnesLike', () => tf.onesLike(numbers([3, 2]))],
  ['Select', () => tf.where(booleans([2, 3]), numbers([2, 3]), numbers([2, 3], 2))],
  ['Tile', () => tf.tile(numbers([2, 3]), [2, 2])],
  ['BroadcastTo', () => tf.broadcastTo(numbers([3, 1]), [2, 3, 4])],
  ['BroadcastTo, then arithmetic', () => tf.mul(tf.broadcastTo(numbers([3, 1]), [3, 4]), numbers([3, 4], 2))],
  [
    'PadV2',
    () =>
      tf.pad(
        numbers([2, 3]),
        [
          [1, 2],
          [0, 1],
        ],
        7,
      ),
  ],
  [
    'PadV2 int32',
    () =>
      tf.pad(
        integers([2, 3]),
        [
          [1, 0],
          [0, 1],
        ],
        7,
      ),
  ],
  ['OneHot', () => tf.oneHot(tf.tensor1d([1, 3, -1, 9], 'int32'), 4)],
  ['OneHot float', () => tf.oneHot(tf.tensor2d([[1], [3]], [2, 1], 'int32'), 4, 5, -1, 'float32')],
  ['OneHot of a scalar', () => tf.oneHot(tf.scalar(1, 'int32'), 3)],
  ['two fills of one shape', () => tf.sub(tf.fill([3], 2.5), tf.fill([3], 1.5))],
  ['fills that broadcast', () => tf.div(tf.fill([3, 1], 2.5), tf.fill([1, 4], 1.5))],
  [
    'matMul of an outer product',
    () =>
      [false, true].map((transposed) => {
        const outer = tf.mul(numbers([1, 16]), numbers([3, 1], 2)) as tf.Tensor2D;
        return tf.matMul(outer, numbers([transposed ? 3 : 16, 2], 3), transposed);
      }),
  ],
  ['Select bool', () => tf.where(booleans([5]), booleans([5], 2), booleans([5], 3))],
  [
    'Max NaN',
    () => [
      tf.max(special()),
      tf.max(
        tf.tensor2d([
          [1, 2],
          [Number.NaN, -Infinity],
        ]),
        1,
        true,
      ),
    ],
  ],
  [
    'Min NaN',
    () => [
      tf.min(special()),
      tf.min(
        tf.tensor2d([
          [1, 2],
          [Number.NaN, -Infinity],
        ]),
        0,
      ),
    ],
  ],
  ['Concat of mixed types (special)', () => tf.concat([tf.tensor1d([1, 2], 'int32'), tf.tensor1d([1.5])])],
  ['special: 1 / -0', () => tf.div(1, tf.concat([tf.fill([2], 0), tf.fill([2], -0)]))],
  [
    'special: scalars 0 and -0',
    () => [tf.div(numbers([2]), tf.scalar(0)), tf.div(numbers([2]), tf.scalar(-0))],
  ],
  [
    'Complex, Real, Imag',
    () => [
      tf.real(tf.complex(numbers([3]), numbers([3], 2))),
      tf.imag(tf.complex(numbers([3]), numbers([3], 2))),
    ],
  ],
];

async function on(
  backend: string,
  call: Case[1],
): Promise<{ shape: number[]; dtype: string; data: number[] }[]> {
  await tf.setBackend(backend);
  const result = tf.tidy(() => {
    const outputs = call();
    return Array.isArray(outputs) ? outputs : [outputs];
  });
  const read = result.map((tensor) => ({
    shape: tensor.shape,
    dtype: tensor.dtype,
    data: [...tensor.dataSync()],
  }));
  tf.dispose(result);
  return read;
}

function fallbacks(): string[] {
  return report()
    .filter(({ fallback }) => fallback > 0)
    .map(({ kernel, fallback }) => `${kernel} ${fallback}`);
}

describe('lowered kernels agree with the cpu backend', () => {
  test.each(cases)('%s', async (name, call) => {
    const expected = await on('cpu', call);
    const before = fallbacks();
    const actual = await on('onnx', call);
    if (!name.includes('special') && !name.includes('NaN')) expect(fallbacks()).toEqual(before);
    expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
      expected.map(({ shape, dtype }) => ({ shape, dtype })),
    );
    actual.forEach(({ data }, i) => {
      data.forEach((number, j) => {
        const wanted = expected[i]!.data[j]!;
        if (Number.isFinite(wanted))
          expect(Math.abs(number - wanted)).toBeLessThan(2e-6 * (1 + Math.abs(wanted)));
        else expect(number).toBe(wanted);
      });
    });
  });
});

test('a negative segment is left out, whatever its numbers', async () => {
  await tf.setBackend('onnx');
  const rows = tf.tensor2d([
    [1, 2],
    [Number.NaN, Infinity],
  ]);
  const sums = tf.unsortedSegmentSum(rows, tf.tensor1d([0, -1], 'int32'), 2);
  expect([...sums.dataSync()]).toEqual([1, 2, 0, 0]);
});

describe('gather refuses an index outside of the axis', () => {
  test.each([-1, 3])('%i, when it is known', async (index) => {
    await tf.setBackend('onnx');
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([0, index], 'int32'))).toThrow(
      `GatherV2: the index value ${index} is not in [0, 2], the places along axis 0 of [3,2]. Check where the indices come from.`,
    );
  });

  test.each([-1, 3])('%i, when the graph computes it', async (index) => {
    await tf.setBackend('onnx');
    const picked = tf.tidy(() =>
      tf.gather(tf.ones([3, 2]), tf.add(tf.tensor1d([0, index - 1], 'int32'), tf.scalar(1, 'int32'))),
    );
    expect(() => picked.dataSync()).toThrow('out of data bounds');
    picked.dispose();
  });
});

test('stack refuses mixed types as the cpu backend does', async () => {
  await tf.setBackend('onnx');
  expect(() => tf.stack([tf.tensor1d([1], 'int32'), tf.tensor1d([1.5])])).toThrow('matching dtypes');
});
