// Turns a golden's inputs (names of Hugging Face's forward arguments) into a model's.

import type { ModelInput } from '@tenon/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { Facts } from './facts.ts';

const NAMES = {
  input_ids: 'inputIds',
  attention_mask: 'attentionMask',
  token_type_ids: 'tokenTypeIds',
  position_ids: 'positionIds',
  labels: 'labels',
} as const;

export type LabelledInput = ModelInput & { readonly inputIds: Tensor2D; readonly labels?: Tensor2D };

export interface GoldenInput {
  /** Tensors int32 [B, T]; what is nested deeper (choices) is laid out as further rows. */
  readonly batch: LabelledInput;
  /** B and T. */
  readonly shape: readonly [number, number];
  /** Which of the B·T positions hold a token. */
  readonly isToken: readonly boolean[];
  dispose(): void;
}

export function readInput(facts: Facts): GoldenInput {
  const ids = facts.nested('input_ids');
  const T = ids.shape.at(-1)!;
  const B = ids.values.length / T;
  const tensors: Partial<Record<(typeof NAMES)[keyof typeof NAMES], Tensor2D>> = {};
  for (const [theirs, ours] of Object.entries(NAMES)) {
    if (facts.has(theirs)) tensors[ours] = tensor2d(facts.nested(theirs).values, [B, T], 'int32');
  }
  const mask = facts.has('attention_mask') ? facts.nested('attention_mask').values : undefined;
  return {
    batch: { ...tensors, inputIds: tensors.inputIds! },
    shape: [B, T],
    isToken: ids.values.map((_, i) => mask?.[i] !== 0),
    dispose: () => {
      for (const tensor of Object.values(tensors)) tensor.dispose();
    },
  };
}

/**
 * The values at positions that hold a token, of a tensor whose first axis is B and whose axis `timeAxis` is T:
 * what padding computes differs by convention.
 */
export function atTokens(
  { values, shape }: { readonly values: ArrayLike<number>; readonly shape: readonly number[] },
  timeAxis: number,
  input: GoldenInput,
): ArrayLike<number> {
  if (input.isToken.every((is) => is)) return values;
  const [B, T] = input.shape;
  const inner = shape.slice(timeAxis + 1).reduce((size, dimension) => size * dimension, 1);
  const between = values.length / (B * T * inner);
  const kept: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const t = Math.floor(i / inner) % T;
    const b = Math.floor(i / (inner * T * between));
    if (input.isToken[b * T + t]) kept.push(values[i]!);
  }
  return kept;
}
