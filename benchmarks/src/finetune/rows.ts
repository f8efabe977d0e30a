// SST-2 as both sides read it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAll, type TextExample } from '@tenon/data';
import { readRows, textExamples } from '@tenon/data/files';
import { bertTokenizer, type PipelineTokenizer, readVocabularyLines } from '@tenon/tokenizers';

export const LABELS = ['0', '1'] as const;
export const MAX_LENGTH = 128;
export const BATCH_SIZE = 32;

/** Labelled sentences, as the file has them. @param data the folder of data sets */
export function sentences(data: string): Promise<TextExample[]> {
  const rows = readRows(join(data, 'sst2', 'train.tsv'), { header: ['sentence', 'label'] });
  return readAll(textExamples(rows, { text: 'sentence', label: 'label' }));
}

export async function tokenizerOf(data: string): Promise<PipelineTokenizer> {
  const file = join(data, 'vocab-bert', 'bert-base-uncased-vocab.txt');
  return bertTokenizer({ vocabulary: readVocabularyLines(await readFile(file, 'utf8')) });
}
