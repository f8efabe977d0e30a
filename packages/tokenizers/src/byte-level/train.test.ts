import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trickyText, wellFormed } from '../__fixtures__/texts.ts';
import { needs, readShared } from '../shared.testing.ts';
import type { Ties } from '../training/merge-learner.ts';
import type { TrainingProgress } from '../training/options.ts';
import { bytesInSymbolOrder, symbolOfByte } from './alphabet.ts';
import { emptyPieces, scanPieces } from './scanner.ts';
import type { ByteLevelBPETokenizer } from './tokenizer.ts';
import { trainByteLevelBPE } from './train.ts';

function mergesOf(tokenizer: ByteLevelBPETokenizer): string[] {
  return tokenizer.toVocabularyFiles().merges.trimEnd().split('\n').slice(1);
}

/** Every piece of the texts, spelled in byte symbols. */
function wordsOf(texts: readonly string[]): string[][] {
  return texts.flatMap((text) => {
    const bytes = new TextEncoder().encode(text);
    const pieces = emptyPieces();
    scanPieces(bytes, bytes.length, true, pieces);
    return Array.from(pieces.ends.subarray(0, pieces.count), (end, i) =>
      Array.from(bytes.subarray(i === 0 ? 0 : pieces.ends[i - 1]!, end), symbolOfByte),
    );
  });
}

/** The algorithm as it is told: count all pairs, merge the best everywhere, start again. */
function learnNaively(texts: readonly string[], count: number, minFrequency: number, ties: Ties): string[] {
  let words = wordsOf(texts);
  const ids = new Map(bytesInSymbolOrder().map((byte, id) => [symbolOfByte(byte), id]));
  const merges: string[] = [];
  while (ids.size < count) {
    const counts = new Map<string, number>(); // in order of first appearance
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = `${word[i]} ${word[i + 1]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const most = Math.max(minFrequency, ...counts.values());
    const tied = [...counts.keys()].filter((pair) => counts.get(pair) === most);
    const order = (a: string, b: string): number => {
      const [left, right] = [a.split(' '), b.split(' ')];
      if (ties === 'smallestPair') {
        return ids.get(left[0]!)! - ids.get(right[0]!)! || ids.get(left[1]!)! - ids.get(right[1]!)!;
      }
      return left[0] !== right[0] ? (left[0]! > right[0]! ? -1 : 1) : left[1]! > right[1]! ? -1 : 1;
    };
    const best = ties === 'firstSeen' ? tied[0] : tied.sort(order)[0];
    if (best === undefined) break;
    merges.push(best);
    const merged = best.replace(' ', '');
    if (!ids.has(merged)) ids.set(merged, ids.size);
    words = words.map((word) => mergeInWord(word, best, merged));
  }
  return merges;
}

function mergeInWord(word: readonly string[], pair: string, merged: string): string[] {
  const result: string[] = [];
  for (let i = 0; i < word.length; i++) {
    const matches = i + 1 < word.length && `${word[i]} ${word[i + 1]}` === pair;
    result.push(matches ? merged : word[i]!);
    if (matches) i++;
  }
  return result;
}

describe('trainByteLevelBPE', () => {
  const repetitive = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'aa', ' ', 'é'), maxLength: 30 }), {
    maxLength: 5,
  });
  const tricky = fc.array(trickyText, { maxLength: 3 });

  test.each<Ties>(['smallestPair', 'firstSeen', 'largestPair'])(
    'learns the merges of the naive algorithm, ties: %s',
    async (ties) => {
      for (const texts of [repetitive, tricky]) {
        await fc.assert(
          fc.asyncProperty(texts, fc.integer({ min: 1, max: 3 }), async (corpus, minFrequency) => {
            const options = { vocabularySize: 290, minFrequency, ties };
            const trained = mergesOf(await trainByteLevelBPE(corpus, options));
            expect(trained).toEqual(learnNaively(corpus.map(wellFormed), 290, minFrequency, ties));
          }),
          { numRuns: 150 },
        );
      }
    },
  );

  test('special tokens have the first ids, then bytes in symbol order, then merges', async () => {
    const tokenizer = await trainByteLevelBPE('to be or not to be', {
      vocabularySize: 300,
      specialTokens: ['<|end|>', '<|pad|>'],
    });
    expect([0, 1, 2, 3, 257, 258].map((id) => tokenizer.idToToken(id))).toEqual([
      ...['<|end|>', '<|pad|>', '!', '"', 'Ń', 'be'],
    ]);
    expect(mergesOf(tokenizer)).toEqual(['b e', 't o', 'Ġ be']);
    expect(tokenizer.vocabularySize).toBe(261);
  });

  test('no merge spells a special token', async () => {
    const tokenizer = await trainByteLevelBPE(Array(9).fill('secret'), {
      vocabularySize: 300,
      specialTokens: ['secret'],
    });
    expect(tokenizer.encodeIds('secret')).not.toContain(0);
    expect([...tokenizer.encodeIds('secret', { allowedSpecial: 'all' })]).toEqual([0]);
  });

  test('takes one text, a list, a generator or a stream, and joins nothing across texts', async () => {
    const texts = ['low lower', ' lowest', 'low'];
    async function* stream(): AsyncGenerator<string> {
      yield* texts;
    }
    const options = { vocabularySize: 270 };
    const merges = mergesOf(await trainByteLevelBPE(texts, options));
    expect(mergesOf(await trainByteLevelBPE(new Set(texts), options))).toEqual(merges);
    expect(mergesOf(await trainByteLevelBPE(stream(), options))).toEqual(merges);
    expect(mergesOf(await trainByteLevelBPE('ab', { ...options, minFrequency: 1 }))).toEqual(['a b']);
    expect(mergesOf(await trainByteLevelBPE(['a', 'b'], { ...options, minFrequency: 1 }))).toEqual([]);
  });

  test('learns from a word whose tokens are longer than 16 bits can say', async () => {
    const tokenizer = await trainByteLevelBPE('a'.repeat(300_000), { vocabularySize: 300 });
    const doubled = Array.from({ length: 17 }, (_, i) =>
      Array(2)
        .fill('a'.repeat(2 ** i))
        .join(' '),
    );
    expect(mergesOf(tokenizer)).toEqual(doubled);
  });

  test('tells how far it is, at the latest at the end of each stage', async () => {
    const progress = new Map<string, TrainingProgress>();
    await trainByteLevelBPE(['to be', 'or not to be'], {
      vocabularySize: 258,
      onProgress: (report) => progress.set(report.stage, report),
    });
    expect([...progress.values()]).toEqual([
      { stage: 'reading', texts: 2, words: 5 },
      { stage: 'merging', merges: 2, total: 2 },
    ]);
  });

  test('stops when it is told to, before and in the middle', async () => {
    const reason = new Error('enough');
    await expect(
      trainByteLevelBPE('a', { vocabularySize: 256, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield 'again and again';
    }
    await expect(
      trainByteLevelBPE(endless(), {
        vocabularySize: 256,
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      }),
    ).rejects.toBe(reason);
  });

  test('options and texts that make no sense are errors', async () => {
    const errors: readonly [Promise<unknown>, string][] = [
      [
        trainByteLevelBPE('', { vocabularySize: 256, specialTokens: ['<|end|>'] }),
        'vocabularySize: expected an integer of at least 257 (256 bytes and 1 special tokens), got 256. ' +
          'Ask for more ids, or for fewer special tokens.',
      ],
      [
        trainByteLevelBPE('', { vocabularySize: 300, minFrequency: 0 }),
        'minFrequency: expected an integer of at least 1, got 0. Leave it out for the default.',
      ],
      [
        trainByteLevelBPE('', { vocabularySize: 300, specialTokens: ['a'] }),
        'specialTokens: expected texts of two characters or more, got "a". Use one such as "<|endoftext|>".',
      ],
      [
        trainByteLevelBPE('', { vocabularySize: 300, specialTokens: ['<s>', '<s>'] }),
        'specialTokens: expected each token once, got "<s>" again. Remove the repetition.',
      ],
      [
        trainByteLevelBPE([new Uint8Array(3) as unknown as string], { vocabularySize: 300 }),
        'texts: expected strings, got an object. Decode bytes to text first.',
      ],
      [
        trainByteLevelBPE(7 as unknown as string, { vocabularySize: 300 }),
        'texts: expected a string, an iterable or an async iterable of strings, got 7. ' +
          'Pass the text itself, or a list of texts.',
      ],
    ];
    for (const [promise, message] of errors) await expect(promise).rejects.toThrow(message);
  });
});

const corpus = readShared('goldens/tokenizers/learn/corpus.txt');
const chinese = readShared('goldens/tokenizers/learn/chinese.txt');
const golden = readShared('goldens/tokenizers/learn/minbpe_regex_gpt2.json');
const missing = [corpus, chinese, golden].includes(undefined);

test.skipIf(missing)(needs('learns minbpe’s merges, ties: firstSeen', corpus, chinese, golden), async () => {
  const { merges } = JSON.parse(golden!) as { merges: [number, number, number][] };
  const tokens = Array.from({ length: 256 }, (_, byte) => symbolOfByte(byte));
  const expected = merges.map(([left, right, merged]) => {
    tokens[merged] = tokens[left]! + tokens[right]!;
    return `${tokens[left]} ${tokens[right]}`;
  });
  const trained = await trainByteLevelBPE(corpus! + chinese!, { vocabularySize: 456, ties: 'firstSeen' });
  expect(mergesOf(trained)).toEqual(expected);
});
