// Data sets as several measurements read them, out of the folder that `--data` names.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAll, type TaggedExample, type TextExample, tagNames } from '@tenon/data';
import { readRows, readSlots, textExamples } from '@tenon/data/files';
import { bertTokenizer, type PipelineTokenizer, readVocabularyLines } from '@tenon/tokenizers';

/** The WordPiece tokenizer of a published BERT. */
export async function publishedTokenizer(
  data: string,
  vocabulary: 'uncased' | 'chinese',
): Promise<PipelineTokenizer> {
  const file = join(data, 'vocab-bert', `bert-base-${vocabulary}-vocab.txt`);
  return bertTokenizer({ vocabulary: readVocabularyLines(await readFile(file, 'utf8')) });
}

export const SST2_LABELS = ['0', '1'] as const;

/** Labelled sentences of SST-2, as the file has them. */
export function sst2Sentences(data: string, part: 'train' | 'dev'): Promise<TextExample[]> {
  const rows = readRows(join(data, 'sst2', `${part}.tsv`), { header: ['sentence', 'label'] });
  return readAll(textExamples(rows, { text: 'sentence', label: 'label' }));
}

export interface FewTags {
  readonly all: readonly TaggedExample[];
  /** Those whose tags a model may see. */
  readonly train: readonly TaggedExample[];
  readonly dev: readonly TaggedExample[];
  readonly tags: readonly string[];
}

/** SNIPS with so many tagged sentences. */
export async function fewSnips(data: string, labelled: number): Promise<FewTags> {
  const part = (name: string) => readAll(readSlots(join(data, 'snips', name)));
  const [all, dev] = [await part('train'), await part('valid')];
  return { all, train: spreadOver(all, labelled), dev, tags: tagNames([...all, ...dev]) };
}

/** So many of a list that is sorted by what they are, so that there are some of each. */
export function spreadOver<One>(all: readonly One[], count: number): readonly One[] {
  const every = Math.floor(all.length / count);
  return all.filter((_, i) => i % every === 0).slice(0, count);
}
