import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectLikeCpu, numbers } from '../__fixtures__/against-cpu.ts';

// Values and gradients against the cpu backend: every padding, stride and dilation that tfjs takes.

type Pad = 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
const pads: Pad[] = [
  'same',
  'valid',
  1,
  [
    [0, 0],
    [2, 1],
    [0, 1],
    [0, 0],
  ],
];

interface Case {
  image: [number, number, number, number];
  filter: [number, number, number, number];
  strides: [number, number];
  dilations: [number, number];
}
const cases: Case[] = [
  { image: [2, 6, 7, 3], filter: [3, 2, 3, 4], strides: [1, 1], dilations: [1, 1] },
  { image: [2, 8, 7, 3], filter: [3, 3, 3, 5], strides: [2, 3], dilations: [1, 1] },
  { image: [1, 9, 9, 1], filter: [2, 3, 1, 2], strides: [1, 1], dilations: [2, 3] },
  { image: [2, 6, 6, 2], filter: [2, 2, 2, 2], strides: [3, 3], dilations: [1, 1] },
  { image: [3, 5, 4, 17], filter: [3, 3, 17, 1], strides: [1, 2], dilations: [1, 1] },
  { image: [1, 4, 4, 20], filter: [3, 3, 20, 30], strides: [1, 1], dilations: [1, 1] },
];
const combinations = cases.flatMap((one) => pads.map((pad) => ({ ...one, pad })));
const name = ({ image, filter, strides, dilations, pad }: Case & { pad: Pad }): string =>
  `image ${image}, filter ${filter}, strides ${strides}, dilations ${dilations}, pad ${JSON.stringify(pad)}`;

/** A convolution and, where the cpu backend has them, its gradients. */
async function expectConvolutionLikeCpu(
  convolve: typeof tf.conv2d | typeof tf.depthwiseConv2d,
  { image, filter, strides, dilations, pad }: Case & { pad: Pad },
): Promise<void> {
  const rounding = typeof pad === 'number' ? 'floor' : undefined;
  const call = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
    convolve(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilations, rounding);
  await expectLikeCpu(call, [numbers(image), numbers(filter, 2)], {
    gradients: dilations.every((dilation) => dilation === 1),
    lowered: true,
  });
}

describe('conv2d', () => {
  test.each(combinations.map((one) => [name(one), one] as const))('%s', (_, one) =>
    expectConvolutionLikeCpu(tf.conv2d, one),
  );

  test('channels first', async () => {
    await expectLikeCpu(
      (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same', 'NCHW'),
      [numbers([2, 3, 7, 6]), numbers([3, 2, 3, 4], 2)],
      { gradients: true, lowered: true },
    );
  });

  test('the result of one is the image of the next, element-wise operations in between', async () => {
    await expectLikeCpu(
      (x, w, v, bias) => {
        const y = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), bias!));
        return tf.conv2d(tf.mul(y, tf.sigmoid(y)) as tf.Tensor4D, v as tf.Tensor4D, 1, 'valid');
      },
      [numbers([2, 5, 6, 3]), numbers([3, 3, 3, 4], 2), numbers([2, 2, 4, 2], 3), numbers([4], 4)],
      { gradients: true, lowered: true },
    );
  });

  test('transposed', async () => {
    await expectLikeCpu(
      (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 9, 8, 3], 2, 'same'),
      [numbers([2, 5, 4, 6]), numbers([3, 3, 3, 6], 2)],
      { gradients: true, lowered: true },
    );
  });

  test.each(['valid', 'same'] as const)('conv1d, pad %s', async (pad) => {
    await expectLikeCpu(
      (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, pad),
      [numbers([2, 9, 5]), numbers([3, 5, 4], 2)],
      { gradients: true, lowered: true },
    );
  });
});

describe('depthwiseConv2d', () => {
  const depthwise = combinations.map((one) => {
    const [height, width, channels] = one.filter;
    return { ...one, filter: [height, width, channels, 1 + (channels % 3)] as Case['filter'] };
  });
  test.each(depthwise.map((one) => [name(one), one] as const))('%s', (_, one) =>
    expectConvolutionLikeCpu(tf.depthwiseConv2d, one),
  );

  test('separable', async () => {
    await expectLikeCpu(
      (x, w, v) => tf.separableConv2d(x as tf.Tensor4D, w as tf.Tensor4D, v as tf.Tensor4D, 1, 'same'),
      [numbers([2, 5, 6, 3]), numbers([3, 3, 3, 2], 2), numbers([1, 1, 6, 4], 3)],
      { gradients: true, lowered: true },
    );
  });
});

describe('fused convolutions', () => {
  const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'prelu', 'leakyrelu'] as const;
  test.each(activations)('%s', async (activation) => {
    const slope = activation === 'prelu' ? { preluActivationWeights: numbers([4], 5) } : {};
    const alpha = activation === 'leakyrelu' ? { leakyreluAlpha: 0.3 } : {};
    const call = (x: tf.Tensor, filter: tf.Tensor, bias?: tf.Tensor): tf.Tensor =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        activation,
        ...(bias && { bias }),
        ...slope,
        ...alpha,
      });
    const inputs = [numbers([2, 5, 6, 3]), numbers([3, 2, 3, 4], 2)];
    await expectLikeCpu(call, [...inputs, numbers([4], 3)], { lowered: true });
    await expectLikeCpu(call, [...inputs, numbers([], 3)], { lowered: true });
    await expectLikeCpu(call, inputs, { lowered: true });
  });

  test('relu, gradients', async () => {
    await expectLikeCpu(
      (x, filter, bias) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: [2, 1],
          pad: 'valid',
          bias: bias!,
          activation: 'relu',
        }),
      [numbers([2, 7, 6, 3]), numbers([3, 2, 3, 4], 2), numbers([4], 3)],
      { gradients: true, lowered: true },
    );
  });

  test('channels first', async () => {
    await expectLikeCpu(
      (x, filter, bias) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: 1,
          pad: 'valid',
          dataFormat: 'NCHW',
          bias: bias!,
          activation: 'prelu',
          preluActivationWeights: numbers([4], 6),
        }),
      [numbers([2, 3, 7, 6]), numbers([3, 2, 3, 4], 2), numbers([4], 3)],
      { lowered: true },
    );
  });

  test('depthwise', async () => {
    await expectLikeCpu(
      (x, filter, bias) =>
        tf.fused.depthwiseConv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides: 1,
          pad: 'same',
          bias: bias!,
          activation: 'relu',
        }),
      [numbers([2, 7, 6, 3]), numbers([3, 2, 3, 2], 2), numbers([6], 3)],
      { gradients: true, lowered: true },
    );
  });
});

describe('pooling', () => {
  const windows = [
    [2, 2],
    [3, 2],
    [
      [2, 3],
      [3, 1],
    ],
    [
      [3, 3],
      [1, 1],
    ],
    [2, 3],
  ] as const;
  const combined = windows.flatMap(([size, strides]) =>
    (['same', 'valid', 1] as const).map((pad) => ({ size, strides, pad })),
  );
  type Size = number | [number, number];
  for (const pool of [tf.maxPool, tf.avgPool]) {
    test.each(combined)(`${pool.name} $size, strides $strides, pad $pad`, async ({ size, strides, pad }) => {
      const rounding = pad === 1 ? 'floor' : undefined;
      // tfjs takes the height's filter and stride for the width too where the padding is a number.
      const lowered = !(pad === 1 && Array.isArray(size) && size[0] !== size[1]);
      await expectLikeCpu(
        (x) => pool(x as tf.Tensor4D, size as Size, strides as Size, pad, rounding),
        [numbers([2, 7, 6, 3])],
        { gradients: true, lowered },
      );
    });
  }

  test('the first of equals takes the gradient', async () => {
    const ties = tf.tensor4d([1, 1, 0, 0, 1, 1, 0, 0], [1, 2, 4, 1]);
    await expectLikeCpu((x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 'same'), [ties], { gradients: true });
    await expectLikeCpu((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), [ties], { gradients: true });
  });

  test('a window in the padding alone falls back', async () => {
    await expectLikeCpu((x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 2, 'floor'), [numbers([1, 3, 3, 1])]);
  });
});

test('a window that no image fills is as on cpu', async () => {
  await tf.setBackend('onnx');
  const y = tf.conv2d(numbers([1, 2, 2, 1]) as tf.Tensor4D, numbers([3, 3, 1, 1]) as tf.Tensor4D, 1, 'valid');
  expect(y.shape).toEqual([1, 0, 0, 1]);
});
