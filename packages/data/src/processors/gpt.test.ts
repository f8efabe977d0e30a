import { DoubleHeads, MultipleChoice, SequenceClassification, Similarity } from '@tenon/heads';
import { gpt, gptBase } from '@tenon/models';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { trainCharTokenizer } from '@tenon/tokenizers/training';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gptChoiceProcessor } from './gpt-choices.ts';
import { gptSpecialTokens } from './gpt-special-tokens.ts';
import { gptSimilarityProcessor, gptTextProcessor } from './gpt-text.ts';

const tokenizer = await trainCharTokenizer('abcdef');
const tokens = gptSpecialTokens(tokenizer);
const options = { tokenizer, tokens, maxLength: 9, padToMultipleOf: 1 };
const backbone = () => gpt({ ...gptBase, vocabularySize: 9, hiddenSize: 8, layers: 1, heads: 2 });
const context = { training: false };

test('three new tokens, each once', () => {
  expect(tokens).toEqual({ start: 6, delimiter: 7, extract: 8 });
  expect(gptSpecialTokens(tokenizer)).toEqual(tokens);
  expect(tokenizer.vocabularySize).toBe(9);
});

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('a text and a pair for SequenceClassification', () =>
    leakFree(() => {
      const processor = gptTextProcessor({ ...options, labels: ['no', 'yes'] });
      const batch = processor.collate([
        ...processor.features({ text: 'ab', label: 'yes' }),
        ...processor.features({ text: 'ab', textPair: 'cd', label: 'no' }),
      ]);
      expect(batch.inputIds.arraySync()).toEqual([
        [6, 0, 1, 8, 0, 0, 0],
        [6, 0, 1, 7, 2, 3, 8],
      ]);
      expect(batch.extractIndices.arraySync()).toEqual([3, 6]);
      expect(batch.labels.arraySync()).toEqual([1, 0]);
      using model = new SequenceClassification(backbone(), { labels: ['no', 'yes'] });
      const { loss } = model.loss(batch, context);
      expect(loss.dataSync()[0]).toBeCloseTo(Math.LN2, 1);
      dispose([loss, ...Object.values(batch)]);
    }));

  test('both orders for Similarity', () =>
    leakFree(() => {
      const processor = gptSimilarityProcessor(options);
      const batch = processor.collate(processor.features({ text: 'a', textPair: 'bc', label: 0.5 }));
      expect(batch.inputIds.arraySync()).toEqual([
        [6, 0, 7, 1, 2, 8],
        [6, 1, 2, 7, 0, 8],
      ]);
      expect([batch.labels.dtype, batch.labels.arraySync()]).toEqual(['float32', [0.5]]);
      using model = new Similarity(backbone());
      const { loss } = model.loss(batch, context);
      expect(loss.dataSync()[0]).toBeLessThan(0.05); // it starts with scores near 0, so near 0.5
      dispose([loss, ...Object.values(batch)]);
    }));

  test('a row for each choice for MultipleChoice and DoubleHeads', () =>
    leakFree(() => {
      const processor = gptChoiceProcessor({ ...options, choices: 2 });
      const batch = processor.collate(processor.features({ text: 'a', choices: ['b', 'cd'], label: 1 }));
      const { choices, ...tensors } = batch;
      expect(batch.inputIds.arraySync()).toEqual([
        [6, 0, 7, 1, 8, 0],
        [6, 0, 7, 2, 3, 8],
      ]);
      expect(batch.lmLabels.arraySync()[0]).toEqual([6, 0, 7, 1, 8, -100]);
      expect([choices, batch.labels.arraySync()]).toEqual([2, [1]]);
      for (const Head of [MultipleChoice, DoubleHeads]) {
        using model = new Head(backbone());
        const { loss, parts } = model.loss(batch, context);
        const chosen: Tensor = parts?.['choices'] ?? loss;
        expect(chosen.dataSync()[0]).toBeCloseTo(Math.LN2, 1);
        dispose([loss, ...Object.values(parts ?? {})]);
      }
      dispose(Object.values(tensors));
    }));
});

test('rows are filled up to a multiple of 8, but never beyond what the model reads', async () => {
  await selectBackend('cpu');
  const width = (text: string): number => {
    const processor = gptTextProcessor({ tokenizer, tokens, maxLength: 12 });
    const batch = processor.collate(processor.features({ text }));
    const T = batch.inputIds.shape[1];
    dispose(Object.values(batch));
    return T;
  };
  expect(['a', 'abcdefabcd'].map(width)).toEqual([8, 12]);
});

test('what is too long is cut and counted', () => {
  const text = gptTextProcessor({ ...options, maxLength: 5 });
  expect(text.features({ text: 'abcd', origin: { file: 't.txt', line: 1 } })[0]!.rows[0]!.ids).toEqual([
    6, 0, 1, 2, 8,
  ]);
  expect(text.features({ text: 'ab', textPair: 'cd' })[0]!.rows[0]!.ids).toEqual([6, 0, 7, 2, 8]);
  expect(text.truncated.summary()).toBe('2 examples lost 3 tokens (first: t.txt, line 1)');
  const similarity = gptSimilarityProcessor({ ...options, maxLength: 5 });
  similarity.features({ text: 'ab', textPair: 'cd' });
  expect(similarity.truncated.lost).toBe(2);
  const choices = gptChoiceProcessor({ ...options, choices: 2, maxLength: 5 });
  choices.features({ text: 'ab', choices: ['cd', 'a'] });
  expect(choices.truncated.lost).toBe(3);
});

const origin = { file: 'sts.tsv', line: 2 };
test.each<[() => unknown, string]>([
  [
    () => gptSimilarityProcessor(options).features({ text: 'a', origin }),
    'sts.tsv, line 2, textPair: expected a second text to compare the first with, got none. Give the example both',
  ],
  [
    () => gptTextProcessor(options).features({ text: '', origin }),
    'sts.tsv, line 2, text: expected a text with',
  ],
  [
    () => gptChoiceProcessor({ ...options, choices: 2 }).features({ text: 'a', choices: ['b', ''], origin }),
    'sts.tsv, line 2, choice: expected a text with at least one token, got ""',
  ],
  [
    () => gptChoiceProcessor({ ...options, choices: 3 }).features({ text: 'a', choices: ['b', 'c'], origin }),
    'sts.tsv, line 2, choices: expected a list of 3, got ["b","c"].',
  ],
])('%#', (call, message) => {
  expect(call).toThrow(message);
});
