import { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import type { AddedToken } from '../tokenizer.ts';

export interface UnigramTokenizerOptions {
  /** Piece and log probability, by id; a blank is spelled `▁`. */
  readonly pieces: readonly (readonly [token: string, score: number])[];
  /**
   * What a character that no piece has becomes.
   * @default none: such a character is an error
   */
  readonly unknownId?: number;
  /**
   * Spell unknown text as bytes (`<0xE2>`), where the pieces have all of those it takes.
   * @default false
   */
  readonly byteFallback?: boolean;
  /** @default none */
  readonly addedTokens?: readonly AddedToken[];
  /**
   * The `normalizer` section of a tokenizer.json, `null` for none.
   * @default NFKC, with controls dropped and runs of blanks made one, as SentencePiece's `nmt_nfkc`
   */
  readonly normalizer?: object | null;
}

/**
 * A tokenizer as SentencePiece's Unigram model (T5, ALBERT, XLNet): of all ways to write a word as pieces, the most probable.
 *
 * @example
 * ```ts
 * import { unigramTokenizer } from '@tenon/tokenizers';
 *
 * const tokenizer = unigramTokenizer({
 *   pieces: [['<unk>', 0], ['▁', -3], ['▁to', -2], ['▁be', -2], ['t', -5], ['o', -5]],
 *   unknownId: 0,
 * });
 * console.log(tokenizer.encode('to be').tokens); // [ '▁to', '▁be' ]
 * ```
 * @see Kudo 2018, Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates
 */
export function unigramTokenizer(options: UnigramTokenizerOptions): PipelineTokenizer {
  const { pieces, unknownId, byteFallback = false, addedTokens = [], normalizer = NMT_NFKC } = options;
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  return new PipelineTokenizer({
    model: { type: 'Unigram', options: { pieces, unknownId, byteFallback } },
    addedTokens,
    sections: {
      normalizer,
      pre_tokenizer: metaspace,
      decoder: byteFallback
        ? { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, metaspace] }
        : metaspace,
    },
  });
}

const NMT_NFKC = {
  type: 'Sequence',
  normalizers: [
    { type: 'Nmt' },
    { type: 'NFKC' },
    { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
  ],
};
