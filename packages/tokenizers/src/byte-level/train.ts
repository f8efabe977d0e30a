import { PairTable } from '../bpe/pair-table.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { BPETables } from '../models/bpe.ts';
import { MergeLearner, type Ties } from '../training/merge-learner.ts';
import { checkTraining, type TrainingOptions } from '../training/options.ts';
import { Pause } from '../training/pause.ts';
import { forEachText, type Texts } from '../training/texts.ts';
import { bytesInSymbolOrder, symbolOfByte } from './alphabet.ts';
import { type ByteLevelBPETokenizer, byteLevelFromTables } from './tokenizer.ts';
import { WordCounter } from './word-counter.ts';

const BYTES = 256;

export interface TrainByteLevelBPEOptions extends TrainingOptions {
  /**
   * Pairs that occur less often are not merged.
   * @default 2
   */
  readonly minFrequency?: number;
  /**
   * Tokens that take the first ids, as in Hugging Face's trainer; no merge ever spells one.
   * @default none
   */
  readonly specialTokens?: readonly string[];
  /**
   * Which of several equally frequent pairs is merged first: the one of the smallest ids (as Hugging Face's
   * trainer), the one that the text has first (minbpe), or the largest as text (subword-nmt).
   * @default 'smallestPair'
   */
  readonly ties?: Ties;
  /**
   * As the tokenizer's option: words are counted with the blank in front.
   * @default false
   */
  readonly addPrefixSpace?: boolean;
}

/**
 * Learns a byte-level BPE vocabulary from texts.
 *
 * @param texts one text, or any number of them, also from a stream; nothing joins across two texts
 * @throws TokenizerError for options that make no sense
 * @example
 * ```ts
 * import { trainByteLevelBPE } from '@tenon/tokenizers/training';
 *
 * const tokenizer = await trainByteLevelBPE(['to be', 'or not to be'], {
 *   vocabularySize: 262,
 *   specialTokens: ['<|endoftext|>'],
 * });
 * console.log(tokenizer.encode('to be').tokens); // [ 'to', 'Ġbe' ]
 * ```
 * @see Sennrich et al. 2016, Neural Machine Translation of Rare Words with Subword Units
 */
export async function trainByteLevelBPE(
  texts: Texts,
  options: TrainByteLevelBPEOptions,
): Promise<ByteLevelBPETokenizer> {
  const { vocabularySize, minFrequency = 2, specialTokens = [], onProgress } = options;
  const addPrefixSpace = options.addPrefixSpace ?? false;
  checkTraining({
    vocabularySize,
    least: BYTES + specialTokens.length,
    leastIs: `${BYTES} bytes and ${specialTokens.length} special tokens`,
    minFrequency,
    specialTokens,
  });
  const pause = new Pause(options.signal);

  const counter = new WordCounter();
  let read = 0;
  await forEachText(texts, (text) => {
    counter.add(text, addPrefixSpace && text !== '' && !text.startsWith(' ') ? ' ' : '');
    read++;
    if (!pause.due) return undefined;
    onProgress?.({ stage: 'reading', texts: read, words: counter.words });
    return pause.take();
  });
  onProgress?.({ stage: 'reading', texts: read, words: counter.words });

  // In a function of its own, so that the learner's memory is free before the tokenizer is made.
  const { vocabulary, tables } = await learnMerges(counter, options, pause);
  const addedTokens = specialTokens.map((content, id) => ({ content, id, special: true }));
  return byteLevelFromTables({ vocabulary, addedTokens, addPrefixSpace }, tables);
}

async function learnMerges(
  counter: WordCounter,
  options: TrainByteLevelBPEOptions,
  pause: Pause,
): Promise<{ vocabulary: ReadonlyMap<string, number>; tables: BPETables }> {
  const { vocabularySize, minFrequency = 2, specialTokens = [], ties = 'smallestPair', onProgress } = options;
  const bytes = bytesInSymbolOrder();
  const idOfByte = new Int32Array(BYTES);
  for (const [i, byte] of bytes.entries()) idOfByte[byte] = specialTokens.length + i;
  const initial = [...specialTokens, ...bytes.map(symbolOfByte)];
  const learner = new MergeLearner(counter.finish(idOfByte, vocabularySize), initial, {
    minFrequency,
    ties,
    reserved: new Set(specialTokens),
  });
  const total = vocabularySize - initial.length;
  const merges = new IdBuffer(); // left, right and merged, in turn: strings of them would take more than the tables
  while (learner.tokens.length < vocabularySize) {
    const pair = learner.next();
    if (pair === undefined) break;
    for (const id of pair) merges.push(id);
    if (!pause.due) continue;
    onProgress?.({ stage: 'merging', merges: merges.length / 3, total });
    await pause.take();
  }
  const count = merges.length / 3;
  onProgress?.({ stage: 'merging', merges: count, total: count });
  const pairs = new PairTable(count);
  const { values } = merges;
  for (let i = 0; i < merges.length; i += 3) pairs.add(values[i]!, values[i + 1]!, values[i + 2]!);
  return { vocabulary: learner.ids, tables: { tokens: learner.tokens, pairs } };
}
