import {
  cast,
  expandDims,
  gather,
  mul,
  notEqual,
  reshape,
  scatterND,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { assertInt32 } from '../errors.ts';
import { defineKernel } from '../named-kernel.ts';

/** No id is negative. */
const NONE = -1;

const run = defineKernel<{ weight: Tensor; ids: Tensor }, { paddingId: number }>({
  name: 'TenonEmbedding',
  reference: ({ weight, ids }) => gather(weight, ids as Tensor2D),
  gradient: {
    inputsToSave: ['weight', 'ids'],
    gradFunc(given, saved, attributes) {
      const [weight, ids] = saved as [Tensor, Tensor];
      const { paddingId } = attributes as unknown as { paddingId: number }; // those that `run` was called with
      const learns = (): Tensor => expandDims(cast(notEqual(ids, paddingId), 'float32'), -1);
      const dy = (): Tensor => (paddingId === NONE ? (given as Tensor) : mul(given as Tensor, learns()));
      return { weight: () => runGradient({ weight, ids, dy: dy() }, {})[0]! };
    },
  },
});

// gather's own gradient in TensorFlow.js loops over the whole vocabulary for every id.
const runGradient = defineKernel<{ weight: Tensor; ids: Tensor; dy: Tensor }, Record<never, never>>({
  name: 'TenonEmbeddingGrad',
  reference({ weight, ids, dy }) {
    const [words, channels] = weight.shape as [number, number];
    const indices = reshape(ids, [ids.size, 1]);
    return scatterND(indices, reshape(dy, [ids.size, channels]), [words, channels]);
  },
});

/**
 * Rows of a matrix by their numbers.
 *
 * @param weight [V, C]
 * @param ids int32 [...], each in [0, V)
 * @param paddingId the row that stands for padding: looking it up gives it no gradient, as in PyTorch
 * @returns [..., C]
 * @throws {TenonError} when `ids` is not int32.
 */
export function embedding(weight: Tensor2D, ids: Tensor, paddingId: number = NONE): Tensor {
  assertInt32('embedding ids', ids);
  return run({ weight, ids }, { paddingId })[0]!;
}
