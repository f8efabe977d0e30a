// B batch, T time, C channels.

import {
  type Backbone,
  type Encoded,
  embedding,
  type ModelInput,
  type Pooling,
  TenonError,
} from '@tenon/core';
import {
  add,
  argMax,
  cast,
  div,
  expandDims,
  maximum,
  mean,
  mul,
  type Rank,
  range,
  reshape,
  slice,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/**
 * One vector for each sequence, [B, C].
 *
 * @param pooling absent = what the model's `headDefaults` say, else `pooled` where the model gives it, else `last`.
 * @throws {TenonError} when `pooled` is asked for and the model does not give it.
 */
export function pool(
  backbone: Backbone,
  encoded: Encoded,
  { attentionMask }: ModelInput,
  pooling: Pooling | undefined = backbone.headDefaults?.pooling,
): Tensor2D {
  const rule = pooling ?? (encoded.pooled === undefined ? 'last' : 'pooled');
  switch (rule) {
    case 'pooled':
      return pooledOf(backbone, encoded);
    case 'first':
      return tokenAt(encoded.lastHidden, 0);
    case 'last':
      return lastToken(encoded.lastHidden, attentionMask);
    case 'mean':
      return meanOfTokens(encoded.lastHidden, attentionMask);
  }
}

function pooledOf(backbone: Backbone, { pooled }: Encoded): Tensor2D {
  if (pooled !== undefined) return pooled;
  throw new TenonError({
    subject: 'pooling',
    expected: "a model that gives 'pooled'",
    got: `${backbone.constructor.name} without`,
    advice: "Take a config with a pooler, or { pooling: 'first' }, 'last' or 'mean'.",
  });
}

function tokenAt(hidden: Tensor3D, t: number): Tensor2D {
  const [B, , C] = hidden.shape;
  return reshape<Rank.R2>(slice(hidden, [0, t, 0], [B, 1, C]), [B, C]);
}

/** The last token that is not padding, wherever the padding stands. */
function lastToken(hidden: Tensor3D, mask: Tensor2D | undefined): Tensor2D {
  const [B, T, C] = hidden.shape;
  if (mask === undefined) return tokenAt(hidden, T - 1);
  const last = argMax(mul(mask, range(1, T + 1, 1, 'int32')), 1); // [B]
  const rows = add<Tensor1D>(cast(last, 'int32'), range(0, B * T, T, 'int32'));
  return embedding(reshape<Rank.R2>(hidden, [B * T, C]), rows) as Tensor2D;
}

function meanOfTokens(hidden: Tensor3D, mask: Tensor2D | undefined): Tensor2D {
  if (mask === undefined) return mean(hidden, 1);
  const counts = expandDims(cast(mask, 'float32'), -1); // [B, T, 1]
  return div(sum(mul(hidden, counts), 1), maximum(sum(counts, 1), 1));
}
