import { MaskedLM, Pretraining } from '@tenon/heads';
import { bert, bertTiny } from '@tenon/models';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { bertTokenizer } from '@tenon/tokenizers';
import { dispose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { streamExamples } from '../example-stream.ts';
import type { DocumentExample } from '../examples.ts';
import { tinyBert as tokenizer } from '../processors/__fixtures__/tiny-bert.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import { bertPretrainingBatches, type MaskedTokenBatch, maskedTokenBatches } from './pretraining-batches.ts';

const documents: DocumentExample[] = ['a b c', 'd e', 'f a b', 'x'].map((text) => ({
  sentences: [text, 'to go', text, 'go Taipei'],
}));
const options = { tokenizer, maxLength: 16, batchSize: 3, shuffle: true };
const config = { ...bertTiny, vocabularySize: tokenizer.vocabularySize, hiddenSize: 8, layers: 1, heads: 2 };

function lists(batch: MaskedTokenBatch) {
  const read = Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [name, tensor.arraySync()]));
  dispose(Object.values(batch));
  return read as Record<string, number[][]>;
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('pairs and masks for Pretraining', () =>
    leakFree(async () => {
      const source = bertPretrainingBatches(documents, options);
      const batch = (await source.next())!;
      using model = new Pretraining(bert(config));
      const { loss, parts } = model.loss(batch, { training: false });
      expect(parts!['nextSentence']!.dataSync()[0]).toBeCloseTo(Math.LN2, 1);
      expect(parts!['maskedLM']!.dataSync()[0]).toBeCloseTo(Math.log(config.vocabularySize), 0);
      dispose([loss, ...Object.values(parts!)]);
      const { inputIds, maskedPositions, maskedIds, tokenTypeIds, attentionMask } = lists(batch);
      inputIds!.forEach((row, i) => {
        const length = attentionMask![i]!.filter((one) => one === 1).length;
        expect(row).toHaveLength(16);
        expect([row[0], row[length - 1]]).toEqual([2, 3]);
        expect(row.filter((id) => id === 3)).toHaveLength(2);
        expect(tokenTypeIds![i]!.indexOf(1)).toBe(row.indexOf(3) + 1);
        const used = maskedIds![i]!.filter((id) => id !== -100).length;
        expect(used).toBe(Math.min(2, Math.max(1, Math.round(length * 0.15))));
        expect(maskedPositions![i]!.slice(used)).toEqual(maskedIds![i]!.slice(used).map(() => 0));
      });
    }));

  test('masks alone for MaskedLM, new in every epoch', () =>
    leakFree(async () => {
      const source = maskedTokenBatches([{ sentences: ['a b c d e f', 'a b c d e f a b'] }], {
        ...options,
        shuffle: false,
        batchSize: 2,
        epochs: 2,
      });
      const first = (await source.next())!;
      using model = new MaskedLM(bert({ ...config, pooler: false }));
      const { loss } = model.loss(first, { training: false });
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(config.vocabularySize), 0);
      loss.dispose();
      const [before, after] = [lists(first), lists((await source.next())!)];
      expect(before['attentionMask']).toEqual([new Array(16).fill(1)]);
      expect(after['inputIds']).not.toEqual(before['inputIds']);
      expect(await source.next()).toBeUndefined();
    }));
});

describe('on the plain backend', () => {
  beforeAll(() => selectBackend('cpu'));

  test('a run that is resumed sees the same batches', async () => {
    for (const make of [bertPretrainingBatches, maskedTokenBatches]) {
      const through = make(documents, { ...options, epochs: 3 });
      await through.next().then((batch) => lists(batch!));
      for (let batch = 1; batch < through.batchesPerEpoch!; batch++) lists((await through.next())!);
      const position = JSON.parse(JSON.stringify(through.position()));
      const expected = [lists((await through.next())!), lists((await through.next())!)];
      const resumed = make(documents, { ...options, epochs: 3 });
      resumed.seek(position);
      expect([lists((await resumed.next())!), lists((await resumed.next())!)]).toEqual(expected);
    }
  });

  test('long documents become several rows, of which nothing is lost', async () => {
    const source = maskedTokenBatches([{ sentences: ['a b c d', 'e f', 'x'] }, { sentences: ['go'] }], {
      tokenizer,
      maxLength: 5,
      batchSize: 8,
    });
    const { inputIds, maskedPositions, maskedIds, attentionMask } = lists((await source.next())!);
    const restored = inputIds!.map((row, i) => {
      const ids = row.filter((_, t) => attentionMask![i]![t] === 1);
      maskedIds![i]!.forEach((id, p) => {
        if (id !== -100) ids[maskedPositions![i]![p]!] = id;
      });
      return ids;
    });
    expect(restored).toEqual([
      [2, 5, 6, 7, 3],
      [2, 8, 9, 10, 3],
      [2, 11, 3],
      [2, 17, 3],
    ]);
  });

  test('Chinese is masked by characters', async () => {
    const words = [...'床前明月光疑是地上霜举头望低思故乡'];
    const vocabulary = new Map(
      ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...words].map((word, id) => [word, id]),
    );
    const chinese = bertTokenizer({ vocabulary });
    const poems = [
      ['床前明月光', '疑是地上霜'],
      ['举头望明月', '低头思故乡'],
    ].map((sentences) => ({ sentences }));
    const source = bertPretrainingBatches(poems, { tokenizer: chinese, maxLength: 16, batchSize: 8 });
    const { inputIds, maskedIds } = lists((await source.next())!);
    expect(inputIds!.flat()).not.toContain(1); // every character is known
    expect(maskedIds!.flat().filter((id) => id >= 5).length).toBeGreaterThan(0);
  });
});

test('a stream of documents gives the same rows as a list', async () => {
  await selectBackend('cpu');
  const plain = { ...options, shuffle: false };
  const [list, stream] = [documents, streamExamples(documents)].map((source) =>
    maskedTokenBatches(source, plain),
  );
  for (let batch = await list!.next(); batch !== undefined; batch = await list!.next()) {
    expect(lists((await stream!.next())!)).toEqual(lists(batch));
  }
  expect(await stream!.next()).toBeUndefined();
});

test('rows need room, and documents something to read', async () => {
  await expect(maskedTokenBatches(documents, { ...options, maxLength: 2 }).next()).rejects.toThrow(
    'maskedTokenBatches: maxLength: expected a whole number of at least 3, got 2.',
  );
  const origin = { file: 'wiki.txt', line: 3 };
  const broken: DocumentExample[] = [{ sentences: [], origin }, ...documents];
  await expect(maskedTokenBatches(broken, options).next()).rejects.toThrow(
    'wiki.txt, line 3: expected a document with a sentence, got nothing to read. Leave it out, or pass onInvalid',
  );
  const skipped = new SkippedExamples();
  lists((await maskedTokenBatches(broken, { ...options, onInvalid: skipped.report }).next())!);
  expect(skipped.count).toBe(1);
});
