// Run where the packed packages are installed, as ESM and as CommonJS: every gradient that TensorFlow.js knows is
// registered with the one engine there is, and agrees with finite differences on the plain cpu backend.
import '@tenon/core';
import { useBackend } from '@tenon/core/backend';
import * as tf from '@tensorflow/tfjs-core';

type Operation = (x: tf.Tensor) => tf.Tensor;

const row = [0.5, 1.5, -0.5];

/**
 * By the kernel's name: the operation, and the shape of its input ([2, 3] where none is said). Left out are the ones
 * whose results are whole numbers or truth values, and MirrorPad: TensorFlow.js forgets the mirrored part in it.
 */
const operations: Readonly<Record<string, Operation | readonly [Operation, readonly number[]]>> = {
  Abs: tf.abs,
  Acos: tf.acos,
  Acosh: (x) => tf.acosh(tf.add(x, 1)),
  Add: (x) => tf.add(x, row),
  AddN: (x) => tf.addN([x, x]),
  Asin: tf.asin,
  Asinh: tf.asinh,
  Atan: tf.atan,
  Atan2: (x) => tf.atan2(x, row),
  Atanh: tf.atanh,
  AvgPool: [(x) => tf.avgPool(x as tf.Tensor4D, 2, 1, 'valid'), [1, 3, 3, 2]],
  AvgPool3D: [(x) => tf.avgPool3d(x as tf.Tensor5D, 2, 1, 'valid'), [1, 2, 3, 3, 1]],
  BatchMatMul: (x) => tf.matMul(x, x, false, true),
  BatchToSpaceND: [
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    [4, 1, 1, 2],
  ],
  BroadcastTo: [(x) => tf.broadcastTo(x, [2, 3]), [1, 3]],
  Cast: (x) => tf.cast(x, 'float32'),
  Ceil: tf.ceil,
  ClipByValue: (x) => tf.clipByValue(x, 0.3, 0.7),
  Concat: (x) => tf.concat([x, x], 1),
  Conv2D: [(x) => tf.conv2d(x as tf.Tensor4D, ramp([2, 2, 2, 3]), 1, 'same'), [1, 3, 3, 2]],
  Conv2DBackpropInput: [
    (x) => tf.conv2dTranspose(x as tf.Tensor4D, ramp([2, 2, 3, 2]), [1, 4, 4, 3], 2, 'same'),
    [1, 2, 2, 2],
  ],
  Conv3D: [(x) => tf.conv3d(x as tf.Tensor5D, ramp([2, 2, 2, 1, 2]), 1, 'same'), [1, 2, 3, 3, 1]],
  Cos: tf.cos,
  Cosh: tf.cosh,
  Cumsum: (x) => tf.cumsum(x, 1),
  DepthwiseConv2dNative: [
    (x) => tf.depthwiseConv2d(x as tf.Tensor4D, ramp([2, 2, 2, 1]), 1, 'same'),
    [1, 3, 3, 2],
  ],
  Dilation2D: [(x) => tf.dilation2d(x as tf.Tensor4D, ramp([2, 2, 2]), 1, 'same'), [1, 3, 3, 2]],
  Elu: (x) => tf.elu(tf.sub(x, 0.5)),
  Erf: tf.erf,
  Exp: tf.exp,
  ExpandDims: (x) => tf.expandDims(x, 1),
  Expm1: tf.expm1,
  Floor: tf.floor,
  FusedBatchNorm: (x) => tf.batchNorm(x, tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 2, 3]), row, row),
  GatherV2: (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1),
  Identity: tf.clone,
  LeakyRelu: (x) => tf.leakyRelu(tf.sub(x, 0.5)),
  Log: tf.log,
  Log1p: tf.log1p,
  LogSoftmax: (x) => tf.logSoftmax(x),
  LRN: [(x) => tf.localResponseNormalization(x as tf.Tensor4D, 1), [1, 2, 2, 4]],
  Max: (x) => tf.max(x, 1),
  Maximum: (x) => tf.maximum(x, row),
  MaxPool: [(x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 'same'), [1, 3, 3, 2]],
  MaxPool3D: [(x) => tf.maxPool3d(x as tf.Tensor5D, 2, 1, 'same'), [1, 2, 3, 3, 1]],
  Mean: (x) => tf.mean(x, 1),
  Min: (x) => tf.min(x, 1),
  Minimum: (x) => tf.minimum(x, row),
  Mod: (x) => tf.mod(x, tf.tensor1d([1, 2, 3])),
  Multiply: (x) => tf.mul(x, x),
  Neg: tf.neg,
  OnesLike: (x) => tf.onesLike(x),
  Pack: (x) => tf.stack([x, x], 1),
  PadV2: (x) =>
    tf.pad(x, [
      [1, 0],
      [0, 2],
    ]),
  Pow: (x) => tf.pow(x, 3),
  Prelu: (x) => tf.prelu(tf.sub(x, 0.5), tf.tensor1d([0.1, 0.2, 0.3])),
  Prod: (x) => tf.prod(x, 1),
  RealDiv: (x) => tf.div(row, x),
  Reciprocal: tf.reciprocal,
  Relu: (x) => tf.relu(tf.sub(x, 0.5)),
  Relu6: (x) => tf.relu6(tf.sub(x, 0.5)),
  Reshape: (x) => tf.reshape(x, [3, 2]),
  ResizeBilinear: [(x) => tf.image.resizeBilinear(x as tf.Tensor4D, [3, 3]), [1, 2, 2, 1]],
  ResizeNearestNeighbor: [(x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [4, 4]), [1, 2, 2, 1]],
  Reverse: (x) => tf.reverse(x, 1),
  Round: tf.round,
  Rsqrt: tf.rsqrt,
  Select: (x) => tf.where(tf.greater(row, 0), x, tf.square(x)),
  Selu: (x) => tf.selu(tf.sub(x, 0.5)),
  Sigmoid: tf.sigmoid,
  Sign: tf.sign,
  Sin: tf.sin,
  Sinh: tf.sinh,
  Slice: (x) => tf.slice(x, [0, 1], [2, 2]),
  Softmax: (x) => tf.softmax(x),
  Softplus: tf.softplus,
  SpaceToBatchND: [
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    [1, 2, 2, 2],
  ],
  SplitV: (x) => tf.mul(tf.split(x, [1, 2], 1)[0]!, tf.split(x, [1, 2], 1)[1]!),
  Sqrt: tf.sqrt,
  Square: tf.square,
  SquaredDifference: (x) => tf.squaredDifference(x, row),
  Step: (x) => tf.step(x),
  Sub: (x) => tf.sub(row, x),
  Sum: (x) => tf.sum(x, 0),
  Tan: tf.tan,
  Tanh: tf.tanh,
  Tile: (x) => tf.tile(x, [2, 2]),
  Transpose: (x) => tf.transpose(x),
  Unpack: (x) => tf.mul(tf.unstack(x, 1)[0]!, tf.unstack(x, 1)[2]!),
  UnsortedSegmentSum: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 1], 'int32'), 2),
  ZerosLike: (x) => tf.zerosLike(x),
};

/** 0.15 … 0.85, no two alike: away from every kink of the operations above. */
function ramp<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, i) => 0.15 + 0.7 * ((i * 0.618034) % 1),
  );
  return tf.tensor(values, shape);
}

/** The largest difference between the gradient and central differences, relative where it is large. */
function error(operation: Operation, shape: readonly number[]): number {
  const x = ramp([...shape]);
  const weighted = (input: tf.Tensor): tf.Scalar => {
    const output = operation(input);
    return tf.sum(tf.mul(output, ramp(output.shape)));
  };
  const gradient = tf.grad(weighted)(x).dataSync();
  const values = x.dataSync();
  const step = 2 ** -8;
  const at = (index: number, change: number): number => {
    const moved = Float32Array.from(values);
    moved[index] = (moved[index] ?? 0) + change;
    return weighted(tf.tensor(moved, [...shape])).dataSync()[0] ?? Number.NaN;
  };
  const differences = Array.from(gradient, (value, index) => {
    const expected = (at(index, step) - at(index, -step)) / (2 * step);
    return Math.abs(value - expected) / Math.max(1, Math.abs(expected));
  });
  return Math.max(
    ...differences.map((difference) => (Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)),
  );
}

async function main(): Promise<void> {
  await useBackend('cpu');
  const expected = process.argv.slice(2);
  const unregistered = expected.filter((kernel) => tf.getGradient(kernel) === undefined);
  if (expected.length === 0 || unregistered.length > 0) {
    throw new Error(
      `gradients: expected ${expected.length} (more than none), missing ${unregistered.join(', ')}`,
    );
  }
  for (const [kernel, operation] of Object.entries(operations)) {
    const [run, shape] = typeof operation === 'function' ? [operation, [2, 3]] : operation;
    const difference = tf.tidy(() => error(run, shape));
    if (!(difference < 0.01))
      throw new Error(`gradient of ${kernel}: expected finite differences, got ${difference} off`);
  }
  console.log(`${expected.length} gradients registered, ${Object.keys(operations).length} checked`);
}

void main();
