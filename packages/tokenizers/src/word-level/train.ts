import { compareCodePoints } from '../code-points.ts';
import type { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import { wordCutter } from '../pipeline/words.ts';
import { assembleTrained, numbered } from '../training/assemble.ts';
import {
  checkTraining,
  type PipelineOptions,
  type TrainingOptions,
  withUnknown,
} from '../training/options.ts';
import { Pause } from '../training/pause.ts';
import type { Texts } from '../training/texts.ts';
import { countWords } from '../training/words.ts';

export interface TrainWordLevelOptions extends TrainingOptions, PipelineOptions {
  /**
   * Words that occur less often get no token.
   * @default 1
   */
  readonly minFrequency?: number;
  /**
   * Tokens that take the first ids.
   * @default the unknown token
   */
  readonly specialTokens?: readonly string[];
  /**
   * What a word without a token becomes.
   * @default '<unk>'
   */
  readonly unknownToken?: string;
}

/**
 * Makes a vocabulary of the most frequent words, as Transformer-XL has one; equally frequent ones in the order of
 * their code points.
 *
 * @throws TokenizerError for options that make no sense
 * @example
 * ```ts
 * import { trainWordLevel } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainWordLevel('to be or not to be', { vocabularySize: 4 });
 * console.log(tokenizer.encode('to be or not').tokens); // [ 'to', 'be', '<unk>', 'not' ]
 * ```
 */
export async function trainWordLevel(
  texts: Texts,
  options: TrainWordLevelOptions,
): Promise<PipelineTokenizer> {
  const {
    vocabularySize,
    minFrequency = 1,
    unknownToken = '<unk>',
    normalizer = null,
    preTokenizer = { type: 'Whitespace' },
    postProcessor = null,
    decoder = null,
    onProgress,
  } = options;
  const specialTokens = withUnknown(options.specialTokens ?? [], unknownToken);
  const least = specialTokens.length + 1;
  checkTraining({ vocabularySize, least, leastIs: 'special tokens and a word', minFrequency, specialTokens });

  const pause = new Pause(options.signal);
  const table = await countWords(texts, { split: wordCutter(normalizer, preTokenizer), pause, onProgress });
  const decode = new TextDecoder('utf-8', { ignoreBOM: true });
  const words: { word: string; count: number }[] = [];
  table.forEach((bytes, start, end, count) => {
    const word = decode.decode(bytes.subarray(start, end));
    if (count >= minFrequency && !specialTokens.includes(word)) words.push({ word, count });
  });
  words.sort((a, b) => b.count - a.count || compareCodePoints(a.word, b.word));
  const kept = words.slice(0, vocabularySize - specialTokens.length).map(({ word }) => word);
  const model = { type: 'WordLevel', vocab: numbered([...specialTokens, ...kept]), unk_token: unknownToken };
  return assembleTrained(model, specialTokens, { normalizer, preTokenizer, postProcessor, decoder });
}
