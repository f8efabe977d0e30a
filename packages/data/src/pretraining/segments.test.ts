import type { BatchSource } from '@tenon/core';
import { BidirectionalLM, CausalLM } from '@tenon/heads';
import { elmo, elmoSmall, gpt2, gpt2Small } from '@tenon/models';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { elmoCharacterIds } from '@tenon/tokenizers';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bidirectionalBatches, wordVocabulary } from './bidirectional-batches.ts';
import { packTokens } from './pack-tokens.ts';
import { segmentBatches } from './segment-batches.ts';

const ids = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

/** The batches of a source as plain lists. */
async function all<Batch extends object>(source: BatchSource<Batch>) {
  const found: { [name: string]: unknown }[] = [];
  for (let batch = await source.next(); batch !== undefined; batch = await source.next()) {
    found.push(
      Object.fromEntries(
        Object.entries(batch as { [name: string]: Tensor | boolean }).map(([name, value]) => {
          if (typeof value === 'boolean') return [name, value];
          const list = value.arraySync();
          value.dispose();
          return [name, list];
        }),
      ),
    );
  }
  return found;
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('segments of streams follow one another', () =>
    leakFree(async () => {
      const found = await all(segmentBatches(ids(12), { batchSize: 2, length: 2, epochs: 2 }));
      const epoch = [
        {
          inputIds: [
            [0, 1],
            [5, 6],
          ],
          targets: [
            [1, 2],
            [6, 7],
          ],
          continues: false,
        },
        {
          inputIds: [
            [2, 3],
            [7, 8],
          ],
          targets: [
            [3, 4],
            [8, 9],
          ],
          continues: true,
        },
        { inputIds: [[4], [9]], targets: [[5], [10]], continues: true },
      ]; // prettier-ignore
      expect(found).toEqual([...epoch, ...epoch]);
      expect(await all(segmentBatches(ids(12), { batchSize: 2, length: 2, dropLast: true }))).toEqual(
        epoch.slice(0, 2),
      );
    }));

  test('both neighbours of words, and their characters', () =>
    leakFree(async () => {
      const sentences = [
        ['it', 'rains'],
        ['it', 'pours'],
      ];
      const vocabulary = wordVocabulary([['it', 'rains', 'it']]); // <S> 0, </S> 1, <UNK> 2, it 3, rains 4
      const options = { vocabulary, batchSize: 2, length: 3, maxCharacters: 8 };
      // <S> it rains </S> | <S> it pours </S>
      const found = await all(bidirectionalBatches(sentences, options));
      expect(found.map(({ nextTokens }) => nextTokens)).toEqual([
        [
          [3, 4, 1],
          [3, 2, 1],
        ],
        [[0], [-100]],
      ]); // prettier-ignore
      expect(found.map(({ previousTokens }) => previousTokens)).toEqual([
        [
          [-100, 0, 3],
          [1, 0, 3],
        ],
        [[-100], [-100]],
      ]); // prettier-ignore
      expect(found.map(({ continues }) => continues)).toEqual([false, true]);
      const characters = elmoCharacterIds(['<S>', 'it', 'pours'], { maxCharacters: 8 });
      expect((found[0]!['characterIds'] as number[][][])[1]).toEqual(characters);
    }));

  test('heads take them', () =>
    leakFree(async () => {
      const size = { vocabularySize: 20, contextLength: 4, hiddenSize: 8, layers: 1, heads: 2 };
      using causal = new CausalLM(gpt2({ ...gpt2Small, ...size }));
      const segments = (await segmentBatches(ids(12), { batchSize: 2, length: 4 }).next())!;
      const { loss } = causal.loss(segments, { training: false });
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(20), 0);
      dispose([loss, segments.inputIds, segments.targets]);

      const sentences = [['a', 'b', 'c']];
      const vocabulary = wordVocabulary(sentences);
      const body = elmo({
        ...elmoSmall,
        filters: [[2, 8]],
        cellSize: 16,
        projectionSize: 8,
        sentenceBoundaries: false,
      });
      using both = new BidirectionalLM(body, { vocabularySize: vocabulary.size });
      const batch = (await bidirectionalBatches(sentences, { vocabulary, batchSize: 1, length: 5 }).next())!;
      const value = both.loss(batch, { training: false });
      expect(value.loss.dataSync()[0]).toBeCloseTo(Math.log(6), 0);
      const { characterIds, nextTokens, previousTokens } = batch;
      dispose([value.loss, ...Object.values(value.parts!), characterIds, nextTokens, previousTokens]);
    }));
});

describe('on the plain backend', () => {
  beforeAll(() => selectBackend('cpu'));

  test('a position is returned to, in later epochs as well', async () => {
    const make = () => segmentBatches(ids(30), { batchSize: 2, length: 4, epochs: 2 });
    const every = await all(make());
    expect(make().batchesPerEpoch).toBe(4);
    for (const place of [0, 3, 5, 7, 8]) {
      const source = make();
      const position = { batch: place, of: { targets: 29, batchSize: 2, length: 4, batchesPerEpoch: 4 } };
      source.seek(position);
      expect(source.position()).toEqual(position);
      expect(await all(source)).toEqual(every.slice(place));
    }
  });

  test('every word is a next one once, save the first', async () => {
    const sentences = [...'abcdefg'].map((word) => [word, word]);
    const vocabulary = wordVocabulary(sentences);
    const found = await all(bidirectionalBatches(sentences, { vocabulary, batchSize: 4, length: 3 }));
    const next = found.flatMap(({ nextTokens }) => (nextTokens as number[][]).flat());
    expect(next).toHaveLength(28);
    expect(next.filter((id) => id >= 3)).toHaveLength(14);
  });
});

test('words by frequency', () => {
  const sentences = [
    ['b', 'a', 'c'],
    ['c', '<UNK>'],
  ];
  expect([...wordVocabulary(sentences)]).toEqual([
    ['<S>', 0],
    ['</S>', 1],
    ['<UNK>', 2],
    ['c', 3],
    ['a', 4],
    ['b', 5],
  ]); // prettier-ignore
  expect([...wordVocabulary(sentences, { minFrequency: 2 }).keys()]).toEqual(['<S>', '</S>', '<UNK>', 'c']);
});

test('texts are packed without padding', () => {
  const packed = packTokens([[1, 2, 3], [], [4, 5]], { length: 3, separator: 0 });
  expect(packed.blocks.map((block) => [...block])).toEqual([
    [1, 2, 3],
    [0, 0, 4],
  ]); // prettier-ignore
  expect([...packed.rest]).toEqual([5, 0]);
  expect(
    packTokens(
      [
        [1, 2],
        [3, 4],
      ],
      { length: 4 },
    ),
  ).toEqual({
    blocks: [Int32Array.of(1, 2, 3, 4)],
    rest: new Int32Array(),
  });
  expect(() => packTokens([], { length: 0 })).toThrow('packTokens: length: expected a whole number');
});

test('what cannot be is refused', () => {
  expect(() => segmentBatches(ids(4), { batchSize: 4, length: 2 })).toThrow(
    'segmentBatches: text: expected at least 4 tokens, for 4 streams, got 3. Pass a longer text, or a smaller batchSize.',
  );
  expect(() => segmentBatches(ids(9), { batchSize: 4, length: 3, dropLast: true })).toThrow(
    'at least 12 tokens',
  );
  expect(() => segmentBatches(ids(9), { batchSize: 1, length: 2 }).seek('x')).toThrow(
    'segmentBatches: position: batch: expected a whole number of at least 0, got NaN.',
  );
  const options = { batchSize: 2, length: 2 };
  const position = { batch: 1, of: { targets: 8, batchSize: 4, length: 2, batchesPerEpoch: 1 } };
  expect(() => segmentBatches(ids(9), options).seek(position)).toThrow(
    'segmentBatches: position: expected one of batches whose batchSize is 2, got 4. Go on with the text and the options that the position comes from.',
  );
  expect(() =>
    bidirectionalBatches([['a']], { vocabulary: new Map([['a', 0]]), batchSize: 1, length: 2 }),
  ).toThrow(
    'bidirectionalBatches: vocabulary: expected <S>, </S> and <UNK> among its words, got none of <S>, </S>, <UNK>.',
  );
});
