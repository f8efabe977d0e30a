// Evaluates a text with random weights: in segments with a memory, or in windows that slide by one token.

import { RandomStream } from '@tenon/core';
import { useBackend } from '@tenon/core/backend';
import { type TransformerXLConfig, transformerXL } from '@tenon/models';
import { onnxBackend } from '@tenon/tfjs-backend-onnx';
import {
  type Rank,
  reshape,
  slice,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  version_core,
} from '@tensorflow/tfjs-core';
import { serve } from '../serve.ts';

export interface EvaluationRequest {
  /** With a memory of `length` tokens in segments as long; or the whole window anew for each token. */
  readonly kind: 'memory' | 'window';
  readonly config: TransformerXLConfig;
  /** Tokens that each prediction attends to. */
  readonly length: number;
  readonly threads: number;
}

await serve(async ({ kind, config, length, threads }: EvaluationRequest) => {
  await useBackend('onnx');
  onnxBackend().configure({ threads });
  const variant = { segmentLength: length, dropout: 0, attentionDropout: 0 };
  const random = new RandomStream(1);
  const model =
    kind === 'memory'
      ? transformerXL({ ...config, ...variant, memoryLength: length, sameLength: true }, { random })
      : transformerXL({ ...config, ...variant, memoryLength: 0, positions: 'sinusoidal' }, { random });
  const state = model.initialState?.(1);
  const text = new RandomStream(2)
    .next()
    .uniform(length + 1)
    .map((u) => Math.floor(u * config.vocabularySize));
  // A segment predicts a token after each of its own, a window the one after its last.
  const predicted = kind === 'memory' ? length : 1;
  const targets = Int32Array.from(text.slice(-predicted));
  const evaluate = async (): Promise<number> => {
    const nll = tidy(() => {
      const inputIds = tensor2d(Int32Array.from(text.slice(0, length)), [1, length], 'int32');
      const { lastHidden } = model.encode({ inputIds }, state ? { state } : {});
      const rows = reshape<Rank.R2>(lastHidden, [length, model.hiddenSize]);
      const last = slice(rows, [length - predicted, 0], [predicted, -1]);
      return sum(model.scorer.negativeLogLikelihood(last, tensor1d(targets, 'int32')));
    });
    const [total] = await nll.data();
    nll.dispose();
    return total! / predicted;
  };
  return {
    facts: { version: `tfjs ${version_core}` },
    async step() {
      const start = performance.now();
      const loss = await evaluate();
      return { milliseconds: performance.now() - start, loss };
    },
  };
});
