import { type BatchSource, type Json, RandomKey } from '@tenon/core';
import type { CausalLMBatch } from '@tenon/heads';
import { tensor2d } from '@tensorflow/tfjs-core';

/** Windows of a sequence that a model can learn: each token is the last one times 5 plus 0 or 1, modulo the vocabulary. */
export function tokenBatches(shape: {
  readonly batchSize: number;
  readonly length: number;
  readonly vocabularySize: number;
  readonly seed?: number;
  readonly limit?: number;
}): BatchSource<CausalLMBatch> {
  const { batchSize, length, vocabularySize, seed = 1, limit = Number.POSITIVE_INFINITY } = shape;
  let taken = 0;
  return {
    async next() {
      if (taken >= limit) return undefined;
      const bits = new RandomKey(seed, taken++).bits(batchSize * (length + 1));
      const [inputs, targets] = [new Int32Array(batchSize * length), new Int32Array(batchSize * length)];
      for (let row = 0; row < batchSize; row++) {
        let token = bits[row * (length + 1)]! % vocabularySize;
        for (let i = 0; i < length; i++) {
          inputs[row * length + i] = token;
          token = (token * 5 + (bits[row * (length + 1) + i + 1]! & 1)) % vocabularySize;
          targets[row * length + i] = token;
        }
      }
      return {
        inputIds: tensor2d(inputs, [batchSize, length], 'int32'),
        targets: tensor2d(targets, [batchSize, length], 'int32'),
      };
    },
    position: () => taken,
    seek(position: Json) {
      taken = position as number;
    },
  };
}
