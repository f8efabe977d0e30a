import type { Backbone, ModelInput, RecurrentState } from '@tenon/core';
import { type Tensor2D, type Tensor3D, tensor2d, tidy } from '@tensorflow/tfjs-core';

/** Whole numbers [B][T]. */
export type Rows = readonly (readonly number[])[];

export interface EncodeRowsOptions {
  readonly attentionMask?: Rows;
  readonly positionIds?: Rows;
  readonly state?: RecurrentState;
}

/** Token ids to the last hidden states, as nested lists [B][T][C]. */
export function encodeRows(model: Backbone, inputIds: Rows, options: EncodeRowsOptions = {}): number[][][] {
  const { attentionMask, positionIds, state } = options;
  return tidy(() => {
    const input: ModelInput = {
      inputIds: int32(inputIds),
      ...(attentionMask ? { attentionMask: int32(attentionMask) } : {}),
      ...(positionIds ? { positionIds: int32(positionIds) } : {}),
    };
    const hidden: Tensor3D = model.encode(input, state ? { state } : {}).lastHidden;
    return hidden.arraySync();
  });
}

/** int32 [B, T] of rows. */
export function int32(rows: Rows): Tensor2D {
  return tensor2d(rows.flat(), [rows.length, rows[0]!.length], 'int32');
}
