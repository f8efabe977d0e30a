import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dice } from '@tenon/example-kit';
import { expect, test } from 'vitest';
import { voyages } from './data/voyages.ts';
import { byDistance } from './recall.ts';
import { ownText, storyText } from './text.ts';

test('the same seed tells the same stories, and none is told twice', () => {
  const tell = (taken = new Set<string>()) => {
    const dice = new Dice(7);
    return [voyages(200, dice, taken), voyages(500, dice, taken)].flat();
  };
  const stories = tell();
  expect(tell()).toEqual(stories);
  expect(new Set(stories.map(({ words }) => words.join(' '))).size).toBe(700);
});

test('a recall is a word that was said so many words before, and not since', () => {
  for (const { words, recalls, ending } of voyages(200, new Dice(8), new Set())) {
    expect(recalls.filter(({ place }) => place >= ending).length).toBeGreaterThanOrEqual(4);
    for (const { place, distance } of recalls) {
      expect(words.slice(0, place).lastIndexOf(words[place]!)).toBe(place - distance);
    }
  }
});

test('stories as text: a token a word, recalls where the words are, a prompt that ends before the first of its ending', async () => {
  const { tokenizer, heldOut, recalls, prompt, end } = await storyText({ short: true, seed: 42 });
  const words = tokenizer.decode(heldOut).split(' ');
  expect(words.length).toBe(heldOut.length);
  expect(words).not.toContain('<unk>');
  for (const [place, distance] of recalls) expect(words[place]).toBe(words[place - distance]);
  const story = tokenizer.decode([...prompt, ...end]);
  expect(story.endsWith(' ***')).toBe(true);
  expect(words.join(' ')).toContain(story);
  expect(tokenizer.decode(prompt).split(' ')).toContain(tokenizer.decode(end).split(' ')[0]);
});

test('losses are grouped by the segments in between', () => {
  const losses = [1, 2, 3, 4, 5].map((loss, i) => ({ place: i + 1, loss }));
  const recalls = new Map([
    [2, 10],
    [3, 31],
    [5, 200],
  ]);
  expect(byDistance(losses, recalls, 32)).toEqual([
    { name: '0 to 31', count: 2, loss: 2.5 },
    { name: '96 and more', count: 1, loss: 5 },
    { name: 'all other words', count: 2, loss: 2.5 },
  ]);
});

test('a text of your own is read by its characters, and a short one refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-text-'));
  try {
    const file = join(folder, 'text.txt');
    writeFileSync(file, 'the sea is wide and deep. '.repeat(1000));
    const { train, heldOut, tokenizer } = await ownText(file);
    expect(train.length).toBe(23_400);
    expect(heldOut.length).toBe(2600);
    expect(tokenizer.decode(heldOut.subarray(0, 7))).toBe('the sea');
    writeFileSync(file, 'short');
    await expect(ownText(file)).rejects.toThrow(
      'expected at least 20000 characters, got 5. Give a longer text.',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
