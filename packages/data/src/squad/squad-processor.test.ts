import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { tokenizerFromJSON } from '@tenon/tokenizers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SquadExample } from '../examples.ts';
import { tinyBert as tokenizer } from '../processors/__fixtures__/tiny-bert.ts';
import { type SquadProcessorOptions, squadProcessor } from './squad-processor.ts';

const example = (context: string, text: string, start: number, rest: Partial<SquadExample> = {}) => ({
  id: 'q1',
  question: 'go',
  context,
  answers: [{ text, start }],
  ...rest,
});

const features = (one: SquadExample, options: Partial<SquadProcessorOptions> = {}) =>
  squadProcessor({ tokenizer, ...options }).features(one);

/** The tokens of each window, with the answer's in brackets. */
const read = (one: SquadExample, options: Partial<SquadProcessorOptions> = {}) =>
  features(one, options).map(({ inputIds, startPosition, endPosition }) =>
    Array.from(inputIds, (id, place) => {
      const token = tokenizer.idToToken(id);
      return `${place === startPosition ? '<' : ''}${token}${place === endPosition ? '>' : ''}`;
    }).join(' '),
  );

test('a question with the windows of its context', () => {
  const one = example('a b c d e', 'd', 6);
  expect(read(one)).toEqual(['[CLS] go [SEP] a b c <d> e [SEP]']);
  expect(read(one, { maxLength: 7, docStride: 1 })).toEqual([
    '<[CLS]> go [SEP] a b c [SEP]',
    '[CLS] go [SEP] b c <d> [SEP]',
    '[CLS] go [SEP] c <d> e [SEP]',
  ]);
  const [first, second] = features(one, { maxLength: 7, docStride: 2 });
  expect(first).toMatchObject({ window: 0, contextStart: 3, example: one });
  expect([...first!.tokenTypeIds]).toEqual([0, 0, 0, 1, 1, 1, 1]);
  expect([...second!.offsets]).toEqual([4, 5, 6, 7, 8, 9]);
  expect([first, second].map((feature) => feature!.maxContext.join(''))).toEqual(['111', '011']);
});

test('an answer that a window has only half of is not in it', () => {
  expect(read(example('a b c d', 'b c', 2), { maxLength: 6, docStride: 1 })).toEqual([
    '<[CLS]> go [SEP] a b [SEP]',
    '[CLS] go [SEP] <b c> [SEP]',
    '<[CLS]> go [SEP] c d [SEP]',
  ]);
});

test('an answer is the tokens that its characters lie in', () => {
  expect(read(example('a Taipei, xy', 'Tai', 2))[0]).toContain(' <tai> ##pei ');
  expect(read(example('a Taipei, xy', 'aipei', 3))[0]).toContain(' <tai ##pei> ');
  expect(read(example('a b a', 'a', 4))[0]).toContain('a b <a>');
  expect(read(example('😀 a b', 'b', 5))[0]).toContain('a <b>'); // in UTF-16 units
});

test('the original’s answers are words, or what reads like the answer in them', () => {
  const original = { original: true };
  expect(read(example('a xyz, b', 'x', 2), original)[0]).toContain('a <x> ##y ##z [UNK] b');
  expect(read(example('a xtai, b', 'tai', 3), original)[0]).toContain('a <[UNK] [UNK]> b');
  expect(read(example('b a-a c', 'a', 4), original)[0]).toContain('b <a> [UNK] a c'); // it starts at the other a
  expect(read(example('b a-a c', 'a', 4))[0]).toContain('b a [UNK] <a> c');
  expect(read(example('a b', 'b', 2, { question: '' }), original)).toEqual(['[CLS] [SEP] a <b> [SEP]']);
  expect(read(example('a b\t c', 'b\t c', 2), original)[0]).toContain('a <b c>'); // white space counts as one blank
});

test('no answer is [CLS], and what is not looked for is −100', () => {
  expect(read(example('a', 'a', 0, { isImpossible: true, answers: [] }))).toEqual([
    '<[CLS]> go [SEP] a [SEP]',
  ]);
  const [feature] = features(example('a', 'zzz', 99), { training: false });
  expect([feature!.startPosition, feature!.endPosition]).toEqual([-100, -100]);
});

test('a long question is cut and counted', () => {
  const processor = squadProcessor({ tokenizer, maxQueryLength: 2 });
  const one = example('a', 'a', 0, { question: 'b c d e', origin: { file: 'q.json', id: 'q1' } });
  expect([...processor.features(one)[0]!.inputIds]).toEqual([2, 6, 7, 3, 5, 3]);
  expect(processor.truncated.summary()).toBe('1 example lost 2 tokens (first: q.json, id q1)');
});

/** The tokenizer with its pairs written in another way, piece by piece. */
function withPairs(pair: readonly [piece: string, type: number][]) {
  const pieces = pair.map(([id, type_id]) => ({
    [/^[AB]$/.test(id) ? 'Sequence' : 'SpecialToken']: { id, type_id },
  }));
  const special_tokens = Object.fromEntries(
    ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [tokenizer.tokenToId(id)!], tokens: [id] }]),
  );
  const single = [{ Sequence: { id: 'A', type_id: 0 } }];
  const post_processor = { type: 'TemplateProcessing', single, pair: pieces, special_tokens };
  return tokenizerFromJSON({ ...tokenizer.toJSON(), post_processor });
}

test('the tokenizer’s template is followed', () => {
  const pair = [
    ['[CLS]', 0],
    ['A', 0],
    ['[SEP]', 0],
    ['[SEP]', 1],
    ['B', 0],
    ['[SEP]', 2],
  ] as const;
  const [feature] = features(example('a b', 'b', 2), {
    tokenizer: withPairs(pair.map(([id, type]) => [id, type])),
  });
  expect([...feature!.inputIds]).toEqual([2, 17, 3, 3, 5, 6, 3]);
  expect([...feature!.tokenTypeIds]).toEqual([0, 0, 0, 1, 0, 0, 2]);
  expect([feature!.contextStart, feature!.startPosition]).toEqual([4, 5]);
  const bare = withPairs([
    ['A', 0],
    ['B', 1],
  ]);
  expect(() => features(example('a b', 'b', 2), { tokenizer: bare })).toThrow(
    'squadProcessor: tokenizer: expected one that begins with a special token, as BERT with [CLS], got a template that begins with the text. Pass a tokenizer with a template: bertTokenizer with [CLS] and [SEP] in its vocabulary.',
  );
});

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('batches are filled up on the right', () =>
    leakFree(() => {
      const processor = squadProcessor({ tokenizer, maxLength: 10, padToMultipleOf: 4 });
      const batch = processor.collate([
        ...processor.features(example('a b', 'b', 2)),
        ...processor.features(example('c', 'c', 0)),
      ]);
      const read = Object.entries(batch).map(([name, tensor]) => [name, [tensor.dtype, tensor.arraySync()]]);
      for (const tensor of Object.values(batch)) tensor.dispose();
      expect(Object.fromEntries(read)).toEqual({
        inputIds: [
          'int32',
          [
            [2, 17, 3, 5, 6, 3, 0, 0],
            [2, 17, 3, 7, 3, 0, 0, 0],
          ],
        ],
        attentionMask: [
          'int32',
          [
            [1, 1, 1, 1, 1, 1, 0, 0],
            [1, 1, 1, 1, 1, 0, 0, 0],
          ],
        ],
        tokenTypeIds: [
          'int32',
          [
            [0, 0, 0, 1, 1, 1, 0, 0],
            [0, 0, 0, 1, 1, 0, 0, 0],
          ],
        ],
        startPositions: ['int32', [4, 3]],
        endPositions: ['int32', [4, 3]],
      });
    }));
});

test.each<[SquadExample, Partial<SquadProcessorOptions>, string]>([
  [
    example('a b c', 'b', 4),
    {},
    'question q1, answer: expected "b" at 4 of the context, got "c". Correct where the answer starts, counted in UTF-16 units from 0, or leave the example out.',
  ],
  [
    example('a b c', 'b', 9, { origin: { file: 'dev.json', id: 'q1' } }),
    {},
    'dev.json, id q1, answer: expected "b" at 9 of the context, got nothing: the context has 5 characters.',
  ],
  [example('a', '', 0), {}, 'question q1, answer: expected "" at 0'],
  [example('a \u0000', '\u0000', 2), {}, 'got "characters that the tokenizer drops"'],
  [
    example('a b c', 'd', 2),
    { original: true },
    'question q1, answer: expected "d" at 2 of the context, got "b".',
  ],
  [example('a b', 'b', 12), { original: true }, 'expected "b" at 12 of the context'],
  [
    example('a', 'a', 0, { answers: [] }),
    {},
    'question q1, answers: expected an answer to learn, or isImpossible: true, got neither. Label the example, leave it out, or pass training: false to predict.',
  ],
  [
    example('a', 'a', 0, { question: ' ' }),
    {},
    'question q1, question: expected a text with at least one token, got " ". Write the text, or leave the example out.',
  ],
  [example('', 'a', 0), {}, 'question q1, context: expected a text with at least one token, got "".'],
  [
    example('a', 'a', 0),
    { maxLength: 4 },
    'squadProcessor: maxLength: expected a whole number of at least 5, got 4.',
  ],
  [
    example('a', 'a', 0),
    { docStride: 0 },
    'squadProcessor: docStride: expected a whole number of at least 1, got 0.',
  ],
])('errors: %j with %j', (one, options, message) => expect(() => features(one, options)).toThrow(message));
