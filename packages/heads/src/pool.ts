// B batch, T time, C channels.

import {
  assertShape,
  type Backbone,
  type Encoded,
  embedding,
  type ModelInput,
  type Pooling,
  TenonError,
} from '@tenon/core';
import { assertIds } from '@tenon/layers';
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

/** The model's input, and which token of each row stands for it. `gptBatch` of @tenon/data makes both. */
export interface ExtractInput extends ModelInput {
  /** int32 [B]: the token of each row that the head looks at. @default as `pooling` says */
  readonly extractIndices?: Tensor1D;
}

/**
 * One vector for each sequence, [B, C].
 *
 * @param pooling absent = what the model's `headDefaults` say, else `pooled` where the model gives it, else `last`.
 * @throws {TenonError} when `pooled` is asked for and the model does not give it, and about extract indices beyond
 *   the rows.
 */
export function pool(
  backbone: Backbone,
  encoded: Encoded,
  { attentionMask, extractIndices }: ExtractInput,
  pooling: Pooling | undefined = backbone.headDefaults?.pooling,
): Tensor2D {
  if (extractIndices !== undefined) return tokensAt(encoded.lastHidden, extractIndices);
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
  const T = hidden.shape[1];
  if (mask === undefined) return tokenAt(hidden, T - 1);
  const last = argMax(mul(mask, range(1, T + 1, 1, 'int32')), 1); // [B]
  return rowsAt(hidden, cast<Tensor1D>(last as Tensor1D, 'int32'));
}

function tokensAt(hidden: Tensor3D, indices: Tensor1D): Tensor2D {
  const [B, T] = hidden.shape;
  assertShape('extract indices', indices.shape, [B], 'Pass the place of one token for each row.');
  assertIds('extract indices', indices, T, 'Count from the first token of the row.');
  return rowsAt(hidden, indices);
}

/** One token of each row: [B, T, C] and int32 [B] to [B, C]. */
function rowsAt(hidden: Tensor3D, indices: Tensor1D): Tensor2D {
  const [B, T, C] = hidden.shape;
  const rows = add<Tensor1D>(indices, range(0, B * T, T, 'int32'));
  return embedding(reshape<Rank.R2>(hidden, [B * T, C]), rows) as Tensor2D;
}

function meanOfTokens(hidden: Tensor3D, mask: Tensor2D | undefined): Tensor2D {
  if (mask === undefined) return mean(hidden, 1);
  const counts = expandDims(cast(mask, 'float32'), -1); // [B, T, 1]
  return div(sum(mul(hidden, counts), 1), maximum(sum(counts, 1), 1));
}
