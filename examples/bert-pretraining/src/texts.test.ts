import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { expect, test } from 'vitest';
import { LANGUAGE_NAMES, ownTexts, storyTexts } from './texts.ts';

test.each(LANGUAGE_NAMES)(
  '%s: the same seed tells the same stories, and the held-out ones are others',
  (name) => {
    const { train, heldOut } = storyTexts(name, { short: false, seed: 5 });
    expect(storyTexts(name, { short: false, seed: 5 })).toMatchObject({ train, heldOut });
    const told = new Set(train.map(({ sentences }) => sentences.join(' ')));
    expect(told.size).toBe(2500);
    expect(heldOut.filter(({ sentences }) => told.has(sentences.join(' ')))).toEqual([]);
    for (const { sentences } of [...train, ...heldOut]) {
      expect(sentences.length).toBeGreaterThanOrEqual(5);
      for (const sentence of sentences) expect(sentence).toMatch(/^[\p{Lu}\p{Lo}][^{}]+[.。]$/u);
    }
  },
);

test.each(LANGUAGE_NAMES)('%s: what is to be filled in has one gap, whose word is a token', async (name) => {
  const { train, gaps } = storyTexts(name, { short: true, seed: 5 });
  const sentences = train.flatMap((story) => story.sentences);
  const tokenizer = await trainWordPiece(sentences, { vocabularySize: 3000, lowercase: true });
  for (const [text, word] of gaps) {
    expect(text.split('[MASK]').length).toBe(2);
    expect(tokenizer.tokenToId(word)).toBeDefined();
    expect(tokenizer.encode(text, { allowedSpecial: 'all' }).tokens).not.toContain('[UNK]');
  }
});

test('a text of your own: documents between empty lines, sentences that end as sentences do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-documents-'));
  try {
    const file = join(folder, 'text.txt');
    const document = (i: number): string =>
      `The first sentence of document ${i}. Is this\nthe second? 是。不是。`;
    writeFileSync(file, Array.from({ length: 20 }, (_, i) => document(i)).join('\n\n'));
    const { train, heldOut, gaps } = await ownTexts(file, 42);
    expect([train.length, heldOut.length]).toEqual([18, 2]);
    expect(train[0]!.sentences.slice(1)).toEqual(['Is this', 'the second?', '是。', '不是。']);
    expect(gaps[0]).toEqual([expect.stringMatching(/^The first \[MASK\] of document \d+\.$/), 'sentence']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
