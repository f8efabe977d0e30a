// Rows of token ids with padding, as models read them.
import type { ModelInput } from '@tenon/core';
import { type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core';

export type Rows = readonly (readonly number[])[];

/** Token ids [B][T] with what says which of them are tokens. */
export interface Text {
  readonly ids: Rows;
  readonly mask: Rows;
  readonly positions: Rows;
}

export const int32 = (values: readonly number[] | Rows): Tensor =>
  tensor(values as number[], undefined, 'int32');

/** Rows of tokens with padding after them, or before. */
export function laidOut(rows: Rows, time: number, isLeft: (b: number) => boolean): Text {
  const place = (b: number, values: readonly number[], padding: number): number[] => {
    const filling = new Array<number>(time - values.length).fill(padding);
    return isLeft(b) ? [...filling, ...values] : [...values, ...filling];
  };
  const ones = rows.map((row) => row.map(() => 1));
  const places = rows.map((row) => [...row.keys()]);
  return {
    ids: rows.map((row, b) => place(b, row, 7)),
    mask: ones.map((row, b) => place(b, row, 0)),
    positions: places.map((row, b) => place(b, row, 0)),
  };
}

export const tokenInput = ({ ids, mask, positions }: Text): ModelInput => ({
  inputIds: int32(ids) as Tensor2D,
  attentionMask: int32(mask) as Tensor2D,
  positionIds: int32(positions) as Tensor2D,
});
