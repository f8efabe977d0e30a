import type { ChoiceExample, TaggedExample, TextExample } from '@tenon/data';
import { MultipleChoice, SequenceClassification, Similarity, TokenClassification } from '@tenon/heads';
import { bert, bertTiny, elmo, elmoSmall, gpt, gptBase } from '@tenon/models';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { bertTokenizer } from '@tenon/tokenizers';
import { dispose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FineTuningTask } from '../fine-tuning-task.ts';
import { choosing, gptChoosing } from './choosing.ts';
import { elmoTagging } from './elmo-tagging.ts';
import { elmoTextClassification } from './elmo-text-classification.ts';
import { gptTextClassification, gptTextSimilarity } from './gpt-text.ts';
import { spanExtraction } from './span-extraction.ts';
import { textClassification } from './text-classification.ts';
import { tokenTagging } from './token-tagging.ts';

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'b', 'c', 'tai', '##pei'];
const tokenizer = bertTokenizer({ vocabulary: new Map(WORDS.map((word, id) => [word, id])) });
const rows = { tokenizer, maxLength: 16 };
const tokens = { start: 9, delimiter: 10, extract: 11 };
const size = { vocabularySize: 12, hiddenSize: 8, layers: 1, heads: 2 };
const body = () => bert({ ...bertTiny, ...size });
const elmoBody = () =>
  elmo({ ...elmoSmall, filters: [[2, 8]], layers: 1, cellSize: 8, projectionSize: 4, maxCharacters: 8 });
const gptBody = () => gpt({ ...gptBase, ...size });

/** What a model and a task make of examples, all in one batch. */
async function predict<Example, Feature, Batch, Model, Prediction>(
  task: FineTuningTask<Example, Feature, Batch, Model, Prediction>,
  model: Model,
  examples: readonly Example[],
) {
  const features = examples.map((example) => task.features(example));
  const batch = task.collate(features.flat());
  const outputs = (await task.outputs(model, batch)).map((output) => [output]);
  dispose(Object.values(batch as object));
  return task.predictions(examples, features, outputs);
}

/** The same from outputs that are made up. */
function predictions<Example, Feature, Prediction>(
  task: Pick<FineTuningTask<Example, Feature, never, never, Prediction>, 'features' | 'predictions'>,
  examples: readonly Example[],
  outputs: readonly unknown[],
) {
  const features = examples.map((example) => task.features(example));
  return task.predictions(
    examples,
    features,
    outputs.map((output) => [output]),
  );
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('every task understands its head, and leaves no tensor', () =>
    leakFree(async () => {
      const texts: TextExample[] = [
        { text: 'a b', label: 'y' },
        { text: 'c', label: 'x' },
      ];
      using classifier = new SequenceClassification(body(), { labels: ['x', 'y'] });
      const labelled = await predict(textClassification({ ...rows, labels: ['x', 'y'] }), classifier, texts);
      expect(labelled.map(({ scores }) => scores.reduce((sum, score) => sum + score))).toEqual([
        expect.closeTo(1),
        expect.closeTo(1),
      ]);

      using tagger = new TokenClassification(body(), { labels: ['O', 'B-p'] });
      const tagging = tokenTagging({ ...rows, tags: ['O', 'B-p'] });
      const [tagged] = await predict(tagging, tagger, [{ words: ['a', 'taipei', 'b'] }]);
      expect(tagged?.tags).toHaveLength(3);

      const words = { maxCharacters: 8, padToMultipleOf: 4 };
      using elmoTagger = new TokenClassification(elmoBody(), { labels: ['O', 'B-p'] });
      const elmoTags = elmoTagging({ ...words, tags: ['O', 'B-p'] });
      const [elmoTagged] = await predict(elmoTags, elmoTagger, [{ words: ['a', 'taipei', 'b'] }]);
      expect(elmoTagged?.tags).toHaveLength(3);

      using elmoClassifier = new SequenceClassification(elmoBody(), { labels: ['x', 'y'] });
      const elmoTexts = elmoTextClassification({ ...words, labels: ['x', 'y'] });
      expect(await predict(elmoTexts, elmoClassifier, texts)).toHaveLength(2);

      const questions: ChoiceExample[] = [{ text: 'a', choices: ['b', 'c a'], label: 1 }];
      using chooser = new MultipleChoice(body());
      const [chosen] = await predict(choosing({ ...rows, choices: 2 }), chooser, questions);
      expect(chosen?.scores).toHaveLength(2);

      const options = { tokenizer, tokens, maxLength: 16 };
      using gptClassifier = new SequenceClassification(gptBody(), { labels: ['x', 'y'] });
      const entailment = gptTextClassification({ ...options, labels: ['x', 'y'] });
      expect(await predict(entailment, gptClassifier, [{ text: 'a', textPair: 'b' }])).toHaveLength(1);

      using comparer = new Similarity(gptBody());
      const [similar] = await predict(gptTextSimilarity(options), comparer, [{ text: 'a', textPair: 'b' }]);
      expect(similar?.label).toBeCloseTo(0.5, 1);

      using gptChooser = new MultipleChoice(gptBody());
      const [gptChosen] = await predict(gptChoosing({ ...options, choices: 2 }), gptChooser, questions);
      expect(gptChosen?.scores).toHaveLength(2);
    }));
});

test('a head with other labels than the task', async () => {
  await selectBackend('cpu');
  using model = new SequenceClassification(body(), { labels: 3 });
  const task = textClassification({ ...rows, labels: ['x', 'y'] });
  await expect(predict(task, model, [{ text: 'a' }])).rejects.toThrow(
    "the model's outputs: expected 2, as the task has labels, got 3. Make the head with the labels of the task, in the same order.",
  );
  using tagger = new TokenClassification(body(), { labels: 1 });
  await expect(
    predict(tokenTagging({ ...rows, tags: ['O', 'B-x'] }), tagger, [{ words: ['a'] }]),
  ).rejects.toThrow("the model's outputs: expected 2, as the task has labels, got 1.");
});

test('each tells what there is to learn from', () => {
  const text = textClassification({ ...rows, labels: ['no', 'yes'] });
  expect([{ text: 'a', label: 'no' }, { text: 'a' }].map(text.isLabelled!)).toEqual([true, false]);
  const tagging = tokenTagging({ ...rows, tags: ['O'] });
  expect([{ words: ['a'], tags: ['O'] }, { words: ['a'] }].map(tagging.isLabelled!)).toEqual([true, false]);
  const choice = choosing({ ...rows, choices: 2 });
  const question = { text: 'a', choices: ['b', 'c'] };
  expect([{ ...question, label: 0 }, question].map(choice.isLabelled!)).toEqual([true, false]);
  const spans = spanExtraction({ tokenizer });
  const asked = { id: '1', question: 'a', context: 'b', answers: [] };
  const answered = { ...asked, answers: [{ text: 'b', start: 0 }] };
  expect([answered, { ...asked, isImpossible: true }, asked].map(spans.isLabelled!)).toEqual([
    true,
    true,
    false,
  ]);
});

test('one class of two', () => {
  const task = textClassification({ ...rows, labels: ['no', 'yes'] });
  const examples: TextExample[] = [
    { text: 'a', label: 'yes' },
    { text: 'b', label: 'no', textPair: 'c' },
    { text: 'c', label: 'no' },
    { text: 'a b' },
  ];
  const made = predictions(task, examples, [
    [0, 2],
    [Math.log(3), 0],
    [0, 1],
    [1, 0],
  ]);
  expect(made.map(({ label }) => label)).toEqual(['yes', 'no', 'yes', 'no']);
  expect(made[1]!.scores).toEqual([expect.closeTo(0.75), expect.closeTo(0.25)]);
  // Of the three with a label two are right, and of two "yes" one is.
  expect(task.metrics!(examples, made)).toEqual({
    accuracy: expect.closeTo(2 / 3),
    f1: expect.closeTo(2 / 3),
    matthewsCorrelation: expect.closeTo(0.5),
  });
  expect(task.metrics!([{ text: 'a' }], made)).toEqual({});
  expect(task.describe!(examples[1]!, made[1]!)).toEqual({ input: 'b ▸ c', expected: 'no', predicted: 'no' });
  expect(task.describe!(examples[3]!, made[3]!)).toEqual({ input: 'a b', predicted: 'no' });
});

test('one class of three has the mean of their F1', () => {
  const task = textClassification({ ...rows, labels: ['0', '1', '2'] });
  const examples: TextExample[] = [
    { text: 'a', label: 0 },
    { text: 'b', label: '1' },
  ];
  const made = predictions(task, examples, [
    [1, 0, 0],
    [1, 0, 0],
  ]);
  expect(task.metrics!(examples, made)).toEqual({ accuracy: 0.5, f1: expect.closeTo(2 / 9) });
});

test('several classes at once', () => {
  const task = textClassification({ ...rows, labels: ['p', 'q'], problemType: 'multiLabelClassification' });
  const examples: TextExample[] = [
    { text: 'a', label: ['p', 'q'] },
    { text: 'b', label: [] },
  ];
  const made = predictions(task, examples, [
    [1, -1],
    [-1, 0],
  ]);
  expect(made.map(({ label }) => label)).toEqual([['p'], []]);
  expect(made[1]!.scores[1]).toBe(0.5);
  expect(task.metrics!(examples, made)).toEqual({
    accuracy: 0.5,
    f1Micro: expect.closeTo(2 / 3),
    f1Macro: 0.5,
  });
  expect(task.describe!(examples[0]!, made[0]!).expected).toBe('p, q');
});

test('numbers', () => {
  const task = textClassification(rows);
  const examples: TextExample[] = [1, 2, 4].map((label) => ({ text: 'a', label }));
  const made = predictions(task, examples, [[1], [3], [4]]);
  expect(made[1]).toEqual({ label: 3, scores: [3] });
  expect(task.metrics!(examples, made)).toEqual({
    pearson: expect.closeTo(0.9286, 4), // 13/3 / √(14/3 · 14/3)
    spearmanr: expect.closeTo(1),
    mse: expect.closeTo(1 / 3),
  });
  expect(task.metrics!(examples.slice(0, 1), made.slice(0, 1))).toEqual({ mse: 0 });
  expect(task.describe!({ text: 'a', label: 2 }, { label: 1 / 3, scores: [] })).toEqual({
    input: 'a',
    expected: '2',
    predicted: '0.3333',
  });
});

test('tags', () => {
  const task = tokenTagging({ ...rows, tags: ['O', 'B-city', 'I-city'] });
  const examples: TaggedExample[] = [
    { words: ['a', 'Taipei', 'c'], tags: ['O', 'B-city', 'I-city'] },
    { words: ['b'], tags: ['B-city'] },
  ];
  const made = predictions(task, examples, [
    [0, 0, 1, 0, 2, 0],
    [0, 0, 0],
  ]);
  expect(made.map(({ tags }) => tags)).toEqual([['O', 'B-city', 'I-city'], ['O']]);
  expect(task.metrics!(examples, made)).toEqual({
    precision: 1,
    recall: 0.5,
    f1: expect.closeTo(2 / 3),
    accuracy: 0.75,
  });
  expect(task.metrics!([{ words: ['a'] }], made)).toEqual({});
  expect(task.describe!(examples[0]!, made[0]!)).toEqual({
    input: 'a Taipei c',
    expected: 'a Taipei[city] c[city]',
    predicted: 'a Taipei[city] c[city]',
  });
});

test('tags that are not those of entities', () => {
  const task = tokenTagging({ ...rows, tags: ['other', 'dest'] });
  const examples: TaggedExample[] = [{ words: ['a', 'Taipei'], tags: ['other', 'dest'] }];
  const made = predictions(task, examples, [[0, 0, 0, 0, 0]]);
  expect(task.metrics!(examples, made)).toEqual({ accuracy: 0.5 });
});

test('choices', () => {
  const task = choosing({ ...rows, choices: 2 });
  const examples: ChoiceExample[] = [
    { text: 'a', choices: ['b', 'c'], label: 1 },
    { text: 'a', choices: ['c', 'b'] },
  ];
  const made = predictions(task, examples, [
    [0, 1],
    [1, 0],
  ]);
  expect(made.map(({ choice }) => choice)).toEqual([1, 0]);
  expect(task.metrics!(examples, made)).toEqual({ accuracy: 1 });
  expect(task.describe!(examples[0]!, made[1]!)).toEqual({ input: 'a', expected: 'c', predicted: 'b' });
  expect(task.metrics!(examples.slice(1), made)).toEqual({});
});
