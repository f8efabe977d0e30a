import type { Backbone, ModelInput, RecurrentState } from '@tenon/core';
import { type Tensor2D, type Tensor3D, tensor2d, tidy } from '@tensorflow/tfjs-core';

/** Whole numbers [B][T]. */
export type Rows = readonly (readonly number[])[];

/** What goes with rows of token ids. */
export interface RowParts {
  readonly attentionMask?: Rows;
  readonly positionIds?: Rows;
}

/** Makes a model's input of rows of token ids. It is called in tidy. */
export type MakeInput = (rows: Rows, parts: RowParts) => ModelInput;

interface EncodeRowsOptions extends RowParts {
  readonly state?: RecurrentState;
}

/** Encodes rows of token ids to the last hidden states, as nested lists [B][T][C]. */
export type EncodeRows = (model: Backbone, rows: Rows, options?: EncodeRowsOptions) => number[][][];

/** Encodes through the input that `input` makes. */
export function encodeRowsAs(input: MakeInput): EncodeRows {
  return (model, rows, { state, ...parts } = {}) =>
    tidy(() => {
      const hidden: Tensor3D = model.encode(input(rows, parts), state ? { state } : {}).lastHidden;
      return hidden.arraySync();
    });
}

/** `inputIds`, with the mask and the positions where there are any. */
export function tokenInput(rows: Rows, { attentionMask, positionIds }: RowParts): ModelInput {
  return {
    inputIds: int32(rows),
    ...(attentionMask ? { attentionMask: int32(attentionMask) } : {}),
    ...(positionIds ? { positionIds: int32(positionIds) } : {}),
  };
}

/** int32 [B, T] of rows. */
function int32(rows: Rows): Tensor2D {
  return tensor2d(rows.flat(), [rows.length, rows[0]!.length], 'int32');
}
