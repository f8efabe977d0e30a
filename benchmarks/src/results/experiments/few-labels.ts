// SST-2 with few labels and a lot of text without: what pre-training is for.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentExample, TextExample } from '@tenon/data';
import type { Tokenizer } from '@tenon/tokenizers';
import { trainWordPiece } from '@tenon/tokenizers/training';
import type { TrainingArguments } from '@tenon/trainers';
import { sst2Sentences } from '../../data-sets.ts';

/** How many of the 6,920 labels a model may see. */
const LABELLED = 500;

export interface FewLabels {
  readonly tokenizer: Tokenizer;
  /** With labels. */
  readonly train: readonly TextExample[];
  readonly dev: readonly TextExample[];
  /** The training sentences without their labels. */
  readonly reviews: readonly DocumentExample[];
  /** Paragraphs of WikiText-2. */
  readonly articles: readonly DocumentExample[];
}

export async function fewLabels(data: string): Promise<FewLabels> {
  const [all, dev] = [await sst2Sentences(data, 'train'), await sst2Sentences(data, 'dev')];
  const articles = (await readFile(join(data, 'wikitext-2', 'valid.txt'), 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('='))
    .map((line) => line.replaceAll('<unk>', '[UNK]').trim());
  const texts = [...all.map(({ text }) => text), ...articles];
  const tokenizer = await trainWordPiece(texts, { vocabularySize: 8000 });
  return {
    tokenizer,
    train: all.slice(0, LABELLED),
    dev,
    // Ten sentences a document, so that rows are full.
    reviews: Array.from({ length: Math.ceil(all.length / 10) }, (_, i) => ({
      sentences: all.slice(10 * i, 10 * i + 10).map(({ text }) => text),
    })),
    articles: articles.map((text) => ({ sentences: [text] })),
  };
}

/** Few labels are gone through ten times. */
export function fineTuningArguments(seed: number, learningRate: number): TrainingArguments {
  return {
    numTrainEpochs: 10,
    perDeviceTrainBatchSize: 32,
    perDeviceEvalBatchSize: 64,
    learningRate,
    warmupRatio: 0.1,
    weightDecay: 0.01,
    seed,
  };
}
