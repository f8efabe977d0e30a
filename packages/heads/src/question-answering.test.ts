import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { int32, KEY_BIAS, text, tinyBert, tinyGPT2, Vectors } from './__fixtures__/tiny-models.ts';
import { QuestionAnswering, type QuestionAnsweringBatch } from './question-answering.ts';

const batch = (starts: number[], ends: number[]): QuestionAnsweringBatch => ({
  ...text(),
  startPositions: int32<Tensor1D>(starts),
  endPositions: int32<Tensor1D>(ends),
});
const evaluation = { training: false };

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each([
    ['BERT', () => tinyBert(false)],
    ['GPT-2', tinyGPT2],
    ['the least of models', () => new Vectors()],
  ])('contract on %s', (_, backbone) => {
    const contract = headContract({
      make: () => new QuestionAnswering(backbone()),
      batch: () => batch([1, 0], [2, 1]),
      ignored: () => batch([4, -100], [99, 4]),
      // What is added to every token alike changes no probability of where a span starts.
      zeroGradient: new RegExp(
        `${KEY_BIAS}|^span\\.bias$|layer\\.0\\.output\\.LayerNorm\\.bias$|ln_f\\.bias$`,
      ),
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('is the mean of both ends, of the sequences whose answer is in the window', () => {
    using model = new QuestionAnswering(new Vectors());
    tidy(() => {
      const { start, end } = model.logits(text());
      const minusLog = (row: number[], at: number): number =>
        Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[at]!;
      const [starts, ends] = [start.arraySync(), end.arraySync()];
      const loss = (made: QuestionAnsweringBatch): number => model.loss(made, evaluation).loss.dataSync()[0]!;
      const both = (minusLog(starts[0]!, 1) + minusLog(starts[1]!, 3)) / 2;
      const last = (minusLog(ends[0]!, 2) + minusLog(ends[1]!, 3)) / 2;
      expectClose('both inside', [loss(batch([1, 3], [2, 3]))], [(both + last) / 2]);
      const one = (minusLog(starts[0]!, 1) + minusLog(ends[0]!, 2)) / 2;
      expectClose('one outside', [loss(batch([1, 4], [2, 17]))], [one]);
    });
  });

  test('predicts the best span that ends after it starts, is not too long, and has no padding', () => {
    using model = new QuestionAnswering(new Vectors());
    tidy(() => {
      const { start, end } = model.logits(text());
      const [starts, ends] = [start.arraySync(), end.arraySync()];
      for (const maximumLength of [1, 2, 30]) {
        const spans = model.predict(text(), { maximumLength });
        const best = [4, 2].map((tokens, b) => {
          let found = { start: 0, end: 0, score: Number.NEGATIVE_INFINITY };
          for (let from = 0; from < tokens; from++) {
            for (let to = from; to < Math.min(tokens, from + maximumLength); to++) {
              const score = starts[b]![from]! + ends[b]![to]!;
              if (score > found.score) found = { start: from, end: to, score };
            }
          }
          return found;
        });
        expect(spans.start.dtype).toBe('int32');
        expect([...spans.start.dataSync()]).toEqual(best.map((span) => span.start));
        expect([...spans.end.dataSync()]).toEqual(best.map((span) => span.end));
        expectClose(
          'score',
          spans.score.dataSync(),
          best.map((span) => span.score),
        );
      }
    });
  });

  test('refuses positions of another shape, and no length', () => {
    using model = new QuestionAnswering(new Vectors());
    expect(() => tidy(() => void model.loss(batch([1], [2, 2]), evaluation))).toThrow(
      'start positions: expected [2], got [1]. Pass the place of a token for each sequence.',
    );
    expect(() => tidy(() => void model.predict(text(), { maximumLength: 0 }))).toThrow(
      'maximumLength: expected a whole number of at least 1, got 0. Pass a whole number.',
    );
  });
});
