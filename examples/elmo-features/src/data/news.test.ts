import { expect, test } from 'vitest';
import { BY_HAND, news } from './news.ts';

const count = { unlabelled: 1500, labelled: 60, heldOut: 200 };

test('the same seed tells the same news', () => {
  expect(news(count, 3)).toEqual(news(count, 3));
  expect(news(count, 3).labelled).not.toEqual(news(count, 4).labelled);
});

test('names of places that are held out are read, but never labelled, and mean several things', () => {
  const { unlabelled, labelled, heldOut } = news(count, 3);
  const tagsOf = (word: string): Set<string> =>
    new Set(heldOut.flatMap(({ words, tags }) => tags!.filter((_, i) => words[i] === word)));
  expect([...tagsOf('victoria'), ...tagsOf('darwin')]).toEqual(expect.arrayContaining(['B-per', 'B-loc']));
  expect(unlabelled.flat()).toContain('victoria');
  expect(labelled.flatMap(({ words }) => words)).not.toContain('victoria');
  expect(labelled.flatMap(({ words }) => words)).not.toContain('olive');
});

test('every word has a tag, and a name of two words goes on inside', () => {
  const { heldOut } = news(count, 3);
  for (const { words, tags } of [...heldOut, ...BY_HAND]) {
    expect(tags).toHaveLength(words.length);
    expect(words.length).toBeLessThanOrEqual(16); // one graph for all
  }
  expect(BY_HAND[2]).toEqual({
    words: ['olive', 'painted', 'the', 'olive', 'in', 'lake', 'charlotte'],
    tags: ['B-per', 'O', 'O', 'O', 'O', 'B-loc', 'I-loc'],
  });
});
