// SST-2 with few labels and a lot of text without: what pre-training is for.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DocumentExample, readAll, type TextExample } from '@tenon/data';
import { readRows, textExamples } from '@tenon/data/files';
import type { Tokenizer } from '@tenon/tokenizers';
import { trainWordPiece } from '@tenon/tokenizers/training';
import type { TrainingArguments } from '@tenon/trainers';

export const LABELS = ['0', '1'] as const;
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

/** @param labelled the first so many, an even mix as the file has them */
export async function fewLabels(data: string, labelled: number = LABELLED): Promise<FewLabels> {
  const sentences = (file: string) =>
    readAll(
      textExamples(readRows(join(data, 'sst2', file), { header: ['sentence', 'label'] }), {
        text: 'sentence',
        label: 'label',
      }),
    );
  const [all, dev] = [await sentences('train.tsv'), await sentences('dev.tsv')];
  const articles = (await readFile(join(data, 'wikitext-2', 'valid.txt'), 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('='))
    .map((line) => line.replaceAll('<unk>', '[UNK]').trim());
  const texts = [...all.map(({ text }) => text), ...articles];
  const tokenizer = await trainWordPiece(texts, { vocabularySize: 8000 });
  return {
    tokenizer,
    train: all.slice(0, labelled),
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
