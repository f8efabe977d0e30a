import { show, TokenizerError } from '../errors.ts';

/**
 * Checks special tokens before a training that may take minutes. One of a single character would share its
 * spelling with a token of text.
 */
export function checkSpecialTokens(tokens: readonly string[]): void {
  for (const [i, token] of tokens.entries()) {
    if ([...token].length < 2 || /\p{Surrogate}/u.test(token)) {
      throw new TokenizerError(
        `specialTokens: expected texts of two characters or more, got ${show(token)}. ` +
          'Use one such as "<|endoftext|>".',
      );
    }
    if (tokens.indexOf(token) < i) {
      throw new TokenizerError(
        `specialTokens: expected each token once, got ${show(token)} again. Remove the repetition.`,
      );
    }
  }
}
