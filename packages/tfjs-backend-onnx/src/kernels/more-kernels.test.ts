import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectLikeCpu, type LikeCpuOptions, numbers } from '../__fixtures__/against-cpu.ts';
import { onnxBackend } from '../index.ts';

type Call = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
const both: LikeCpuOptions = { gradients: true, lowered: true };
const values: LikeCpuOptions = { lowered: true };
const special = (): tf.Tensor =>
  tf.tensor1d([Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 1e-6, -1e-6, 80, -80]);
const int32 = (shape: number[], numbers: number[]): tf.Tensor => tf.tensor(numbers, shape, 'int32');

const unary: [string, (x: tf.Tensor) => tf.Tensor, LikeCpuOptions][] = [
  ['log1p', (x) => tf.log1p(tf.abs(x)), both],
  ['expm1', tf.expm1, both],
  ['sign', tf.sign, values],
  ['softplus', tf.softplus, both],
  ['selu', tf.selu, both],
  ['elu', tf.elu, both],
  ['isNaN', tf.isNaN, values],
  ['isInf', tf.isInf, values],
  ['isFinite', tf.isFinite, values],
];
describe('unary mathematics', () => {
  test.each(unary)('%s', async (_, call, options) => {
    await expectLikeCpu(call, [numbers([3, 5])], options);
  });
  test.each(unary)('%s of special numbers', async (_, call) => {
    await expectLikeCpu(call, [special()], values);
  });
  test('log1p and expm1 keep the digits of small numbers', async () => {
    await tf.setBackend('onnx');
    const x = tf.tensor1d([1e-8, -1e-8, 3e-5, 0.4]);
    const [logarithm, exponential] = [tf.log1p(x).dataSync(), tf.expm1(x).dataSync()];
    [...x.dataSync()].forEach((number, i) => {
      expect(logarithm[i]! / Math.log1p(number)).toBeCloseTo(1, 6);
      expect(exponential[i]! / Math.expm1(number)).toBeCloseTo(1, 6);
    });
  });
});

const dividends = [7, -7, 7, -7, 0, 5, -2147483648, 2147483647, -1];
const divisors = [2, 2, -2, -2, 3, 0, -1, -3, 5];
const cases: [string, Call, () => tf.Tensor[], LikeCpuOptions][] = [
  ['prelu', tf.prelu as Call, () => [numbers([2, 3, 4]), numbers([4], 2)], both],
  ['floorDiv int32', tf.floorDiv as Call, () => [int32([9], dividends), int32([9], divisors)], values],
  ['floorDiv float32', tf.floorDiv as Call, () => [numbers([4, 5]), numbers([5], 2)], {}],
  ['cumsum', (x) => tf.cumsum(x!, 2), () => [numbers([2, 5, 3])], both],
  // tfjs' gradient of it along another axis has the wrong shape.
  ['cumsum of a middle axis', (x) => tf.cumsum(x!, 1), () => [numbers([2, 5, 3])], values],
  ['cumsum exclusive', (x) => tf.cumsum(x!, 2, true), () => [numbers([2, 5, 3])], both],
  ['cumsum reverse', (x) => tf.cumsum(x!, 0, false, true), () => [numbers([4, 3])], values],
  ['cumsum int32', (x) => tf.cumsum(x!, 0, true, true), () => [int32([4], [1, 2, 3, 4])], values],
  ['reverse', (x) => tf.reverse(x!, [0, 2]), () => [numbers([3, 4, 5])], both],
  ['reverse of all axes', (x) => tf.reverse(x!), () => [numbers([3, 4])], both],
  [
    'stridedSlice',
    (x) => tf.stridedSlice(x!, [1, 4, 0], [3, 0, 5], [1, -2, 2]),
    () => [numbers([3, 5, 6])],
    values,
  ],
  [
    'stridedSlice with masks',
    (x) => tf.stridedSlice(x!, [1, 0, 2], [2, 0, 5], [1, 1, 1], 2, 2, 0, 0, 1),
    () => [numbers([3, 5, 6])],
    values,
  ],
  [
    'stridedSlice backwards to the beginning',
    (x) => tf.stridedSlice(x!, [4], [0], [-1], 0, 1),
    () => [numbers([5, 2])],
    values,
  ],
  [
    'mirrorPad reflect',
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [1, 2],
          [0, 0],
          [2, 1],
        ],
        'reflect',
      ),
    () => [numbers([3, 2, 4])],
    values,
  ],
  [
    'mirrorPad symmetric',
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [3, 2],
          [0, 1],
        ],
        'symmetric',
      ),
    () => [numbers([3, 2])],
    values,
  ],
  [
    'gatherND of rows',
    (x, i) => tf.gatherND(x!, i!),
    () => [numbers([3, 4, 5]), int32([2, 2], [2, 1, 0, 3])],
    values,
  ],
  [
    'gatherND of elements',
    (x, i) => tf.gatherND(x!, i!),
    () => [numbers([3, 4]), int32([1, 2, 2], [2, 1, 0, 3])],
    values,
  ],
  [
    'gatherND by computed indices',
    (x, i) => tf.gatherND(x!, tf.add(i!, tf.scalar(1, 'int32'))),
    () => [numbers([3, 4]), int32([2, 1], [1, 0])],
    values,
  ],
  [
    'scatterND adds what meets',
    (i, x) => tf.scatterND(i!, x!, [4, 3]),
    () => [int32([3, 1], [2, 0, 2]), numbers([3, 3])],
    values,
  ],
  [
    'scatterND by a row of indices',
    (i, x) => tf.scatterND(i!, x!, [5]),
    () => [int32([3], [0, 4, 0]), numbers([3])],
    values,
  ],
  [
    'scatterND of int32 elements',
    (i, x) => tf.scatterND(i!, x!, [3, 3]),
    () => [int32([3, 2], [2, 1, 0, 0, 2, 1]), int32([3], [5, 6, 7])],
    values,
  ],
  [
    'topk',
    (x) => {
      const { values, indices } = tf.topk(x!, 3);
      return [values, indices];
    },
    () => [numbers([2, 7])],
    values,
  ],
  [
    'topk of equals',
    (x) => {
      const { values, indices } = tf.topk(x!, 3);
      return [values, indices];
    },
    () => [tf.tensor1d([1, 3, 3, 2, 3])],
    values,
  ],
  [
    'einsum of matrices',
    (a, b) => tf.einsum('ij,jk->ki', a!, b!),
    () => [numbers([3, 4]), numbers([4, 2], 2)],
    values,
  ],
  [
    'einsum in a batch',
    (a, b) => tf.einsum('bhqd,bhkd->bhqk', a!, b!),
    () => [numbers([2, 2, 3, 4]), numbers([2, 2, 5, 4], 2)],
    values,
  ],
  ['einsum of one', (a) => tf.einsum('ijk->k', a!), () => [numbers([2, 3, 4])], values],
  [
    'batchNorm',
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x!,
        mean as tf.Tensor1D,
        tf.square(variance!) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-2,
      ),
    () => [numbers([2, 3, 4, 5]), ...[2, 3, 4, 5].map((seed) => numbers([5], seed))],
    both,
  ],
  [
    'batchNorm without scale and offset',
    (x, mean, variance) => tf.batchNorm(x!, mean as tf.Tensor1D, tf.square(variance!) as tf.Tensor1D),
    () => [numbers([6, 5]), numbers([5], 2), numbers([5], 3)],
    values,
  ],
  [
    'batchToSpaceND',
    (x) =>
      tf.batchToSpaceND(
        x!,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    () => [numbers([8, 2, 3, 2])],
    both,
  ],
  [
    'spaceToBatchND',
    (x) =>
      tf.spaceToBatchND(
        x!,
        [2, 3],
        [
          [1, 0],
          [0, 2],
        ],
      ),
    () => [numbers([2, 3, 4, 2])],
    both,
  ],
  [
    'depthToSpace',
    (x) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC'),
    () => [numbers([2, 3, 2, 8])],
    values,
  ],
  [
    'atrous convolution',
    (x, w) =>
      tf.pool(
        tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same') as tf.Tensor4D,
        2,
        'max',
        'same',
        [2, 2],
      ),
    () => [numbers([1, 7, 6, 2]), numbers([3, 3, 2, 3], 2)],
    both,
  ],
  [
    'localResponseNormalization',
    (x) => tf.localResponseNormalization(x as tf.Tensor4D, 2, 1.5, 0.7, 0.6),
    () => [numbers([2, 3, 2, 7])],
    values,
  ],
];
test.each(cases)('%s', async (_, call, inputs, options) => {
  await expectLikeCpu(call, inputs(), options);
});

describe('resizing', () => {
  const sizes: [number, number][] = [
    [7, 5],
    [2, 3],
    [1, 1],
    [4, 12],
  ];
  const modes: [boolean, boolean][] = [
    [false, false],
    [true, false],
    [false, true],
  ];
  const combined = sizes.flatMap((size) => modes.map(([align, half]) => ({ size, align, half })));
  for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
    test.each(combined)(
      `${resize.name} $size, corners $align, centres $half`,
      async ({ size, align, half }) => {
        await expectLikeCpu(
          (x) => resize(x as tf.Tensor4D, size, align, half),
          [numbers([2, 4, 6, 3])],
          values,
        );
      },
    );
  }
});

describe('indices outside of the tensor', () => {
  test('known ones are refused as on cpu', async () => {
    await tf.setBackend('onnx');
    const outside = tf.tensor2d([[0], [3]], [2, 1], 'int32');
    expect(() => tf.gatherND(tf.ones([3, 2]), outside)).toThrow('Invalid indices');
    expect(() => tf.scatterND(outside, tf.ones([2, 2]), [3, 2])).toThrow('Invalid indices');
  });
  test.each([
    [-1, 0],
    [0, 2],
  ])('computed ones, [%i, %i]', async (row, column) => {
    await tf.setBackend('onnx');
    const indices = tf.tidy(() =>
      tf.mul(tf.tensor2d([[row, column]], [1, 2], 'int32'), tf.tensor1d([1, 1], 'int32')),
    );
    const computed = tf.tidy(() =>
      tf.gatherND(tf.ones([3, 2]), tf.mul(indices, tf.tensor1d([1, 1], 'int32'))),
    );
    expect(() => computed.dataSync()).toThrow('out of data bounds');
    tf.dispose([indices, computed]);
  });
});

describe('leakyRelu', () => {
  test('of ever new slopes gives what cpu gives, and makes no graph for each', async () => {
    const x = special();
    const slopes = Array.from({ length: 30 }, (_, i) => 0.3 + i / 64);
    await tf.setBackend('cpu');
    const wanted = slopes.map((slope) => [...tf.leakyRelu(x, slope).dataSync()]);
    await tf.setBackend('onnx');
    const before = onnxBackend().statistics.sessionBuilds;
    const got = slopes.map((slope) => [...tf.leakyRelu(x, slope).dataSync()]);
    // The cpu backend multiplies in float64.
    const rounded = (rows: number[][]): string[] => rows.flat().map((number) => number.toPrecision(6));
    expect(rounded(got)).toEqual(rounded(wanted));
    // Eight with the slope built in at most, one with the slope as an input.
    expect(onnxBackend().statistics.sessionBuilds - before).toBeLessThanOrEqual(9);
  });
});
