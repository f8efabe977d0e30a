import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { int32, KEY_BIAS, tinyBert, tinyGPT2, Vectors } from './__fixtures__/tiny-models.ts';
import { type ChoiceInput, MultipleChoice, type MultipleChoiceBatch } from './multiple-choice.ts';

/** Two questions with three choices each. */
const input = (choices = 3): ChoiceInput => ({
  inputIds: int32([
    [1, 2],
    [1, 3],
    [1, 4],
    [5, 6],
    [5, 7],
    [5, 8],
  ]),
  choices,
});
const batch = (labels: number[]): MultipleChoiceBatch => ({ ...input(), labels: int32<Tensor1D>(labels) });
const evaluation = { training: false };

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each([
    ['BERT', () => tinyBert(true)],
    ['GPT-2', tinyGPT2],
    ['the least of models', () => new Vectors()],
  ])('contract on %s', (_, backbone) => {
    const contract = headContract({
      make: () => new MultipleChoice(backbone()),
      batch: () => batch([2, 0]),
      ignored: () => batch([-100, -100]),
      zeroGradient: new RegExp(`${KEY_BIAS}|^classifier\\.bias$|ln_f\\.bias$`), // added to every choice alike
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('scores of a question compete', () => {
    using model = new MultipleChoice(new Vectors());
    tidy(() => {
      const scores = model.logits(input()).arraySync();
      expect(scores.map((row) => row.length)).toEqual([3, 3]);
      const shares = model.probabilities(input()).arraySync();
      expectClose(
        'first',
        [shares[0]![1]!],
        [Math.exp(scores[0]![1]!) / scores[0]!.reduce((sum, x) => sum + Math.exp(x), 0)],
      );
      const loss = model.loss(batch([1, -100]), evaluation).loss.dataSync()[0]!;
      expectClose('loss', [loss], [-Math.log(shares[0]![1]!)]);
      const best = scores.map((row) => row.indexOf(Math.max(...row)));
      expect([...model.predict(input()).dataSync()]).toEqual(best);
    });
  });

  test('refuses rows and labels that do not fit', () => {
    using model = new MultipleChoice(new Vectors());
    expect(() => tidy(() => void model.logits(input(4)))).toThrow(
      'choices: expected rows in groups of 4, got 6 rows. Pass every choice of every question as a row of its own.',
    );
    expect(() => tidy(() => void model.loss(batch([1]), evaluation))).toThrow(
      'labels: expected [2], got [1]. Pass the right choice of each question.',
    );
    expect(() => tidy(() => model.loss(batch([1, 3]), evaluation).loss.dataSync())).toThrow(
      'labels: expected numbers of classes in [0, 3), or -100 for what does not count, got 3.',
    );
  });
});
