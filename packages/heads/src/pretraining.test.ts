import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { int32, KEY_BIAS, text, tinyBert } from './__fixtures__/tiny-models.ts';
import { NextSentence } from './next-sentence.ts';
import { Pretraining, type PretrainingBatch } from './pretraining.ts';

const evaluation = { training: false };
const NOTHING = [-100, -100, -100, -100];
const batch = (words: number[][], next: number[]): PretrainingBatch => ({
  ...text(),
  tokenTypeIds: int32([
    [0, 0, 1, 1],
    [0, 1, 0, 0],
  ]),
  labels: int32<Tensor2D>(words),
  nextSentenceLabels: int32<Tensor1D>(next),
});
const WORDS = [[-100, 7, -100, 9], NOTHING];

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe('contract of Pretraining', () => {
    const contract = headContract({
      make: () => new Pretraining(tinyBert(true)),
      batch: () => batch(WORDS, [1, 0]),
      ignored: () => batch([NOTHING, NOTHING], [-100, -100]),
      zeroGradient: new RegExp(KEY_BIAS),
    });
    for (const { name, run } of contract) test(name, run);
  });

  describe('contract of NextSentence', () => {
    const contract = headContract({
      make: () => new NextSentence(tinyBert(true)),
      batch: () => ({ ...text(), labels: int32<Tensor1D>([1, 0]) }),
      ignored: () => ({ ...text(), labels: int32<Tensor1D>([-100, -100]) }),
      zeroGradient: new RegExp(KEY_BIAS),
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('the loss is the sum of its parts', () => {
    using model = new Pretraining(tinyBert(true));
    tidy(() => {
      const { loss, parts } = model.loss(batch(WORDS, [1, -100]), evaluation);
      const [words, next] = [parts!['maskedLM']!.dataSync()[0]!, parts!['nextSentence']!.dataSync()[0]!];
      expectClose('loss', loss.dataSync(), [words + next]);
      const { nextSentence } = model.logits(batch(WORDS, [1, 0]));
      const [same, other] = nextSentence.arraySync()[0]!;
      expectClose('next sentence', [next], [Math.log(1 + Math.exp(same! - other!))]);
    });
  });

  test('predicts whether the second text follows', () => {
    using model = new NextSentence(tinyBert(true));
    tidy(() => {
      const scores = model.logits(text()).arraySync();
      const expected = scores.map(([same, other]) => (other! > same! ? 1 : 0));
      expect([...model.predict(text()).dataSync()]).toEqual(expected);
      const shares = model.probabilities(text()).arraySync();
      for (const [same, other] of shares) expect(same! + other!).toBeCloseTo(1, 5);
    });
  });

  test('refuses labels that do not fit', () => {
    using model = new Pretraining(tinyBert(true));
    expect(() => tidy(() => void model.loss(batch(WORDS, [1]), evaluation))).toThrow(
      'next sentence labels: expected [2], got [1]. Pass 0 or 1 for each pair.',
    );
    using next = new NextSentence(tinyBert(true));
    const wrong = () => next.loss({ ...text(), labels: int32<Tensor1D>([0, 2]) }, evaluation).loss.dataSync();
    expect(() => tidy(() => void wrong())).toThrow('labels: expected numbers of classes in [0, 2)');
  });
});
