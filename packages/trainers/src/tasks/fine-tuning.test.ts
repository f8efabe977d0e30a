// Every task with its head in a Trainer: a rule that a word tells is learnt from a few examples.
import type { Objective } from '@tenon/core';
import { type ChoiceExample, gptSpecialTokens, type TaggedExample, type TextExample } from '@tenon/data';
import {
  DoubleHeads,
  MultipleChoice,
  SequenceClassification,
  Similarity,
  TokenClassification,
} from '@tenon/heads';
import { bert, bertTiny, gpt, gpt2, gpt2Small, gptBase } from '@tenon/models';
import { selectBackend, testBackends } from '@tenon/testing';
import { bertTokenizer } from '@tenon/tokenizers';
import { beforeAll, expect, test } from 'vitest';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import { Trainer } from '../trainer.ts';
import { choosing, gptChoosing } from './choosing.ts';
import { gptTextClassification, gptTextSimilarity } from './gpt-text.ts';
import { textClassification } from './text-classification.ts';
import { tokenTagging } from './token-tagging.ts';

beforeAll(() => selectBackend(testBackends()[0]!));

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'b', 'c', 'd', 'sun', '##ny', 'rain', '##y'];
const tokenizer = bertTokenizer({ vocabulary: new Map(WORDS.map((word, id) => [word, id])) });
const tokens = gptSpecialTokens(tokenizer);
const size = { vocabularySize: tokenizer.vocabularySize, hiddenSize: 16, layers: 1, heads: 2 };
const body = () => bert({ ...bertTiny, ...size, dropout: 0 });
const gptBody = () => gpt({ ...gptBase, ...size });
const rows = { tokenizer, maxLength: 16 };
const gptRows = { ...rows, tokens };

const fill = ['a', 'b c', 'd a b', 'c'];
const texts = fill.flatMap((words): TextExample[] => [
  { text: words, textPair: `${words} sunny`, label: 'fine' },
  { text: words, textPair: `rainy ${words}`, label: 'wet' },
]);
const similar = fill.flatMap((words): TextExample[] => [
  { text: `${words} sunny`, textPair: 'sunny', label: 1 },
  { text: `${words} sunny`, textPair: 'rainy', label: 0 },
  { text: 'sunny', textPair: `${words} sunny`, label: 1 },
  { text: 'rainy', textPair: `sunny ${words}`, label: 0 },
]);
const tagged = fill.map((words): TaggedExample => {
  const all = [...words.split(' '), 'Sunny', 'a', 'rainy'];
  return {
    words: all,
    tags: all.map((word) => (word === 'Sunny' ? 'B-fine' : word === 'rainy' ? 'B-wet' : 'O')),
  };
});
const choices = fill.flatMap((words): ChoiceExample[] => [
  { text: words, choices: ['sunny', 'rainy'], label: 0 },
  { text: words, choices: [`${words} rainy`, 'sunny a'], label: 1 },
]);

/** How well a model does after some steps on a few examples. */
async function learnt<Example, Feature, Batch, Model extends Objective<Batch> & Disposable, Prediction>(
  model: Model,
  task: FineTuningTask<Example, Feature, Batch, NoInfer<Model>, Prediction>,
  examples: readonly Example[],
) {
  using trained = model;
  const args = { maxSteps: 40, learningRate: 0.02, perDeviceTrainBatchSize: 8, saveStrategy: 'no' } as const;
  const trainer = new Trainer({ model: trained, task, args, trainDataset: examples, evalDataset: examples });
  await trainer.train();
  return await trainer.evaluate();
}

const labels = ['fine', 'wet'];
const tags = ['O', 'B-fine', 'B-wet'];

test('textClassification', async () => {
  const model = new SequenceClassification(body(), { labels });
  expect(await learnt(model, textClassification({ ...rows, labels }), texts)).toMatchObject({
    accuracy: 1,
    f1: 1,
  });
});

test('tokenTagging', async () => {
  const model = new TokenClassification(bert({ ...bertTiny, ...size, dropout: 0, pooler: false }), {
    labels: tags,
  });
  expect(await learnt(model, tokenTagging({ ...rows, tags }), tagged)).toMatchObject({ accuracy: 1, f1: 1 });
});

test('tokenTagging on a model that reads from left to right and tells no kinds of tokens apart', async () => {
  const model = new TokenClassification(gpt2({ ...gpt2Small, ...size }), { labels: tags });
  expect(await learnt(model, tokenTagging({ ...rows, tags }), tagged)).toMatchObject({ f1: 1 });
});

test('choosing', async () => {
  const model = new MultipleChoice(body());
  expect(await learnt(model, choosing({ ...rows, choices: 2 }), choices)).toMatchObject({ accuracy: 1 });
});

test('gptTextClassification, with the auxiliary language model', async () => {
  const model = new SequenceClassification(gptBody(), { labels, lmCoefficient: 0.5 });
  const task = gptTextClassification({ ...gptRows, labels });
  expect(await learnt(model, task, texts)).toMatchObject({ accuracy: 1 });
});

test('gptTextSimilarity', async () => {
  const { pearson } = await learnt(new Similarity(gptBody()), gptTextSimilarity(gptRows), similar);
  expect(pearson).toBeGreaterThan(0.9);
});

test('gptChoosing', async () => {
  const task = gptChoosing({ ...gptRows, choices: 2 });
  expect(await learnt(new MultipleChoice(gptBody()), task, choices)).toMatchObject({ accuracy: 1 });
});

test('gptChoosing, with the head of GPT’s checkpoints', async () => {
  const task = gptChoosing({ ...gptRows, choices: 2 });
  using model = new DoubleHeads(gptBody());
  const trainer = new Trainer({
    model,
    task,
    args: { maxSteps: 40, learningRate: 0.02 },
    trainDataset: choices,
  });
  await trainer.train();
  expect(await trainer.evaluate(choices)).toMatchObject({ accuracy: 1 });
  const predictions = await trainer.predict(choices);
  expect(predictions.map(({ choice }) => choice)).toEqual(choices.map(({ label }) => label));
});
