import { describe, expect, it } from 'vitest';
import { tellStories } from './corpus/corpus.ts';
import { NGramModel } from './ngram.ts';

const characters = (text: string): Int32Array => Int32Array.from(text, (letter) => letter.charCodeAt(0));
const { train, validation } = tellStories(5, 60_000);
const TRAIN = characters(train.join('\n'));
const VALIDATION = characters(validation.join('\n'));

describe('NGramModel', () => {
  it.each(['', 't', 'th', 'the ', 'On Mon', '\x01\x02', 'x\x01the'])(
    'gives probabilities that sum to 1 after %j',
    (before) => {
      for (const order of [1, 2, 3, 4]) {
        const model = new NGramModel(TRAIN, 128, order);
        let sum = 0;
        for (let token = 0; token < 128; token++) {
          const probability = model.probability(Int32Array.of(...characters(before), token), before.length);
          expect(probability).toBeGreaterThan(0);
          sum += probability;
        }
        expect(sum).toBeCloseTo(1, 10);
      }
    },
  );

  it('knows more the further it looks back', () => {
    const losses = [1, 2, 3, 4].map((order) => new NGramModel(TRAIN, 128, order).loss(VALIDATION));
    expect(losses[0]).toBeLessThan(Math.log(128));
    for (let i = 1; i < 4; i++) expect(losses[i]).toBeLessThan(losses[i - 1]!);
  });

  it('gives every token a chance, however little it has read', () => {
    const model = new NGramModel(characters('ab'), 128);
    expect(Number.isFinite(model.loss(characters('abyzab')))).toBe(true);
  });

  it('gives every token a chance where none that it has read is rare', () => {
    const words = Int32Array.from({ length: 4000 }, (_, i) => (i * i + (i >> 3)) % 20);
    for (const order of [1, 2]) {
      expect(Number.isFinite(new NGramModel(words, 128, order).loss(characters('abyzab'), 0))).toBe(true);
    }
  });
});
