// N tokens, C channels, V vocabulary.
import { RandomStream } from '@tenon/core';
import { expectClose, moduleContract, namedGradients, selectBackend, testBackends } from '@tenon/testing';
import {
  exp,
  eye,
  logSoftmax,
  mul,
  neg,
  reshape,
  reverse,
  type Scalar,
  slice,
  sum,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { AdaptiveEmbedding } from './adaptive-embedding.ts';
import { AdaptiveSoftmax, type AdaptiveSoftmaxOptions } from './adaptive-softmax.ts';

const V = 10;
/** Every word once, so that every cluster is asked for. */
const every = (): Tensor1D =>
  tensor1d(
    Array.from({ length: V }, (_, id) => id),
    'int32',
  );
const hidden = (): Tensor2D => tensor2d(new RandomStream(3).next().normal(V * 4), [V, 4]);
const make = (options: Partial<AdaptiveSoftmaxOptions>): AdaptiveSoftmax =>
  new AdaptiveSoftmax(V, 4, { random: new RandomStream(1), weight: draw, projection: draw, ...options });
const draw = (shape: readonly number[], key: { normal(count: number): Float32Array }): Float32Array =>
  key.normal(shape.reduce((size, dimension) => size * dimension, 1));

const variants: readonly Partial<AdaptiveSoftmaxOptions>[] = [
  {},
  { vectorSize: 3 },
  { cutoffs: [5] },
  { cutoffs: [5, 7], clusterOrder: 'original' },
  { cutoffs: [5, 7], divisor: 2 },
  { cutoffs: [2, 4, 7], divisor: 2, vectorSize: 8, clusterOrder: 'original' },
];

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each(variants.map((options) => [options]))('%j', (options) => {
    const forward = (softmax: AdaptiveSoftmax) => softmax.negativeLogLikelihood(hidden(), every());
    for (const { name, run } of moduleContract({ make: () => make(options), forward })) test(name, run);

    test('gives every word a share of one, and the same loss as its logits', () => {
      using softmax = make(options);
      tidy(() => {
        const logits = softmax.logits(reshape(hidden(), [2, 5, 4]));
        expect(logits.shape).toEqual([2, 5, V]);
        const rows = reshape(logits, [V, V]);
        if (options.cutoffs) expectClose('sums', sum(exp(rows), 1).dataSync(), new Array(V).fill(1));
        const own = sum(mul(logSoftmax(rows), eye(V)), 1); // row i asks for word i
        expectClose('losses', forward(softmax).dataSync(), neg(own).dataSync());
      });
    });

    test('what is not asked for costs nothing', () => {
      using softmax = make(options);
      tidy(() => {
        const some = tensor1d([0, -100, 9, -1, 5, 6, -100, 7, 2, 4], 'int32');
        const [all, part] = [forward(softmax), softmax.negativeLogLikelihood(hidden(), some)];
        expect([1, 3, 6].map((i) => part.dataSync()[i])).toEqual([0, 0, 0]);
        for (const i of [0, 7]) expectClose(`row ${i}`, [part.dataSync()[i]!], [all.dataSync()[i]!]);
      });
    });
  });

  test('a target beyond the vocabulary does not pass as one that is not asked for', () => {
    using softmax = make({ cutoffs: [5, 7] });
    tidy(() => {
      const loss = (target: number): number =>
        softmax
          .negativeLogLikelihood(slice(hidden(), [0, 0], [1, 4]), tensor1d([target], 'int32'))
          .dataSync()[0]!;
      expect(loss(-1)).toBe(0);
      let beyond = Number.NaN;
      try {
        beyond = loss(V);
      } catch {} // on the ONNX backend
      expect(beyond).not.toBe(0);
    });
  });

  test('the order of clusters decides which score stands for which', () => {
    const twoClusters = { cutoffs: [5, 7] };
    using ours = make({ ...twoClusters, clusterOrder: 'huggingFace' });
    using original = make({ ...twoClusters, clusterOrder: 'original' });
    tidy(() => {
      const reversed = reverse(ours.cluster_weight!, 0);
      const losses = (softmax: AdaptiveSoftmax) =>
        softmax.negativeLogLikelihood(hidden(), every()).dataSync();
      const before = losses(original);
      expect(losses(ours)).not.toEqual(before);
      original.cluster_weight!.assign(reversed);
      expectClose('with the rows reversed', losses(original), losses(ours));
    });
  });

  test('borrows tables and projections of embeddings', () => {
    const clusters = { cutoffs: [5, 7], divisor: 2, random: new RandomStream(2) };
    using embedding = new AdaptiveEmbedding(V, 4, clusters);
    const tieProjections = { embedding, clusters: [false, true, true] };
    using softmax = make({ ...clusters, tieWeights: embedding, tieProjections });
    expect([...softmax.parameters().keys()]).toEqual([
      'cluster_weight',
      'cluster_bias',
      'out_layers.0.bias',
      'out_layers.1.bias',
      'out_layers.2.bias',
      'out_projs.0',
    ]);
    const loss = (): Scalar => sum(softmax.negativeLogLikelihood(hidden(), every()));
    for (const [name, gradient] of namedGradients(embedding, loss)) {
      // The projection of the first cluster is not tied.
      expect(
        gradient.dataSync().some((value) => value !== 0),
        name,
      ).toBe(name !== 'emb_projs.0');
      gradient.dispose();
    }
  });
});
