import type { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import { wordCutter } from '../pipeline/words.ts';
import { assembleTrained, numbered } from '../training/assemble.ts';
import type { Ties } from '../training/merge-learner.ts';
import {
  checkTraining,
  type PipelineOptions,
  type TrainingOptions,
  withUnknown,
} from '../training/options.ts';
import { Pause } from '../training/pause.ts';
import type { Texts } from '../training/texts.ts';
import { charactersOf, countWords } from '../training/words.ts';
import { learnBPE } from './learn.ts';

/** The normaliser of BERT, in lower case and without accents. */
const LOWERED = {
  type: 'BertNormalizer',
  clean_text: true,
  handle_chinese_chars: true,
  strip_accents: null,
  lowercase: true,
};

export interface TrainBPEOptions extends TrainingOptions, PipelineOptions {
  /**
   * Pairs that occur less often are not merged.
   * @default 2
   */
  readonly minFrequency?: number;
  /**
   * Tokens that take the first ids; no merge ever spells one.
   * @default the unknown token
   */
  readonly specialTokens?: readonly string[];
  /**
   * What a character without a token becomes; `null`: such characters are left out.
   * @default '<unk>'
   */
  readonly unknownToken?: string | null;
  /**
   * What the last token of a word ends with: the empty text for nothing.
   * @default '</w>'
   */
  readonly endOfWordSuffix?: string;
  /**
   * What every token of a word but its first begins with.
   * @default ''
   */
  readonly continuingSubwordPrefix?: string;
  /**
   * Characters that get a token whether the texts have them or not.
   * @default none
   */
  readonly initialAlphabet?: string | readonly string[];
  /**
   * Characters that get a token at the most, the most frequent ones.
   * @default all
   */
  readonly limitAlphabet?: number;
  /**
   * Which of several equally frequent pairs is merged first: the one of the smallest ids (as Hugging Face's
   * trainer), the one that the text has first (minbpe), or the largest as text (subword-nmt).
   * @default 'smallestPair'
   */
  readonly ties?: Ties;
}

/**
 * Learns a BPE vocabulary over characters, as that of GPT (2018): lower case, words cut as BERT cuts them, `</w>` at
 * the end of a word. With another `preTokenizer` and suffix it is any other BPE over characters.
 *
 * @throws TokenizerError for options that make no sense
 * @example
 * ```ts
 * import { trainBPE } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainBPE(['low lower lowest', 'new newer'], { vocabularySize: 30 });
 * console.log(tokenizer.encode('lower').tokens); // [ 'lowe', 'r</w>' ]
 * ```
 * @see Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword Units
 */
export async function trainBPE(texts: Texts, options: TrainBPEOptions): Promise<PipelineTokenizer> {
  const {
    vocabularySize,
    minFrequency = 2,
    unknownToken = '<unk>',
    endOfWordSuffix = '</w>',
    continuingSubwordPrefix = '',
    normalizer = LOWERED,
    preTokenizer = { type: 'BertPreTokenizer' },
    postProcessor = null,
    decoder = endOfWordSuffix === '' ? { type: 'Fuse' } : { type: 'BPEDecoder', suffix: endOfWordSuffix },
    onProgress,
  } = options;
  const specialTokens = withUnknown(options.specialTokens ?? [], unknownToken);
  const least = specialTokens.length + 1;
  checkTraining({
    vocabularySize,
    least,
    leastIs: 'special tokens and a character',
    minFrequency,
    specialTokens,
  });

  const pause = new Pause(options.signal);
  const table = await countWords(texts, { split: wordCutter(normalizer, preTokenizer), pause, onProgress });
  const { tokens, merges } = await learnBPE(charactersOf(table), {
    vocabularySize,
    minFrequency,
    specialTokens,
    initialAlphabet: [...(options.initialAlphabet ?? [])],
    limitAlphabet: options.limitAlphabet,
    ties: options.ties ?? 'smallestPair',
    continuingPrefix: continuingSubwordPrefix,
    endOfWordSuffix,
    pause,
    onProgress,
  });
  const model = {
    type: 'BPE',
    dropout: null,
    unk_token: unknownToken,
    continuing_subword_prefix: continuingSubwordPrefix || null,
    end_of_word_suffix: endOfWordSuffix || null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: numbered(tokens),
    merges,
  };
  return assembleTrained(model, specialTokens, { normalizer, preTokenizer, postProcessor, decoder });
}
