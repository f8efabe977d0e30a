import { bertTokenizer } from '@tenon/tokenizers';
import { expect, test } from 'vitest';
import type { SquadExample } from '../examples.ts';
import { tinyBert as tokenizer } from '../processors/__fixtures__/tiny-bert.ts';
import { finalText, originalSpanText } from './original-span-text.ts';
import { type SquadPredictionOptions, squadPredictions } from './squad-predictions.ts';
import { squadProcessor } from './squad-processor.ts';

const example: SquadExample = { id: 'q1', question: 'go', context: 'A  b, c d-e', answers: [] };
const processor = squadProcessor({ tokenizer, training: false });
const [feature] = processor.features(example); // [CLS] go [SEP] a b , c d - e [SEP]

/** Scores of the tokens by their places; 0 elsewhere. */
const scores = (start: Record<number, number>, end: Record<number, number>, length = 11) => ({
  start: Array.from({ length }, (_, t) => start[t] ?? 0),
  end: Array.from({ length }, (_, t) => end[t] ?? 0),
});

const predict = (
  start: Record<number, number>,
  end: Record<number, number>,
  options: SquadPredictionOptions = {},
) => squadPredictions([feature!], [scores(start, end)], options)[0]!;

test('the answer is the exact text of the best span', () => {
  expect(predict({ 3: 5 }, { 6: 4 })).toMatchObject({ text: 'A  b, c', start: 0, end: 7, example });
  expect(predict({ 7: 5 }, { 9: 4 })).toMatchObject({ text: 'd-e', start: 8, end: 11 });
});

test('spans that cannot be are left out: outside the context, backwards, too long', () => {
  expect(predict({ 1: 9, 3: -9, 6: 5, 4: 3 }, { 3: 9, 10: 9, 4: 4 }).text).toBe('b');
  expect(predict({ 3: 5 }, { 9: 4, 5: 3 }, { maxAnswerLength: 3 }).text).toBe('A  b,');
});

test('candidates come with the softmax of their scores, and each text once', () => {
  const twice = { ...example, context: 'a b a' };
  const windows = processor.features(twice); // [CLS] go [SEP] a b a [SEP]
  const [prediction] = squadPredictions(windows, [scores({ 3: 2, 5: 1 }, { 3: 2, 5: 1 }, 7)], { nBest: 2 });
  expect(prediction!.nBest).toEqual([
    {
      text: 'a',
      start: 0,
      end: 1,
      startLogit: 2,
      endLogit: 2,
      probability: expect.closeTo(1 / (1 + Math.exp(-1)), 12),
    },
    {
      text: 'a b a',
      start: 0,
      end: 5,
      startLogit: 2,
      endLogit: 1,
      probability: expect.closeTo(1 / (1 + Math.E), 12),
    },
  ]);
  expect(prediction!.score).toBe(prediction!.nBest[0]!.probability);
});

test('a token counts in the window that shows most around it', () => {
  const long = { ...example, context: 'a b c d e' };
  const windows = squadProcessor({ tokenizer, maxLength: 7, docStride: 1, training: false }).features(long);
  // c is the last of the first window and the first of the third: the second counts.
  const each = [5, 4, 3].map((place, i) => scores({ [place]: 9 - i }, { [place]: 9 - i }, 7));
  const [prediction] = squadPredictions(windows, each);
  expect(prediction!.nBest[0]).toMatchObject({ text: 'c', startLogit: 8 });
});

test('version 2: no answer wins where it scores higher by more than the threshold', () => {
  const two = { versionTwo: true };
  expect(predict({ 0: 3, 4: 2 }, { 0: 3, 4: 2 }, two)).toMatchObject({
    text: '',
    nullScoreDiff: 2,
    start: 0,
    end: 0,
  });
  expect(predict({ 0: 3, 4: 2 }, { 0: 3, 4: 2 }, { ...two, nullScoreDiffThreshold: 2 }).text).toBe('b');
  expect(predict({ 0: 1, 4: 2 }, { 0: 1, 4: 2 }, two)).toMatchObject({ text: 'b', nullScoreDiff: -2 });
  const { nBest } = predict({ 4: 2 }, { 4: 2 }, { ...two, nBest: 1 });
  expect(nBest.map(({ text }) => text)).toEqual(['b', '']); // "no answer" is always a candidate
});

test('version 2: the window where "no answer" scores least decides', () => {
  const windows = squadProcessor({ tokenizer, maxLength: 8, docStride: 4, training: false }).features(
    example,
  );
  const [prediction] = squadPredictions(
    windows,
    [scores({ 0: 9, 4: 2 }, { 0: 9, 4: 2 }, 8), scores({ 0: 1 }, {}, 8)],
    {
      versionTwo: true,
    },
  );
  expect(prediction).toMatchObject({ text: 'b', nullScoreDiff: 1 - 4 });
});

test('where no span can be, nothing is predicted', () => {
  expect(predict({ 0: 9 }, { 0: 9 }, { nBest: 1 })).toEqual({
    example,
    text: '',
    start: 0,
    end: 0,
    score: 0,
    nBest: [],
  });
});

test('one prediction for each question', () => {
  const other = { ...example, id: 'q2' };
  const windows = [...processor.features(example), ...processor.features(other)];
  const predictions = squadPredictions(windows, [scores({ 3: 1 }, { 3: 1 }), scores({ 4: 1 }, { 4: 1 })]);
  expect(predictions.map(({ example: { id }, text }) => [id, text])).toEqual([
    ['q1', 'A'],
    ['q2', 'b'],
  ]);
});

test('the original’s text: words with one blank between, cut down to the tokens where that can be told', () => {
  const options = { spanText: originalSpanText({ tokenizer }) };
  expect(predict({ 3: 5 }, { 6: 4 }, options).text).toBe('A b, c'); // two blanks have become one
  const words = ['[UNK]', '[CLS]', '[SEP]', 'go', 'cafe', '##s', "'"];
  const french = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
  const cafes = { ...example, context: "Cafés' 10" };
  const windows = squadProcessor({ tokenizer: french, training: false }).features(cafes); // cafe ##s ' [UNK]
  const text = (first: number, last: number) =>
    originalSpanText({ tokenizer: french })(windows[0]!, first, last);
  expect([text(3, 4), text(3, 5), text(6, 6)]).toEqual(['Cafés', "Cafés'", '10']);
});

// The example of get_final_text's own comment, and texts whose characters do not go together one by one.
test.each([
  ['steve smith', "Steve Smith's", 'Steve Smith'],
  ['fine', 'ﬁne 𝟙', 'ﬁne 𝟙'],
  ['b', '😀 b!', 'b'],
  ['', 'all of it', 'all of it'],
  ['x', 'a\u0000 x', 'a\u0000 x'],
])('%j in %j is %j', (predicted, text, expected) => {
  expect(finalText({ lowercase: true })(predicted, text)).toBe(expected);
});

test.each<[() => unknown, string]>([
  [
    () => squadPredictions([feature!], []),
    'squadPredictions: expected the scores of 1 windows, got 0. Pass the scores of each window, in the same order.',
  ],
  [
    () => squadPredictions([feature!], [scores({}, {}, 10)]),
    'question q1, window 0: expected scores of its 11 tokens, got 10. Pass a row of the logits, for the tokens of the window and its padding.',
  ],
  [
    () => predict({}, {}, { nBest: 0 }),
    'squadPredictions: nBest: expected a whole number of at least 1, got 0.',
  ],
])('errors: %#', (call, message) => expect(call).toThrow(message));
