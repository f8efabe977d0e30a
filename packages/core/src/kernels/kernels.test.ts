import {
  add,
  clone,
  dispose,
  grads,
  matMul,
  memory,
  mul,
  type Rank,
  type Scalar,
  scalar,
  square,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  tidy,
  variable,
  zeros,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BackendChoice, useBackend } from '../backend.ts';
import { CounterStream, RandomKey, RandomStream } from '../random.ts';
import { adamWUpdate } from './adamw-update.ts';
import { dropout, dropoutMask } from './dropout.ts';
import { embedding } from './embedding.ts';
import { gelu } from './gelu.ts';
import { layerNorm } from './layer-norm.ts';
import { linearCrossEntropy } from './linear-cross-entropy.ts';
import { softmaxCrossEntropy } from './softmax-cross-entropy.ts';
import { squaredNorm } from './squared-norm.ts';
import { writeRows } from './write-rows.ts';

const backends = (process.env['TENON_TEST_BACKENDS'] ?? 'onnx,cpu').split(',') as BackendChoice[];

const draw = (call: number, shape: number[]): Tensor =>
  tensor(new RandomKey(1, 0, call).normal(shape.reduce((a, b) => a * b, 1)), shape);

/** Compares the gradient of Σ w·f(inputs) with central differences, for a fixed random w. */
function expectGradient(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor[], tolerance = 2e-2): void {
  tidy(() => {
    const weight = draw(99, f(...inputs).shape);
    const objective = (...at: Tensor[]): Scalar => sum(mul(f(...at), weight));
    const analytic = grads(objective)(inputs);
    inputs.forEach((input, which) => {
      const values = input.dataSync();
      const gradient = analytic[which]!.dataSync();
      for (let i = 0; i < values.length; i++) {
        const at = (value: number): number => {
          const moved = Float32Array.from(values);
          moved[i] = value;
          return objective(
            ...inputs.map((x, j) => (j === which ? tensor(moved, input.shape) : x)),
          ).dataSync()[0]!;
        };
        const numeric = (at(values[i]! + 1e-2) - at(values[i]! - 1e-2)) / 2e-2;
        expect(Math.abs(gradient[i]! - numeric), `input ${which}, element ${i}`).toBeLessThan(
          tolerance * (1 + Math.abs(numeric)),
        );
      }
    });
  });
}

describe.each(backends)('named kernels on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it('layer norm gives zero mean and unit variance, scaled and shifted', () => {
    tidy(() => {
      const y = layerNorm(
        draw(1, [5, 8]),
        tensor(Array(8).fill(2)) as Tensor1D,
        tensor(Array(8).fill(1)) as Tensor1D,
        1e-5,
      );
      const rows = y.arraySync() as number[][];
      for (const row of rows) {
        const mean = row.reduce((a, b) => a + b) / 8;
        const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / 8;
        expect(mean).toBeCloseTo(1, 5);
        expect(variance).toBeCloseTo(4, 3);
      }
    });
  });

  it('layer norm has the right gradients', () => {
    expectGradient(
      (x, gamma, beta) => layerNorm(x!, gamma as Tensor1D, beta as Tensor1D, 1e-5),
      [draw(2, [2, 3, 5]), draw(3, [5]), draw(4, [5])],
    );
  });

  it.each(['none', 'tanh'] as const)('GELU (%s) has the right values and gradient', (approximate) => {
    const values = tidy(() => [...gelu(tensor([-3, -1, 0, 1, 3]), approximate).dataSync()]);
    // x Φ(x) from tables of the normal distribution; the approximation is within 5e-4 of it.
    [-0.00404951, -0.15865525, 0, 0.84134475, 2.99595049].forEach((exact, i) => {
      expect(Math.abs(values[i]! - exact)).toBeLessThan(approximate === 'none' ? 1e-6 : 5e-4);
    });
    expectGradient((x) => gelu(x!, approximate), [draw(5, [11])]);
  });

  it('cross-entropy is −log softmax at the label, and nothing where the label is negative', () => {
    tidy(() => {
      const logits = tensor([1, 2, 3, 1000, 0, 0, 0, 0, 0], [3, 3]) as Tensor2D;
      const losses = softmaxCrossEntropy(logits, tensor([2, -100, 1], [3], 'int32') as Tensor1D).dataSync();
      expect(losses[0]).toBeCloseTo(0.40760596, 6);
      expect(losses[1]).toBe(0);
      expect(losses[2]).toBeCloseTo(Math.log(3), 6);
    });
  });

  it('cross-entropy has the right gradient', () => {
    const labels = tensor([0, -100, 4, 2], [4], 'int32') as Tensor1D;
    expectGradient((logits) => softmaxCrossEntropy(logits as Tensor2D, labels), [draw(6, [4, 5])]);
  });

  it('the cross-entropy of a linear map is that of its product, and so are its gradients', () => {
    tidy(() => {
      const [hidden, weight] = [draw(10, [4, 3]) as Tensor2D, draw(11, [6, 3]) as Tensor2D];
      const labels = tensor([5, -100, 0, 5], [4], 'int32') as Tensor1D;
      const direct = linearCrossEntropy(hidden, weight, labels).dataSync();
      const composed = softmaxCrossEntropy(matMul(hidden, weight, false, true), labels).dataSync();
      direct.forEach((loss, i) => {
        expect(loss).toBeCloseTo(composed[i]!, 5);
      });
      expectGradient((h, w) => linearCrossEntropy(h as Tensor2D, w as Tensor2D, labels), [hidden, weight]);

      const bias = draw(7, [weight.shape[0]]) as Tensor1D;
      const biased = linearCrossEntropy(hidden, weight, labels, bias).dataSync();
      const scores = add<Tensor2D>(matMul(hidden, weight, false, true), bias);
      const composedBiased = softmaxCrossEntropy(scores, labels).dataSync();
      biased.forEach((loss, i) => {
        expect(loss).toBeCloseTo(composedBiased[i]!, 5);
      });
      const withBias = (h: Tensor, w: Tensor, b: Tensor): Tensor =>
        linearCrossEntropy(h as Tensor2D, w as Tensor2D, labels, b as Tensor1D);
      expectGradient(withBias, [hidden, weight, bias]);
    });
  });

  it('embedding picks rows and adds up the gradients of repeated ones', () => {
    tidy(() => {
      const weight = draw(7, [6, 3]) as Tensor2D;
      const ids = tensor(
        [
          [1, 4],
          [1, 0],
        ],
        [2, 2],
        'int32',
      );
      const rows = embedding(weight, ids);
      expect(rows.shape).toEqual([2, 2, 3]);
      expect([...rows.dataSync().slice(3, 6)]).toEqual([...weight.dataSync().slice(12, 15)]);
      const [gradient] = grads((w: Tensor) => sum(embedding(w as Tensor2D, ids)))([weight]);
      expect(gradient!.arraySync()).toEqual([
        [1, 1, 1],
        [2, 2, 2],
        [0, 0, 0],
        [0, 0, 0],
        [1, 1, 1],
        [0, 0, 0],
      ]);
    });
  });

  it('embedding gives the row of padding no gradient for being looked up', () => {
    tidy(() => {
      const weight = draw(7, [3, 2]) as Tensor2D;
      const ids = tensor([1, 2, 1, 2], [4], 'int32');
      const [gradient] = grads((w: Tensor) => sum(square(embedding(w as Tensor2D, ids, 1))))([weight]);
      const rows = weight.arraySync();
      expect(embedding(weight, ids, 1).arraySync()).toEqual([rows[1], rows[2], rows[1], rows[2]]);
      const learnt = rows[2]!.map((value) => 4 * value); // twice 2 w
      expect(gradient!.arraySync()).toEqual([[0, 0], [0, 0], learnt.map(Math.fround)]);
    });
  });

  it('AdamW moves as its equation says, and leaves clones alone', () => {
    const slot = {
      parameter: variable(tensor([1, -2])),
      firstMoment: variable(tensor([0.5, 0])),
      secondMoment: variable(tensor([0.25, 0])),
    };
    const kept = clone(slot.parameter);
    const gradient = tensor([2, -4]);
    const scale = scalar(0.5);
    const step = {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      weightDecay: 0.1,
      biasCorrection1: 1 - 0.9 ** 2,
      biasCorrection2: 1 - 0.99 ** 2,
    };
    adamWUpdate(slot, gradient, scale, step);
    const expected = [1, -2].map((p, i) => {
      const g = [1, -2][i]!;
      const m = 0.9 * [0.5, 0][i]! + 0.1 * g;
      const v = 0.99 * [0.25, 0][i]! + 0.01 * g * g;
      return (
        p * (1 - 0.01) - (0.1 * (m / step.biasCorrection1)) / (Math.sqrt(v / step.biasCorrection2) + 1e-8)
      );
    });
    slot.parameter.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    expect([...kept.dataSync()]).toEqual([1, -2]);
    dispose([slot.parameter, slot.firstMoment, slot.secondMoment, kept, gradient, scale]);
  });

  it('dropout drops by the words of its key, on every backend, and so does its gradient', () => {
    tidy(() => {
      const [seed, step, call] = [0xfedcba98, 7, 3];
      const key = new RandomKey(seed, step, call);
      const x = draw(8, [37, 29]);
      const y = dropout(x, 0.3, key).dataSync();
      const words = key.bits(x.size);
      const factor = Math.fround(1 / 0.7);
      const expected = x.dataSync().map((value, i) => value * (words[i]! < 0.3 * 2 ** 32 ? 0 : factor));
      expect([...y]).toEqual([...expected]);
      const dy = draw(9, [37, 29]);
      const [dx] = grads((x: Tensor) => dropout(x, 0.3, key))([x], dy);
      expect([...dx!.dataSync()]).toEqual([...dropout(dy, 0.3, key).dataSync()]);
      // A mask of its own, and the same from a counter in a tensor.
      const mask = dropoutMask([37, 29], 0.3, key).dataSync();
      expect([...mask]).toEqual([...words].map((word) => (word < 0.3 * 2 ** 32 ? 0 : factor)));
      const streams = [new RandomStream(seed, step), new CounterStream(key.counter())];
      const [a, b] = streams.map((stream) => {
        stream.next();
        return [...dropout(x, 0.3, stream.next()).dataSync()];
      });
      expect(a).toEqual(b);
    });
  });

  it('writes rows into a cache', () => {
    const cache = variable(tensor(new Float32Array(1 * 2 * 4 * 1), [1, 2, 4, 1]));
    const rows = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
    writeRows(cache, rows, 1);
    expect([...cache.dataSync()]).toEqual([0, 1, 2, 0, 0, 3, 4, 0]);
    dispose([cache, rows]);
  });

  it('sums squares', () => {
    expect(
      tidy(
        () =>
          squaredNorm(
            tensor([
              [1, 2],
              [3, 4],
            ]),
          ).dataSync()[0],
      ),
    ).toBe(30);
  });

  it('refuses ids, labels and rows that do not fit', () => {
    tidy(() => {
      const table = tensor([[1, 2]]) as Tensor2D;
      const whole = tensor([0]) as Tensor1D;
      const advice = "expected an int32 tensor, got float32. Make the tensor with the type 'int32'.";
      expect(() => embedding(table, whole)).toThrow(`embedding ids: ${advice}`);
      expect(() => softmaxCrossEntropy(table, whole)).toThrow(`softmaxCrossEntropy labels: ${advice}`);
      expect(() => linearCrossEntropy(table, table, whole)).toThrow(`linearCrossEntropy labels: ${advice}`);
      const places = zeros<Rank.R1>([1], 'int32');
      expect(() => linearCrossEntropy(table, table, places, zeros([3]))).toThrow(
        `linearCrossEntropy bias: expected [1], got [3]. Pass a number for each word.`,
      );
      const cache = variable(zeros([1, 2, 4, 3]));
      expect(() => writeRows(cache, zeros([1, 1, 1, 3]), 0)).toThrow(
        'rows: expected [1, 2, T, 3], got [1, 1, 1, 3]. Only the third axis may differ from the cache.',
      );
      cache.dispose();
    });
  });

  it('takes empty tensors', () => {
    const shapes = tidy(() => {
      const [x, c] = [tensor([], [0, 4]) as Tensor2D, tensor([1, 2, 3, 4]) as Tensor1D];
      const none = tensor([], [0], 'int32') as Tensor1D;
      const dw = grads((w) => embedding(w as Tensor2D, none))([tensor([[1, 2]])])[0]!;
      expect([...dw.dataSync()]).toEqual([0, 0]);
      expect(squaredNorm(x).dataSync()[0]).toBe(0);
      return [
        gelu(x),
        layerNorm(x, c, c, 1e-5),
        softmaxCrossEntropy(x, none),
        linearCrossEntropy(x, zeros([2, 4]), none),
        embedding(dw as Tensor2D, none),
      ].map(({ shape }) => shape);
    });
    expect(shapes).toEqual([[0, 4], [0, 4], [0], [0], [0, 2]]);
  });

  it('leaves no tensor behind', () => {
    const before = memory().numTensors;
    expectGradient(
      (x, gamma, beta) => gelu(layerNorm(x!, gamma as Tensor1D, beta as Tensor1D, 1e-5)),
      [draw(2, [2, 3]), draw(3, [3]), draw(4, [3])],
    );
    expect(memory().numTensors).toBe(before + 3);
  });
});

describe('dropoutMask', () => {
  it('drops the share asked for, keeps the mean, and repeats with its key', () => {
    const [first, again] = [0, 1].map(() =>
      tidy(() => dropoutMask([200, 50], 0.1, new RandomKey(3)).dataSync<'float32'>()),
    );
    expect(first).toEqual(again);
    expect(first!.filter((value) => value === 0).length / first!.length).toBeCloseTo(0.1, 1);
    expect(first!.reduce((a, b) => a + b) / first!.length).toBeCloseTo(1, 1);
  });

  it('refuses a rate that is not a share', () => {
    expect(() => dropoutMask([2], 1, new RandomKey(0))).toThrow(
      'dropout rate: expected a number in [0, 1), got 1.',
    );
  });
});
