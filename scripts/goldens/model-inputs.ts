// Turns a golden's inputs (names of Hugging Face's forward arguments) into tensors.

import type { ModelInput } from '@tenon/core';
import {
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  tensor1d,
  tensor2d,
  tile,
} from '@tensorflow/tfjs-core';
import type { Facts } from './facts.ts';

/** What the model itself reads, with a number for each token. */
const TOKENS = {
  input_ids: 'inputIds',
  attention_mask: 'attentionMask',
  token_type_ids: 'tokenTypeIds',
  position_ids: 'positionIds',
} as const;

export interface GoldenInput {
  /** Tensors int32 [B, T]; the choices of a question are rows one after another. */
  readonly model: ModelInput & { readonly inputIds: Tensor2D };
  /** B and T. */
  readonly shape: readonly [number, number];
  /** How many rows belong to one question; 1 where there are no choices. */
  readonly choices: number;
  /** Which of the B·T positions hold a token. */
  readonly isToken: readonly boolean[];
  /** The inputs that are not read by the model itself: labels, positions of answers. */
  readonly others: readonly string[];
  has(name: string): boolean;
  /** What stands under a name in the file, of its own shape: int32 where every number is whole. */
  take(name: string): Tensor;
  /** The same with a number for each sequence. */
  perSequence(name: string): Tensor1D;
  /** The same with a number for each row, those of choices among them, [B]. */
  perRow(name: string): Tensor1D;
  /** The same with a number for each token, [B, T]. */
  perToken(name: string): Tensor2D;
  /** The same as float32. */
  numbers(name: string): Tensor;
  /** Hands a tensor over that was made of these, to be disposed of with them. */
  keep<T extends Tensor>(tensor: T): T;
  dispose(): void;
}

export function readInput(facts: Facts): GoldenInput {
  const ids = facts.nested('input_ids');
  const T = ids.shape.at(-1)!;
  const B = ids.values.length / T;
  const made: Tensor[] = [];
  const keep = <T extends Tensor>(value: T): T => {
    made.push(value);
    return value;
  };
  const read = (name: string, type?: 'float32'): Tensor => {
    const { values, shape } = facts.nested(name);
    return keep(tensor(values, shape, type ?? (values.every(Number.isInteger) ? 'int32' : 'float32')));
  };
  const perToken = (name: string): Tensor2D => {
    const { values } = facts.nested(name);
    const rows = keep(tensor2d(values, [values.length / T, T], 'int32'));
    return rows.shape[0] === B ? rows : keep(tile(rows, [B / rows.shape[0], 1])); // one row for all
  };
  const model: Partial<Record<(typeof TOKENS)[keyof typeof TOKENS], Tensor2D>> = {};
  for (const [theirs, ours] of Object.entries(TOKENS)) if (facts.has(theirs)) model[ours] = perToken(theirs);
  const mask = facts.has('attention_mask') ? facts.nested('attention_mask').values : undefined;
  return {
    model: { ...model, inputIds: model.inputIds! },
    shape: [B, T],
    choices: ids.shape.length === 3 ? ids.shape[1]! : 1,
    isToken: ids.values.map((_, i) => mask?.[i] !== 0),
    others: facts.names.filter((name) => facts.has(name) && !Object.hasOwn(TOKENS, name)),
    has: (name) => facts.has(name),
    take: (name) => read(name),
    perSequence: (name) => read(name) as Tensor1D,
    perRow: (name) => keep(tensor1d(facts.nested(name).values, 'int32')),
    perToken,
    numbers: (name) => read(name, 'float32'),
    keep,
    dispose: () => {
      for (const value of made.splice(0)) value.dispose();
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
