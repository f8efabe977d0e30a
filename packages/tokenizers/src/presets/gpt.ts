import type { TokenizerDefinition } from '../json/definition.ts';
import type { Merge } from '../models/bpe.ts';
import { bertCleaning } from '../normalizers/bert-steps.ts';
import { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import { specialsOf } from './bert.ts';
import { STANDARD_WORDS } from './text-standardize.ts';

export interface GPTTokenizerOptions {
  /** Token → id, `</w>` at the end of a token that ends a word. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Pairs of tokens, first the merge that applies first. */
  readonly merges: readonly Merge[];
  /** @default '<unk>' */
  readonly unknownToken?: string;
  /** @default '</w>' */
  readonly endOfWordSuffix?: string;
  /**
   * How text is cleaned and cut into words. `'bert'` is BERT's way, as Hugging Face's library does wherever ftfy and spaCy
   * are missing. `'openai'` is the release's own `text_standardize`, lower-cased and cut at blanks; the paper also ran
   * ftfy before and cut words as spaCy does, which is the caller's to do (encode takes an array of words). `'none'` takes
   * text as it is and cuts it at white space.
   * @default 'bert'
   */
  readonly standardize?: 'bert' | 'openai' | 'none';
  /**
   * Special tokens besides the unknown one, as far as the vocabulary has them.
   * @default none
   */
  readonly specialTokens?: readonly string[];
}

/**
 * A tokenizer as in GPT (2018): lower-cased words, each merged from its characters, the last of which carries `</w>`.
 *
 * @example
 * ```ts
 * import { gptTokenizer } from '@tenon/tokenizers';
 *
 * const words = ['<unk>', 't', 'o', 'o</w>', 'to</w>'];
 * const tokenizer = gptTokenizer({
 *   vocabulary: new Map(words.map((word, id) => [word, id])),
 *   merges: [['t', 'o</w>']],
 * });
 * console.log(tokenizer.encode('To to').tokens); // [ 'to</w>', 'to</w>' ]
 * ```
 * @see Radford et al. 2018, Improving Language Understanding by Generative Pre-Training
 */
export function gptTokenizer(options: GPTTokenizerOptions): PipelineTokenizer {
  const { vocabulary, merges, unknownToken = '<unk>', endOfWordSuffix = '</w>' } = options;
  const { standardize = 'bert', specialTokens = [] } = options;
  return new PipelineTokenizer({
    model: {
      type: 'BPE',
      mergesAsText: true,
      options: {
        vocabulary,
        merges,
        unknownToken,
        endOfWordSuffix,
        fuseUnknown: false,
        byteFallback: false,
        ignoreMerges: false,
      },
    },
    addedTokens: specialsOf(vocabulary, [...specialTokens, unknownToken]),
    sections: {
      ...wordsOf(standardize),
      decoder: { type: 'BPEDecoder', suffix: endOfWordSuffix },
    },
  });
}

/** How text becomes words. */
function wordsOf(
  standardize: 'bert' | 'openai' | 'none',
): Pick<TokenizerDefinition['sections'], 'normalizer' | 'pre_tokenizer'> {
  switch (standardize) {
    case 'bert':
      return { normalizer: bertCleaning({ finalSigma: true }), pre_tokenizer: { type: 'BertPreTokenizer' } };
    case 'openai':
      return STANDARD_WORDS;
    case 'none':
      return { pre_tokenizer: { type: 'WhitespaceSplit' } };
  }
}
