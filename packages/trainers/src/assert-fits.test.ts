import { MultipleChoice, SequenceClassification, Similarity, TokenClassification } from '@tenon/heads';
import { bert, bertTiny, gpt, gptBase } from '@tenon/models';
import { selectBackend } from '@tenon/testing';
import { bertTokenizer } from '@tenon/tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { reviewModel, reviewTask } from './__fixtures__/reviews.ts';
import { assertFits } from './assert-fits.ts';
import { choosing, gptChoosing } from './tasks/choosing.ts';
import { elmoTextClassification } from './tasks/elmo-text-classification.ts';
import { gptTextClassification, gptTextSimilarity } from './tasks/gpt-text.ts';
import { spanExtraction } from './tasks/span-extraction.ts';
import { textClassification } from './tasks/text-classification.ts';
import { tokenTagging } from './tasks/token-tagging.ts';
import { Trainer } from './trainer.ts';

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a'];
const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
const tokens = { start: 5, delimiter: 6, extract: 7 };
const size = { vocabularySize: 8, contextLength: 16, hiddenSize: 8, layers: 1, heads: 2 };
const body = () => bert({ ...bertTiny, ...size });
const gptBody = () => gpt({ ...gptBase, ...size });
const rows = { tokenizer, maxLength: 16 };
const gptRows = { ...rows, tokens };
const labels = ['no', 'yes'];

describe('a model and a task', () => {
  beforeAll(() => selectBackend('cpu'));

  const classifier = (names: readonly string[] | number) =>
    new SequenceClassification(body(), { labels: names });

  it('belong together by the labels', () => {
    using two = classifier(labels);
    using three = classifier(['no', 'maybe', 'yes']);
    using unnamed = classifier(2);
    using reversed = classifier(['yes', 'no']);
    using number = classifier(1);
    using tagger = new TokenClassification(body(), { labels });
    using similarity = new Similarity(gptBody());
    const task = textClassification({ ...rows, labels });
    const regression = textClassification(rows);
    const advice = 'Make the head with the labels of the task, in the same order.';
    assertFits(two, task);
    assertFits(unnamed, task);
    assertFits(number, regression);
    assertFits(similarity, gptTextSimilarity(gptRows));
    assertFits(tagger, tokenTagging({ ...rows, tags: labels }));
    expect(() => assertFits(three, task)).toThrow(
      `the model's labels: expected 2, as the task has (no, yes), got 3 (no, maybe, yes). ${advice}`,
    );
    expect(() => assertFits(two, regression)).toThrow(
      `the model's labels: expected 1, as the task has, got 2 (no, yes). ${advice}`,
    );
    expect(() => assertFits(reversed, task)).toThrow(
      "the model's labels: expected the task's, in its order: no, yes, got yes, no. Give one of the two the other's order.",
    );
    expect(() =>
      assertFits(tagger, tokenTagging({ ...rows, tags: ['O', 'B-x', 'I-x', 'B-y', 'I-y', 'B-z'] })),
    ).toThrow("the model's labels: expected 6, as the task has (O, B-x, I-x, B-y, I-y, …), got 2 (no, yes).");
  });

  it.each([
    ['textClassification', (maxLength: number) => textClassification({ tokenizer, maxLength })],
    ['tokenTagging', (maxLength: number) => tokenTagging({ tokenizer, tags: ['O'], maxLength })],
    ['choosing', (maxLength: number) => choosing({ tokenizer, choices: 2, maxLength })],
    ['spanExtraction', (maxLength: number) => spanExtraction({ tokenizer, maxLength })],
    [
      'gptTextClassification',
      (maxLength: number) => gptTextClassification({ ...gptRows, labels, maxLength }),
    ],
    ['gptTextSimilarity', (maxLength: number) => gptTextSimilarity({ ...gptRows, maxLength })],
    ['gptChoosing', (maxLength: number) => gptChoosing({ ...gptRows, choices: 2, maxLength })],
  ])('belong together by the length of the texts: %s', (_, task) => {
    using model = new MultipleChoice(body());
    assertFits(model, { maxLength: task(16).maxLength! });
    expect(() => assertFits(model, { maxLength: task(17).maxLength! })).toThrow(
      "maxLength of the task: expected at most the model's contextLength, 16, got 17. Pass the task maxLength: 16 or less, or take a model with a larger contextLength.",
    );
  });

  it('take what the other does not tell', () => {
    using model = classifier(labels);
    assertFits(model, elmoTextClassification({ labels, maxLength: 16 }));
    assertFits({}, textClassification({ ...rows, labels }));
    assertFits(model, {});
  });

  it('are checked when a Trainer is made', () => {
    using model = classifier(3);
    expect(() => new Trainer({ model, task: reviewTask() })).toThrow("the model's labels: expected 2");
    using fitting = reviewModel();
    new Trainer({ model: fitting, task: reviewTask() });
  });
});
