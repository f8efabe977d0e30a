import type { SquadExample } from '@tenon/data';
import { processedBatches } from '@tenon/data';
import { QuestionAnswering } from '@tenon/heads';
import { bert, bertTiny } from '@tenon/models';
import { adamW } from '@tenon/optim';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { bertTokenizer } from '@tenon/tokenizers';
import { dispose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { train } from '../train.ts';
import { spanExtraction } from './span-extraction.ts';

const WORDS = '[PAD] [UNK] [CLS] [SEP] who where ann bob went to rome oslo and then'.split(' ');
const tokenizer = bertTokenizer({ vocabulary: new Map(WORDS.map((word, id) => [word, id])) });

/** Contexts that need two windows of 10 tokens, one, and two without an answer. */
const EXAMPLES: SquadExample[] = (
  [
    ['where', 'Ann went to Rome and then Bob', 'Rome'],
    ['who', 'Bob went to Oslo', 'Bob'],
    ['where', 'then Bob and Ann went and then', ''],
  ] as const
).map(([question, context, text], i) => ({
  id: String(i),
  question,
  context,
  answers: text === '' ? [] : [{ text, start: context.indexOf(text) }],
  isImpossible: text === '',
}));

const task = spanExtraction({ tokenizer, maxLength: 10, docStride: 3, maxQueryLength: 4, versionTwo: true });
const size = { vocabularySize: WORDS.length, layers: 1, heads: 2, hiddenSize: 16, feedForwardSize: 32 };
const model = () =>
  new QuestionAnswering(
    bert({
      ...bertTiny,
      ...size,
      dropout: 0,
      attentionDropout: 0,
      initializerRange: 0.2,
      pooler: false,
    }),
  );

/** What a model and a task make of examples, all in one batch. */
async function predict(objective: QuestionAnswering, examples: readonly SquadExample[]) {
  const features = examples.map((example) => task.features(example));
  const batch = task.collate(features.flat());
  const outputs = await task.outputs(objective, batch);
  dispose(Object.values(batch));
  const rows = outputs.values();
  const nested = features.map((each) => each.map(() => rows.next().value));
  return task.predictions(examples, features, nested);
}

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('the head’s scores become answers, and no tensor is left', () =>
    leakFree(async () => {
      using objective = model();
      const predictions = await predict(objective, EXAMPLES);
      for (const [i, { text, start, end }] of predictions.entries()) {
        expect(EXAMPLES[i]!.context.slice(start, end)).toBe(text);
      }
    }));

  test('three questions are learnt by heart, windows and all', async () => {
    using objective = model();
    await train({
      objective,
      optimizer: adamW({ learningRate: 1e-2 }),
      batches: processedBatches(EXAMPLES, task, {
        batchSize: 8,
        shuffle: true,
        epochs: Number.POSITIVE_INFINITY,
      }),
      steps: 60,
    });
    const predictions = await predict(objective, EXAMPLES);
    expect(predictions.map(({ text }) => text)).toEqual(['Rome', 'Bob', '']);
    expect(task.metrics!(EXAMPLES, predictions)).toEqual({
      exactMatch: 100,
      f1: 100,
      hasAnswerExactMatch: 100,
      hasAnswerF1: 100,
      noAnswerExactMatch: 100,
      noAnswerF1: 100,
    });
  });
});

const [first, , none] = EXAMPLES;
const prediction = (example: SquadExample, text: string) => ({
  example,
  text,
  start: 0,
  end: 0,
  score: 1,
  nBest: [],
});

test('metrics are of the questions that have a label', () => {
  const unlabelled = { ...first!, answers: [], isImpossible: false };
  const examples = [first!, unlabelled];
  expect(task.metrics!(examples, [prediction(first!, 'the Rome and'), prediction(unlabelled, 'x')])).toEqual({
    exactMatch: 0,
    f1: expect.closeTo(200 / 3),
  });
  expect(task.metrics!([unlabelled], [prediction(unlabelled, 'x')])).toEqual({});
  expect(task.features(unlabelled)[0]!.startPosition).toBe(-100);
});

test('plausible answers of a question without any are none', () => {
  const plausible = { ...none!, answers: [{ text: 'Ann', start: 13 }] };
  expect(task.metrics!([plausible], [prediction(plausible, '')])).toMatchObject({ exactMatch: 100 });
  expect(task.describe!(plausible, prediction(plausible, 'Ann'))).toEqual({
    input: 'where ▸ then Bob and Ann went and then',
    expected: '(no answer)',
    right: false,
    predicted: 'Ann',
  });
});

test('Chinese is scored by characters', () => {
  const chinese = spanExtraction({ tokenizer, language: 'chinese' });
  const example = {
    id: '1',
    question: 'where',
    context: '在北京市',
    answers: [{ text: '北京市', start: 1 }],
  };
  expect(chinese.metrics!([example], [prediction(example, '北京')])).toEqual({ exactMatch: 0, f1: 80 });
});

test('a question that has no window is answered by nothing', () => {
  expect(task.predictions([first!], [[]], [[]])).toEqual([{ ...prediction(first!, ''), score: 0 }]);
  expect(
    task.describe!({ ...first!, context: 'x'.repeat(400), answers: [] }, prediction(first!, '')),
  ).toEqual({
    input: `where ▸ ${'x'.repeat(300)}…`,
    predicted: '(no answer)',
  });
});

test('an answer outside of its context names the question', () => {
  const wrong = { ...first!, answers: [{ text: 'Rome', start: 3 }], origin: { file: 'train.json', id: '0' } };
  expect(() => task.features(wrong)).toThrow(
    'train.json, id 0, answer: expected "Rome" at 3 of the context, got " wen".',
  );
});
