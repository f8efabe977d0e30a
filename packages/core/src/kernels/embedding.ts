import { gather, reshape, scatterND, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { assertInt32 } from '../errors.ts';
import { defineKernel } from '../named-kernel.ts';

const run = defineKernel<{ weight: Tensor; ids: Tensor }, Record<never, never>>({
  name: 'TenonEmbedding',
  reference: ({ weight, ids }) => gather(weight, ids as Tensor2D),
  gradient: {
    inputsToSave: ['weight', 'ids'],
    gradFunc(dy, saved) {
      const [weight, ids] = saved as [Tensor, Tensor];
      return {
        weight: () => runGradient({ weight, ids, dy: dy as Tensor }, {})[0]!,
      };
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
 * @returns [..., C]
 * @throws {TenonError} when `ids` is not int32.
 */
export function embedding(weight: Tensor2D, ids: Tensor): Tensor {
  assertInt32('embedding ids', ids);
  return run({ weight, ids }, {})[0]!;
}
