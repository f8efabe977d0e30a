import { expectClose, selectBackend, testBackends } from '@tenon/testing';
import { expandDims, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { tiedScorer } from './tied-scorer.ts';

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('scores by the embeddings', () => {
    tidy(() => {
      const scorer = tiedScorer(
        tensor2d([
          [1, 0],
          [0, 1],
          [1, 1],
        ]),
      );
      const hidden = tensor2d([
        [2, 3],
        [0, 0],
      ]);
      expect(scorer.logits(hidden).arraySync()).toEqual([
        [2, 3, 5],
        [0, 0, 0],
      ]);
      expect(scorer.logits(expandDims(hidden)).shape).toEqual([1, 2, 3]);
      const losses = scorer.negativeLogLikelihood(hidden, tensor1d([2, -100], 'int32')).dataSync();
      expectClose('losses', losses, [Math.log(1 + Math.exp(-2) + Math.exp(-3)), 0], { absolute: 1e-6 });
    });
  });
});
