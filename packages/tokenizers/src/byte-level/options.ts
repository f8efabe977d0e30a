import type { AddedToken } from '../tokenizer.ts';

export interface ByteLevelBPEOptions {
  /** Token → id, the tokens spelled in GPT-2's byte alphabet. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Pairs of tokens, first the merge that applies first. */
  readonly merges: readonly (readonly [left: string, right: string])[];
  /** @default none */
  readonly addedTokens?: readonly AddedToken[];
  /**
   * Put a blank before text that does not start with one, so that the first word is a word like any other.
   * @default false
   */
  readonly addPrefixSpace?: boolean;
  /**
   * Leave blanks at either end of a token out of its offsets.
   * @default false
   */
  readonly trimOffsets?: boolean;
  /**
   * Words whose ids are remembered, at most (rounded up to a power of two); 0 for none.
   * @default 65536
   */
  readonly cacheSize?: number;
}
