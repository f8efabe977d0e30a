import { show, TokenizerError } from '../errors.ts';
import type { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import { wordCutter } from '../pipeline/words.ts';
import { assembleTrained } from '../training/assemble.ts';
import {
  checkTraining,
  type PipelineOptions,
  type TrainingOptions,
  withUnknown,
} from '../training/options.ts';
import { Pause } from '../training/pause.ts';
import type { Texts } from '../training/texts.ts';
import { charactersOf, countWords } from '../training/words.ts';
import { learnUnigram } from './learn.ts';

const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };

export interface TrainUnigramOptions extends TrainingOptions, PipelineOptions {
  /**
   * Tokens that take the first ids.
   * @default the unknown token
   */
  readonly specialTokens?: readonly string[];
  /**
   * What a character without a piece becomes.
   * @default '<unk>'
   */
  readonly unknownToken?: string;
  /**
   * Characters of a piece at the most, 32 at the most.
   * @default 16
   */
  readonly maxPieceLength?: number;
  /**
   * Pieces to start from.
   * @default 1000000
   */
  readonly seedSize?: number;
  /**
   * The share of the pieces that stays after each pruning.
   * @default 0.75
   */
  readonly shrinkingFactor?: number;
  /**
   * Rounds of expectation and maximisation between two prunings.
   * @default 2
   */
  readonly subIterations?: number;
}

/**
 * Learns a Unigram vocabulary as SentencePiece's, by Hugging Face's variant of its trainer: seeds are counted in
 * the distinct words. Blanks are spelled `▁`, one is put before every text.
 *
 * @throws TokenizerError for options that make no sense
 * @example
 * ```ts
 * import { trainUnigram } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainUnigram(['the lowest', 'the newest', 'the widest'], { vocabularySize: 16 });
 * console.log(tokenizer.decode(tokenizer.encodeIds('the lowest'))); // the lowest
 * ```
 * @see Kudo 2018, Subword Regularization
 */
export async function trainUnigram(texts: Texts, options: TrainUnigramOptions): Promise<PipelineTokenizer> {
  const {
    vocabularySize,
    unknownToken = '<unk>',
    maxPieceLength = 16,
    shrinkingFactor = 0.75,
    normalizer = { type: 'NFKC' },
    preTokenizer = METASPACE,
    postProcessor = null,
    decoder = METASPACE,
    onProgress,
  } = options;
  const specialTokens = withUnknown(options.specialTokens ?? [], unknownToken);
  const least = specialTokens.length + 1;
  checkTraining({ vocabularySize, least, leastIs: 'special tokens and a character', specialTokens });
  checkRange('maxPieceLength', maxPieceLength, 1, 32);
  checkRange('shrinkingFactor', shrinkingFactor, 0.1, 0.99);

  const pause = new Pause(options.signal);
  const table = await countWords(texts, { split: wordCutter(normalizer, preTokenizer), pause, onProgress });
  const pieces = await learnUnigram(charactersOf(table), {
    pieces: vocabularySize - specialTokens.length,
    maxPieceLength,
    seedSize: options.seedSize ?? 1_000_000,
    shrinkingFactor,
    subIterations: options.subIterations ?? 2,
    pause,
    onProgress,
  });
  const model = {
    type: 'Unigram',
    unk_id: specialTokens.indexOf(unknownToken),
    vocab: [...specialTokens.map((token) => [token, 0]), ...pieces],
    byte_fallback: false,
  };
  return assembleTrained(model, specialTokens, { normalizer, preTokenizer, postProcessor, decoder });
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new TokenizerError(
    `${name}: expected a number from ${least} to ${most}, got ${show(value)}. Leave it out for the default.`,
  );
}
