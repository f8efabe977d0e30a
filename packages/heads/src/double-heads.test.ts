import { type Backbone, RandomStream } from '@tenon/core';
import { type GPT, gpt, gpt3, gpt3Small, gptBase } from '@tenon/models';
import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { softmax, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { CausalLM } from './causal-lm.ts';
import { DoubleHeads, type DoubleHeadsBatch } from './double-heads.ts';

const sizes = {
  vocabularySize: 17,
  contextLength: 8,
  hiddenSize: 12,
  layers: 2,
  heads: 3,
  initializerRange: 0.3,
};
const body = (): GPT => gpt({ ...gptBase, ...sizes }, { random: new RandomStream(1) });
const make = (options = {}): DoubleHeads => new DoubleHeads(body(), options);

const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');

/** Two questions with two choices each; the second rows end with padding. */
const batch = (labels = [1, 0]): DoubleHeadsBatch => ({
  inputIds: ids([
    [3, 1, 4, 16],
    [3, 1, 16, 0],
    [2, 7, 1, 16],
    [2, 8, 16, 0],
  ]),
  attentionMask: ids([
    [1, 1, 1, 1],
    [1, 1, 1, 0],
    [1, 1, 1, 1],
    [1, 1, 1, 0],
  ]),
  lmLabels: ids([
    [3, 1, 4, 16],
    [3, 1, 16, -100],
    [2, 7, 1, 16],
    [2, 8, 16, -100],
  ]),
  choices: 2,
  labels: tensor1d(labels, 'int32'),
});

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each<[string, () => Backbone]>([
    ['GPT', body],
    ['GPT, its scores not tied', () => gpt({ ...gptBase, ...sizes, tieWordEmbeddings: false })],
    ['GPT-3', () => gpt3({ ...gpt3Small, ...sizes, attentionWindow: 2 })],
  ])('contract on %s', (_, backbone) => {
    const ignored = (): DoubleHeadsBatch => ({
      ...batch([-100, -100]),
      lmLabels: ids([0, 1, 2, 3].map(() => [-100, -100, -100, -100])),
    });
    // What is added to every choice alike changes no probability.
    const zeroGradient = /^classifier\.bias$/;
    const contract = headContract({ make: () => new DoubleHeads(backbone()), batch, ignored, zeroGradient });
    for (const { name, run } of contract) test(name, run);
  });

  test('adds up the loss of the choices and that of the language model', () => {
    using model = make({ lmCoefficient: 0.25 });
    const lm = new CausalLM(model.backbone);
    tidy(() => {
      const { lmLabels, ...rest } = batch();
      const { loss, parts } = model.loss({ lmLabels, ...rest }, { training: false });
      const alone = lm.loss({ ...rest, labels: lmLabels }, { training: false }).loss.dataSync();
      expectClose('lm', parts!['lm']!.dataSync(), alone);
      const probabilities = softmax(model.logits(rest).choices).arraySync();
      const choices = -(Math.log(probabilities[0]![1]!) + Math.log(probabilities[1]![0]!)) / 2;
      expectClose('choices', parts!['choices']!.dataSync(), [choices]);
      expectClose('loss', loss.dataSync(), [choices + 0.25 * alone[0]!]);
    });
  });

  test('looks at the last token, or at the one it is told', () => {
    using model = make();
    tidy(() => {
      const { lm, choices } = model.logits(batch());
      expect(lm.shape).toEqual([4, 4, 17]);
      const indices = (values: number[]) => tensor1d(values, 'int32');
      const told = model.logits({ ...batch(), extractIndices: indices([3, 2, 3, 2]) }).choices;
      expect(told.dataSync()).toEqual(choices.dataSync());
      const other = model.logits({ ...batch(), extractIndices: indices([3, 2, 3, 1]) }).choices;
      expect(other.arraySync()[0]).toEqual(choices.arraySync()[0]);
      expect(other.arraySync()[1]).not.toEqual(choices.arraySync()[1]);
    });
  });

  test.each<[string, () => Partial<DoubleHeadsBatch>, string]>([
    ['choices', () => ({ choices: 3 }), 'choices: expected rows in groups of 3, got 4 rows.'],
    ['lmLabels', () => ({ lmLabels: ids([[1, 2]]) }), 'targets: expected [4, 4], got [1, 2].'],
    ['labels', () => ({ labels: tensor1d([1], 'int32') }), 'labels: expected [2], got [1].'],
    [
      'extractIndices',
      () => ({ extractIndices: tensor1d([3, 2, 3, 4], 'int32') }),
      'extract indices: expected int32 numbers in [0, 4), got 4 at [3]. Count from the first token of the row.',
    ],
  ])('refuses other %s', (_, change, message) => {
    using model = make();
    expect(() => tidy(() => void model.loss({ ...batch(), ...change() }, { training: false }))).toThrow(
      message,
    );
  });
});

test('needs a model that scores a vocabulary', () => {
  using backbone = body();
  const silent = Object.create(backbone, { scorer: { value: undefined } }) as Backbone;
  expect(() => new DoubleHeads(silent)).toThrow(
    'DoubleHeads: expected a backbone with a scorer, got GPT without. Take a model that scores a vocabulary, as GPT-2 does.',
  );
});
