import type { AddedToken } from '../tokenizer.ts';

export interface CharTokenizerOptions {
  /** Character → id; added tokens may be among them. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** @default none */
  readonly addedTokens?: readonly AddedToken[];
  /**
   * The token of the vocabulary that a character outside it becomes.
   * @default none: such a character is an error
   */
  readonly unknownToken?: string;
}
