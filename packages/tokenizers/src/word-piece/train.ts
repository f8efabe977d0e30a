import { learnBPE } from '../bpe/learn.ts';
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

const BERT_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const PREFIX = '##';

export interface TrainWordPieceOptions extends TrainingOptions, PipelineOptions {
  /**
   * Lower case and no accents, as BERT's uncased models: part of the normaliser, unless one is given.
   * @default true
   */
  readonly lowercase?: boolean;
  /**
   * Pairs that occur less often are not merged.
   * @default 2
   */
  readonly minFrequency?: number;
  /**
   * Tokens that take the first ids. Where `[CLS]` and `[SEP]` are among them, texts are encoded with them.
   * @default [PAD], [UNK], [CLS], [SEP], [MASK]
   */
  readonly specialTokens?: readonly string[];
  /**
   * What a word becomes that cannot be cut into tokens.
   * @default '[UNK]'
   */
  readonly unknownToken?: string;
  /**
   * Characters of a word at the most: a longer one is unknown.
   * @default 100
   */
  readonly maxInputCharsPerWord?: number;
  /**
   * Characters that get a token whether the texts have them or not.
   * @default none
   */
  readonly initialAlphabet?: string | readonly string[];
  /**
   * Characters that get a token at the most, the most frequent ones.
   * @default 1000
   */
  readonly limitAlphabet?: number;
  /** @default 'smallestPair' */
  readonly ties?: Ties;
}

/**
 * Learns a WordPiece vocabulary as BERT's: by merging the most frequent pair, as Hugging Face's trainer does (the
 * original trainer was never published).
 *
 * @throws TokenizerError for options that make no sense
 * @example
 * ```ts
 * import { trainWordPiece } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainWordPiece(['the lowest', 'the newest'], { vocabularySize: 40 });
 * console.log(tokenizer.encode('the lowest').tokens); // [ '[CLS]', 'the', 'l', '##o', '##west', '[SEP]' ]
 * ```
 */
export async function trainWordPiece(
  texts: Texts,
  options: TrainWordPieceOptions,
): Promise<PipelineTokenizer> {
  const {
    vocabularySize,
    minFrequency = 2,
    unknownToken = '[UNK]',
    normalizer = bertNormalizer(options.lowercase ?? true),
    preTokenizer = { type: 'BertPreTokenizer' },
    decoder = { type: 'WordPiece', prefix: PREFIX, cleanup: true },
    onProgress,
  } = options;
  const specialTokens = withUnknown(options.specialTokens ?? BERT_TOKENS, unknownToken);
  const least = specialTokens.length + 1;
  checkTraining({
    vocabularySize,
    least,
    leastIs: 'special tokens and a character',
    minFrequency,
    specialTokens,
  });
  const { postProcessor = template(specialTokens) } = options;

  const pause = new Pause(options.signal);
  const table = await countWords(texts, { split: wordCutter(normalizer, preTokenizer), pause, onProgress });
  const { tokens } = await learnBPE(charactersOf(table), {
    vocabularySize,
    minFrequency,
    specialTokens,
    initialAlphabet: [...(options.initialAlphabet ?? [])],
    limitAlphabet: options.limitAlphabet ?? 1000,
    ties: options.ties ?? 'smallestPair',
    continuingPrefix: PREFIX,
    endOfWordSuffix: '',
    pause,
    onProgress,
  });
  const model = {
    type: 'WordPiece',
    unk_token: unknownToken,
    continuing_subword_prefix: PREFIX,
    max_input_chars_per_word: options.maxInputCharsPerWord ?? 100,
    vocab: numbered(tokens),
  };
  return assembleTrained(model, specialTokens, { normalizer, preTokenizer, postProcessor, decoder });
}

function bertNormalizer(lowercase: boolean): object {
  return {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase,
  };
}

/** `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`. */
function template(specialTokens: readonly string[]): object | null {
  const ids = { '[CLS]': specialTokens.indexOf('[CLS]'), '[SEP]': specialTokens.indexOf('[SEP]') };
  if (ids['[CLS]'] < 0 || ids['[SEP]'] < 0) return null;
  const token = (id: keyof typeof ids, type: number): object => ({ SpecialToken: { id, type_id: type } });
  const sequence = (id: string, type: number): object => ({ Sequence: { id, type_id: type } });
  const single = [token('[CLS]', 0), sequence('A', 0), token('[SEP]', 0)];
  return {
    type: 'TemplateProcessing',
    single,
    pair: [...single, sequence('B', 1), token('[SEP]', 1)],
    special_tokens: Object.fromEntries(
      Object.entries(ids).map(([id, value]) => [id, { id, ids: [value], tokens: [id] }]),
    ),
  };
}
