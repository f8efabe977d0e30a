import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

// Tenon's own kernels against the same mathematics in plain tfjs on the cpu backend.

type Named = Record<string, tf.Tensor>;

const normal = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

function run(name: string, inputs: Named, attrs: Record<string, number | string> = {}): tf.Tensor[] {
  const outputs: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(name, inputs, attrs);
  return Array.isArray(outputs) ? outputs : [outputs];
}

async function read(
  backend: string,
  make: () => Named,
  body: (inputs: Named) => tf.Tensor[],
): Promise<number[][]> {
  await tf.setBackend(backend);
  return tf.tidy(() => body(make()).map((tensor) => [...tensor.dataSync()]));
}

async function compare(
  make: () => Named,
  onnx: (inputs: Named) => tf.Tensor[],
  plain: (inputs: Named) => tf.Tensor[],
): Promise<void> {
  const expected = await read('cpu', make, plain);
  const actual = await read('onnx', make, onnx);
  expect(actual.map((output) => output.length)).toEqual(expected.map((output) => output.length));
  actual.forEach((output, i) => {
    const worst = Math.max(...output.map((number, j) => Math.abs(number - expected[i]![j]!)));
    expect(worst).toBeLessThan(3e-6 * Math.max(1, ...expected[i]!.map(Math.abs)));
  });
}

const layerNorm = ({ x, gamma, beta }: Named): tf.Tensor[] => {
  const { mean, variance } = tf.moments(x!, -1, true);
  const inverseStd = tf.rsqrt(tf.add(variance, 1e-5));
  return [tf.add(tf.mul(tf.mul(tf.sub(x!, mean), inverseStd), gamma!), beta!), mean, inverseStd];
};

const tanhGelu = (x: tf.Tensor): tf.Tensor => {
  const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
};
const exactGelu = (x: tf.Tensor): tf.Tensor =>
  tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

const labels = (): tf.Tensor => tf.tensor1d([3, -100, 0, 5], 'int32');
const crossEntropy = (logits: tf.Tensor): tf.Tensor => {
  const safe = tf.maximum(labels(), tf.scalar(0, 'int32')) as tf.Tensor1D;
  const counted = tf.cast(tf.greaterEqual(labels(), 0), 'float32');
  const hot = tf.cast(tf.oneHot(safe, logits.shape[1]!), 'float32');
  return tf.mul(tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), hot), 1)), counted);
};

describe('named kernels', () => {
  const normed = (): Named => ({ x: normal([2, 3, 8], 1), gamma: normal([8], 2), beta: normal([8], 3) });

  test('TenonLayerNorm', () =>
    compare(normed, (inputs) => run('TenonLayerNorm', inputs, { epsilon: 1e-5 }), layerNorm));

  test('TenonLayerNormGrad', () =>
    compare(
      () => ({ ...normed(), dy: normal([2, 3, 8], 4) }),
      ({ dy, ...inputs }) => {
        const [, mean, inverseStd] = run('TenonLayerNorm', inputs, { epsilon: 1e-5 });
        const { x, gamma } = inputs;
        return run('TenonLayerNormGrad', {
          x: x!,
          gamma: gamma!,
          mean: mean!,
          inverseStd: inverseStd!,
          dy: dy!,
        });
      },
      ({ x, gamma, beta, dy }) =>
        tf.grads((x, gamma, beta) => layerNorm({ x, gamma, beta })[0]!)([x!, gamma!, beta!], dy),
    ));

  test.each([
    ['tanh', tanhGelu],
    ['none', exactGelu],
  ] as const)('TenonGelu and TenonGeluGrad, %s', async (approximate, gelu) => {
    const make = (): Named => ({ x: tf.mul(normal([3, 7], 1), 2), dy: normal([3, 7], 2) });
    await compare(
      make,
      ({ x }) => run('TenonGelu', { x: x! }, { approximate }),
      ({ x }) => [gelu(x!)],
    );
    await compare(
      make,
      ({ x, dy }) => run('TenonGeluGrad', { x: x!, dy: dy! }, { approximate }),
      ({ x, dy }) => [tf.grad(gelu)(x!, dy)],
    );
  });

  test('TenonSoftmaxCrossEntropy and its gradient, a row ignored', async () => {
    const make = (): Named => ({ logits: tf.mul(normal([4, 6], 1), 4), dy: normal([4], 2) });
    await compare(
      make,
      ({ logits }) => run('TenonSoftmaxCrossEntropy', { logits: logits!, labels: labels() }),
      ({ logits }) => [crossEntropy(logits!), tf.logSumExp(logits!, 1)],
    );
    await compare(
      make,
      ({ logits, dy }) => {
        const [, logSumExp] = run('TenonSoftmaxCrossEntropy', { logits: logits!, labels: labels() });
        const inputs = { logits: logits!, labels: labels(), logSumExp: logSumExp!, dy: dy! };
        return run('TenonSoftmaxCrossEntropyGrad', inputs);
      },
      ({ logits, dy }) => [tf.grad(crossEntropy)(logits!, dy)],
    );
  });

  test('TenonSoftmaxCrossEntropy with logits far apart', () =>
    compare(
      () => ({
        logits: tf.tensor2d([
          [0, 1000, 0, 0, 0, 0],
          [0, 0, 0, 0, 0, 0],
          [-1e4, 0, 1, 2, 3, 4],
          [1, 2, 3, 4, 5, 6],
        ]),
      }),
      ({ logits }) => [
        tf.div(run('TenonSoftmaxCrossEntropy', { logits: logits!, labels: labels() })[0]!, 1e4),
      ],
      ({ logits }) => [tf.div(crossEntropy(logits!), 1e4)],
    ));

  // One chunk of the vocabulary; several that are kept; several that are computed again for the gradient.
  test.each([
    [5, 7, 3, false],
    [5, 7, 3, true],
    [64, 70_001, 4, true],
    [250, 70_001, 4, false],
    [250, 70_001, 4, true],
  ])(
    'TenonLinearCrossEntropy of %i rows and %i words of %i channels, biased: %s, and its gradients',
    async (rows, words, channels, biased) => {
      await tf.setBackend('onnx');
      const live = tf.memory().numTensors;
      tf.tidy(() => {
        const hidden = normal([rows, channels], 1);
        const weight = normal([words, channels], 2);
        const dy = normal([rows], 4);
        const drawn = tf.cast(tf.mul(tf.randomUniform([rows], 0, 1, 'float32', 3), words), 'int32');
        const labels = tf.where(tf.greater(dy, 1), tf.scalar(-100, 'int32'), drawn);
        const bias = biased ? normal([words], 5) : tf.scalar(0);
        const loss = (h: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor => {
          const logits = tf.add(tf.matMul(h as tf.Tensor2D, w as tf.Tensor2D, false, true), b);
          const safe = tf.maximum(labels, tf.scalar(0, 'int32'));
          const product = tf.sum(tf.mul(h, tf.gather(w, safe)), 1);
          const chosen = biased ? tf.add(product, tf.gather(b, safe)) : product;
          const counted = tf.cast(tf.greaterEqual(labels, 0), 'float32');
          return tf.mul(tf.sub(tf.logSumExp(logits, 1), chosen), counted);
        };
        const plain = [loss(hidden, weight, bias), ...tf.grads(loss)([hidden, weight, bias], dy)].map(
          (tensor) => tensor.dataSync(),
        );
        const [losses, logSumExp] = run('TenonLinearCrossEntropy', { hidden, weight, bias, labels });
        const inputs = { hidden, weight, bias, labels, logSumExp: logSumExp!, dy };
        const [dh] = run('TenonLinearCrossEntropyHiddenGrad', inputs);
        const [dw] = run('TenonLinearCrossEntropyWeightGrad', inputs);
        const db = biased ? run('TenonLinearCrossEntropyBiasGrad', inputs) : [];
        [losses, dh, dw, ...db].forEach((tensor, i) => {
          let worst = 0;
          tensor!.dataSync().forEach((number, j) => {
            worst = Math.max(worst, Math.abs(number - plain[i]![j]!));
          });
          expect(worst).toBeLessThan(1e-4);
        });
        for (const numbers of plain) expect(numbers.some((number) => Math.abs(number) > 0.01)).toBe(true);
      });
      expect(tf.memory().numTensors).toBe(live);
    },
  );

  test('TenonEmbedding and its gradient, alone and added to another', async () => {
    const ids = (): tf.Tensor =>
      tf.tensor2d(
        [
          [1, 4, 1],
          [0, 1, 2],
        ],
        [2, 3],
        'int32',
      );
    const make = (): Named => ({
      weight: normal([5, 4], 1),
      dy: normal([2, 3, 4], 2),
      other: normal([5, 4], 3),
    });
    const hot = (): tf.Tensor2D =>
      tf.cast(tf.oneHot(tf.reshape(ids(), [6]) as tf.Tensor1D, 5), 'float32') as tf.Tensor2D;
    const plainGrad = (dy: tf.Tensor): tf.Tensor =>
      tf.matMul(hot(), tf.reshape(dy, [6, 4]) as tf.Tensor2D, true);
    const grad = (dy: tf.Tensor): tf.Tensor =>
      run('TenonEmbeddingGrad', { weight: tf.zeros([5, 4]), ids: ids(), dy })[0]!;
    await compare(
      make,
      ({ weight, dy, other }) => [
        run('TenonEmbedding', { weight: weight!, ids: ids() })[0]!,
        grad(dy!),
        tf.add(other!, grad(dy!)),
        tf.add(grad(dy!), tf.square(other!)),
      ],
      ({ weight, dy, other }) => [
        tf.gather(weight!, ids()),
        plainGrad(dy!),
        tf.add(other!, plainGrad(dy!)),
        tf.add(plainGrad(dy!), tf.square(other!)),
      ],
    );
  });

  test.each([[[]], [[3]], [[5, 7]], [[64, 96]], [[128, 128]]])('TenonSquaredNorm of %j', (shape) =>
    compare(
      () => ({ x: tf.mul(normal(shape, 1), 0.1) }),
      ({ x }) => run('TenonSquaredNorm', { x: x! }),
      ({ x }) => [tf.sum(tf.square(x!))],
    ),
  );
});

test('the gradient of a layer norm whose result nobody reads', async () => {
  const make = (): Named => ({ x: normal([4, 6], 1), gamma: normal([6], 2), beta: normal([6], 3) });
  await compare(
    make,
    (given) => {
      const [y, mean, inverseStd] = run('TenonLayerNorm', given, { epsilon: 1e-5 });
      return run('TenonLayerNormGrad', {
        ...given,
        dy: tf.onesLike(y!),
        mean: mean!,
        inverseStd: inverseStd!,
      });
    },
    (given) => {
      const loss = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor =>
        tf.sum(layerNorm({ x, gamma, beta })[0]!);
      return tf.grads(loss)([given['x']!, given['gamma']!, given['beta']!]);
    },
  );
});

test.each([
  ['TenonSoftmaxCrossEntropy', () => ({ logits: tf.zeros([2, 3]), labels: tf.tensor1d([1, 3], 'int32') })],
  [
    'TenonLinearCrossEntropy',
    () => ({
      hidden: tf.ones([2, 4]),
      weight: tf.ones([3, 4]),
      bias: tf.zeros([3]),
      labels: tf.tensor1d([1, 3], 'int32'),
    }),
  ],
])('%s of a label beyond the vocabulary is an error that names it', async (name, make) => {
  await tf.setBackend('onnx');
  const inputs: Named = make();
  const outputs = run(name, inputs);
  expect(() => outputs[0]!.dataSync()).toThrow(
    new RegExp(`tfjs kernel ${name} .*(Out of range value in index tensor|out of data bounds)`, 's'),
  );
  tf.dispose([...outputs, ...Object.values(inputs)]);
});
