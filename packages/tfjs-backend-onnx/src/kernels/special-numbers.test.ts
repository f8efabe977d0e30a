import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

// NaN, infinities, overflow, bool and empty tensors: what the cpu backend makes of them, this one makes of them too.
// The exceptions stand in the README and are tested at the end.

const floats = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2.5,
  -2.5,
  3e9,
  -3e9,
  1e38,
  -20,
  100,
];
const integers = [0, 1, -1, 7, -7, 65_536, 2_147_483_647, -2_147_483_648];

type Call = () => tf.Tensor | tf.Tensor[];
type Result = { shape: number[]; dtype: string; data: number[] };

/** All pairs of the numbers, as two tensors. */
function pairs(numbers: number[], dtype: 'float32' | 'int32'): [tf.Tensor, tf.Tensor] {
  const left = numbers.flatMap((a) => numbers.map(() => a));
  return [
    tf.tensor1d(left, dtype),
    tf.tensor1d(
      numbers.flatMap(() => numbers),
      dtype,
    ),
  ];
}
const matrix = (): tf.Tensor2D =>
  tf.tensor2d([
    [Number.NaN, 1, 2],
    [1, Number.NaN, 2],
    [1, 2, Number.NaN],
    [Number.NaN, Number.NaN, Number.NaN],
    [-Infinity, -Infinity, -Infinity],
    [Infinity, 1, -Infinity],
    [3, 3, 1],
  ]);
const large = (): tf.Tensor2D => tf.tensor2d(integers, [2, 4], 'int32');
const left = (): tf.Tensor => tf.tensor1d([1, 0, 1, 0], 'bool');
const right = (): tf.Tensor => tf.tensor1d([1, 1, 0, 0], 'bool');
const bits = (): tf.Tensor => tf.tensor2d([1, 0, 1, 0, 0, 0], [2, 3], 'bool');

async function on(backend: string, call: Call): Promise<Result[]> {
  await tf.setBackend(backend);
  const outputs = [tf.tidy(call)].flat();
  const results = outputs.map((x) => ({ shape: x.shape, dtype: x.dtype, data: [...x.dataSync()] }));
  tf.dispose(outputs);
  return results;
}

async function agree(call: Call): Promise<void> {
  const [expected, actual] = [await on('cpu', call), await on('onnx', call)];
  expected.forEach(({ shape, dtype, data }, i) => {
    expect(actual[i]).toMatchObject({ shape, dtype });
    data.forEach((number, j) => {
      const got = actual[i]!.data[j]!;
      if (Number.isFinite(number))
        expect(Math.abs(got - number)).toBeLessThanOrEqual(1e-6 * Math.abs(number) + 1e-7);
      else expect(got).toBe(number);
    });
  });
}

const unary = [
  tf.abs,
  tf.ceil,
  tf.cos,
  tf.elu,
  tf.erf,
  tf.exp,
  tf.floor,
  tf.isFinite,
  tf.isNaN,
  tf.leakyRelu,
  tf.log,
  tf.neg,
  tf.reciprocal,
  tf.relu,
  tf.relu6,
  tf.round,
  tf.rsqrt,
  tf.sigmoid,
  tf.sign,
  tf.softplus,
  tf.sqrt,
  tf.square,
  tf.step,
  tf.tanh,
] as ((x: tf.Tensor) => tf.Tensor)[];
const arithmetic = [tf.add, tf.sub, tf.mul, tf.div, tf.maximum, tf.minimum, tf.floorDiv, tf.mod];
const comparisons = [tf.equal, tf.notEqual, tf.greater, tf.greaterEqual, tf.less, tf.lessEqual];
const reductions = [tf.sum, tf.mean, tf.max, tf.min, tf.prod, tf.argMax, tf.argMin];

describe('NaN and infinity', () => {
  test.each(unary.map((call) => [call.name, call] as const))('%s', (_name, call) =>
    agree(() => call(tf.tensor1d(floats))),
  );
  test.each([...arithmetic, ...comparisons, tf.squaredDifference].map((call) => [call.name, call] as const))(
    '%s',
    (_name, call) => agree(() => call(...pairs(floats, 'float32'))),
  );
  test.each(reductions.map((call) => [call.name, call] as const))('%s', (_name, call) =>
    agree(() => [call(matrix(), 0), call(matrix(), 1)]),
  );
  test.each<[string, Call]>([
    ['clipByValue', () => tf.clipByValue(tf.tensor1d(floats), -1, 2)],
    ['softmax and logSoftmax', () => [tf.softmax(matrix()), tf.logSoftmax(matrix())]],
    [
      'where',
      () => tf.where(left(), tf.tensor1d([Number.NaN, 1, Infinity, 0]), tf.tensor1d([1, Number.NaN, 2, 0])),
    ],
    [
      'a factor of 0 or 1',
      () => [tf.mul(tf.zerosLike(matrix()), matrix()), tf.mul(tf.onesLike(matrix()), matrix())],
    ],
    ['a product with zeros', () => tf.matMul(matrix(), tf.tensor2d([0, 1, 1, 0, 0, 0], [3, 2]))],
    ['a fill', () => [tf.fill([2], Number.NaN), tf.mul(tf.fill([2], Infinity), 0)]],
    ['casts', () => [tf.cast(tf.tensor1d(floats), 'int32'), tf.cast(tf.tensor1d(floats), 'bool')]],
  ])('%s', (_name, call) => agree(call));
});

describe('int32 overflow', () => {
  test.each(
    [tf.add, tf.sub, tf.maximum, tf.minimum, ...comparisons].map((call) => [call.name, call] as const),
  )('%s', (_name, call) => agree(() => call(...pairs(integers, 'int32'))));
  test.each<[string, Call]>([
    ['mul', () => tf.mul(tf.tensor1d(integers, 'int32'), tf.scalar(65_537, 'int32'))],
    ['sum', () => [tf.sum(large()), tf.sum(large(), 0), tf.sum(large(), 1)]],
    ['prod', () => tf.prod(tf.tensor2d([65_536, 65_536, 3, 46_341, 46_341, 1], [2, 3], 'int32'), 1)],
    ['neg', () => tf.neg(large())],
    ['max and min', () => [tf.max(large(), 1), tf.min(large(), 1)]],
    ['matMul', () => tf.matMul(large(), large(), false, true)],
  ])('%s', (_name, call) => agree(call));
});

describe('bool arithmetic', () => {
  test.each([...arithmetic, ...comparisons].map((call) => [call.name, call] as const))('%s', (_name, call) =>
    agree(() => call(left(), right())),
  );
  test.each(reductions.map((call) => [call.name, call] as const))('%s', (_name, call) =>
    agree(() => call(bits(), 1)),
  );
  test.each<[string, Call]>([
    ['logic', () => [tf.logicalAnd(left(), right()), tf.logicalXor(left(), right()), tf.logicalNot(left())]],
    ['all and any', () => [tf.all(bits(), 1), tf.any(bits(), 1), tf.all(bits()), tf.any(bits())]],
    ['mathematics', () => [tf.exp(left()), tf.abs(left()), tf.relu(left()), tf.square(left())]],
    ['casts', () => [tf.cast(left(), 'float32'), tf.cast(left(), 'int32')]],
    [
      'shapes',
      () => [tf.transpose(bits()), tf.tile(left(), [2]), tf.pad(left(), [[1, 1]]), tf.slice(left(), 1, 2)],
    ],
    ['parts', () => [...tf.split(left(), 2), ...tf.unstack(bits()), tf.concat([left(), right()])]],
    ['zerosLike and onesLike', () => [tf.zerosLike(left()), tf.onesLike(left())]],
    ['matMul', () => tf.matMul(bits() as tf.Tensor2D, bits() as tf.Tensor2D, false, true)],
  ])('%s', (_name, call) => agree(call));
});

describe('empty tensors', () => {
  const none = (): tf.Tensor2D => tf.zeros([0, 3]);
  test.each<[string, Call]>([
    ['arithmetic', () => [tf.add(none(), tf.ones([3])), tf.mul(none(), 2), tf.div(none(), none())]],
    ['mathematics', () => [tf.exp(none()), tf.relu(none()), tf.clipByValue(none(), 0, 1)]],
    ['sums', () => [tf.sum(none()), tf.sum(none(), 0), tf.sum(none(), 1), tf.prod(none(), 0)]],
    ['extremes along an axis that is there', () => [tf.max(none(), 1), tf.min(none(), 1)]],
    ['matMul', () => [tf.matMul(none(), tf.ones([3, 2])), tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 2]))]],
    [
      'shapes',
      () => [
        tf.transpose(none()),
        tf.reshape(none(), [3, 0]),
        tf.tile(none(), [2, 1]),
        tf.pad(none(), [
          [1, 0],
          [0, 0],
        ]),
      ],
    ],
    [
      'parts',
      () => [...tf.split(none(), 3, 1), tf.concat([none(), tf.ones([1, 3])]), tf.slice(tf.ones([3]), 1, 0)],
    ],
    ['stack', () => tf.stack([none(), none()])],
    [
      'gather',
      () => [tf.gather(tf.ones([3, 2]), tf.tensor1d([], 'int32')), tf.gather(tf.zeros([3, 0]), [1])],
    ],
    ['unsortedSegmentSum', () => tf.unsortedSegmentSum(none(), tf.tensor1d([], 'int32'), 2)],
    [
      'oneHot, fill, cast',
      () => [tf.oneHot(tf.tensor1d([], 'int32'), 3), tf.fill([0, 2], 1), tf.cast(none(), 'bool')],
    ],
    [
      'broadcastTo, where',
      () => [tf.broadcastTo(tf.zeros([1, 0]), [2, 0]), tf.where(tf.cast(none(), 'bool'), none(), none())],
    ],
  ])('%s', (_name, call) => agree(call));
});

test('segments that are not there are left out', () =>
  agree(() => tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([0, 2, -1, 1], 'int32'), 2)));

describe('what differs from cpu, as the README says', () => {
  test.each<[string, Call, number[], number[]]>([
    ['powers of 1 and −1', () => tf.pow([1, -1], [Number.NaN, Infinity]), [Number.NaN, Number.NaN], [1, 1]],
    ['the sign of zero', () => tf.reciprocal(tf.relu(tf.tensor1d([-0]))), [Infinity], [-Infinity]],
    ['the far end of sigmoid', () => tf.sigmoid(tf.tensor1d([-20])), [2.06115369216775e-9], [0]],
    ['products of integers beyond 2 ** 53', () => tf.square(tf.tensor1d([2_147_483_647], 'int32')), [0], [1]],
    [
      'a mean whose sum overflows',
      () => tf.mean(tf.tensor1d([3e38, 3e38])),
      [3.0000000054977558e38],
      [Infinity],
    ],
  ])('%s', async (_name, call, cpu, onnx) => {
    expect((await on('cpu', call))[0]!.data).toEqual(cpu);
    expect((await on('onnx', call))[0]!.data).toEqual(onnx);
  });
});
