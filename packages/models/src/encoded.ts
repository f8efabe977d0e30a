// What a pass through the layers becomes for the caller. B batch, T time, C channels.
import type { Encoded, EncodeOptions, RecurrentState } from '@tenon/core';
import { type Rank, reshape, type Tensor2D, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';

/** The states that are asked for, [B·T, C] each, as [B, T, C]: all of them, or the last alone. */
export function statesInBatch(
  states: readonly Tensor2D[],
  batch: number,
  options: EncodeOptions,
): Tensor3D[] {
  const wanted = options.hiddenStates ? states : states.slice(-1);
  return wanted.map((x) => reshape<Rank.R3>(x, [batch, x.shape[0] / batch, x.shape[1]]));
}

export interface EncodedParts {
  /** Those that are asked for; the last of them is `lastHidden`. */
  readonly states: readonly Tensor3D[];
  /** Absent where the model has none. */
  readonly attentions?: readonly Tensor4D[];
  readonly state?: RecurrentState | undefined;
}

/** The parts as `encode` gives them: what nobody asked for is left out. */
export function encodedOf({ states, attentions, state }: EncodedParts, options: EncodeOptions): Encoded {
  return {
    lastHidden: states.at(-1)!,
    ...(options.hiddenStates ? { hiddenStates: states } : {}),
    ...(options.attentions && attentions ? { attentions } : {}),
    ...(state ? { state } : {}),
  };
}
