import { readAll, splitExamples } from '@tenon/data';
import { readTagged } from '@tenon/data/files';
import type { News } from './data/news.ts';

/** A file of tagged words: a tenth is held out, all others are read without their tags, and so many keep them. */
export async function ownNews(file: string, labelled: number, seed: number): Promise<News> {
  const { train, test } = splitExamples(await readAll(readTagged(file)), { test: 0.1, seed });
  return {
    unlabelled: train.map(({ words }) => words),
    labelled: train.slice(0, labelled),
    heldOut: test,
  };
}
