// Examples of a list, which do not say where they are from: errors name their place in the list.

import { bertTokenizer } from '@tenon/tokenizers';
import { describe, expect, test } from 'vitest';
import '@tensorflow/tfjs-backend-cpu';
import { processedBatches } from '../batches.ts';
import { streamExamples } from '../example-stream.ts';
import type { DataProcessor } from '../examples.ts';
import { bertPretrainingBatches, maskedTokenBatches } from '../pretraining/pretraining-batches.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import { squadProcessor } from '../squad/squad-processor.ts';
import { bertTextProcessor } from './bert-text.ts';
import { choiceProcessor } from './choices.ts';
import { elmoTagProcessor } from './elmo-tags.ts';
import { elmoTextProcessor } from './elmo-text.ts';
import { gptChoiceProcessor } from './gpt-choices.ts';
import { gptSpecialTokens } from './gpt-special-tokens.ts';
import { gptSimilarityProcessor, gptTextProcessor } from './gpt-text.ts';
import { tokenTagProcessor } from './token-tags.ts';

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'b', 'c'];
const tokenizer = bertTokenizer({ vocabulary: new Map(words.map((word, id) => [word, id])) });
const gpt = { tokenizer, tokens: gptSpecialTokens(tokenizer) };
const labels = ['no', 'yes'];
const tags = ['O', 'B-x'];

// The processors check what JavaScript passes to them, so that the examples are of no type here.
type Processor = DataProcessor<never, unknown, unknown>;
const good = {
  text: { text: 'a', label: 'yes' },
  pair: { text: 'a', textPair: 'b', label: 'yes' },
  tagged: { words: ['a'], tags: ['O'] },
  choice: { text: 'a', choices: ['b', 'c'], label: 0 },
  squad: { id: 'q', question: 'a', context: 'b c', answers: [{ text: 'c', start: 2 }] },
};
const of: Record<string, [Processor, unknown]> = {
  'texts of BERT': [bertTextProcessor({ tokenizer, labels, maxLength: 8 }), good.text],
  'texts of GPT': [gptTextProcessor({ ...gpt, labels }), good.text],
  'texts of ELMo': [elmoTextProcessor({ labels }), good.text],
  'pairs of GPT': [gptSimilarityProcessor({ ...gpt, labels }), good.pair],
  'tags of BERT': [tokenTagProcessor({ tokenizer, tags, maxLength: 8 }), good.tagged],
  'tags of ELMo': [elmoTagProcessor({ tags }), good.tagged],
  'choices of BERT': [choiceProcessor({ tokenizer, choices: 2, maxLength: 8 }), good.choice],
  'choices of GPT': [gptChoiceProcessor({ ...gpt, choices: 2 }), good.choice],
  questions: [squadProcessor({ tokenizer, maxLength: 8 }), good.squad],
};

const texts = ['texts of BERT', 'texts of GPT', 'texts of ELMo', 'pairs of GPT'];
const tagged = ['tags of BERT', 'tags of ELMo'];
const choices = ['choices of BERT', 'choices of GPT'];
const bad: [string[], object, string][] = [
  [texts, { text: undefined }, 'examples[1], text: expected a text, got nothing. Write the text, or leave'],
  [texts, { text: null }, 'examples[1], text: expected a text, got null.'],
  [texts, { text: 3 }, 'examples[1], text: expected a text, got 3.'],
  [texts, { text: ' ' }, 'examples[1], text: expected a text with at least one token, got " ".'],
  [texts, { label: 'maybe' }, 'examples[1]: expected one of the 2 labels no, yes, got "maybe".'],
  [texts, { label: '' }, 'examples[1]: expected one of the 2 labels no, yes, got "".'],
  [texts, { label: ['no'] }, 'examples[1], label: expected one class, got ["no"].'],
  [['pairs of GPT'], { textPair: undefined }, 'examples[1], textPair: expected a second text'],
  [['pairs of GPT'], { textPair: ['b'] }, 'examples[1], textPair: expected a text, got ["b"].'],
  [['texts of BERT'], { textPair: null }, 'examples[1], textPair: expected a text, got null.'],
  [
    tagged,
    { words: undefined },
    'examples[1], words: expected a list of words, got nothing. Correct the example',
  ],
  [tagged, { words: 'a' }, 'examples[1], words: expected a list of words, got "a".'],
  [tagged, { words: ['a', null] }, 'examples[1], words: expected a list of words, got ["a",null].'],
  [tagged, { words: [] }, 'examples[1], words: expected at least one word, got 0.'],
  [tagged, { tags: 'O' }, 'examples[1], tags: expected a list of tags, got "O".'],
  [tagged, { tags: ['O', 'O'] }, 'examples[1], tags: expected one for each of 1 words, got 2.'],
  [tagged, { tags: ['B-y'] }, 'examples[1]: expected one of the 2 labels O, B-x, got "B-y".'],
  [choices, { choices: undefined }, 'examples[1], choices: expected a list of 2, got nothing.'],
  [choices, { choices: ['b'] }, 'examples[1], choices: expected a list of 2, got ["b"].'],
  [choices, { choices: ['b', 3] }, 'examples[1], choice: expected a text, got 3.'],
  [choices, { label: 2 }, 'examples[1], label: expected the index of a choice, in [0, 2), got 2.'],
  [
    ['questions'],
    { context: '' },
    'examples[1], question q, context: expected a text with at least one token',
  ],
  [
    ['questions'],
    { question: undefined },
    'examples[1], question q, question: expected a text, got nothing.',
  ],
  [['questions'], { answers: undefined }, 'examples[1], question q, answers: expected an answer to learn'],
  [
    ['questions'],
    { answers: [{ text: 'c', start: 9 }] },
    'examples[1], question q, answer: expected "c" at 9',
  ],
];

describe.each(bad.flatMap(([names, part, message]) => names.map((name) => [name, part, message] as const)))(
  '%s: %j',
  (name, part, message) => {
    const [processor, fit] = of[name]!;
    const examples = [fit, { ...(fit as object), ...part }] as never[];

    test('an error that says which', async () => {
      const source = processedBatches(examples, processor, { batchSize: 2 });
      await expect(source.next()).rejects.toThrow(message);
    });

    test('left out and counted', async () => {
      const skipped = new SkippedExamples();
      const options = { batchSize: 2, onInvalid: skipped.report };
      expect(await processedBatches(examples, processor, options).next()).toBeDefined();
      expect(skipped.count).toBe(1);
      expect(skipped.summary()).toContain('examples[1]');
    });
  },
);

test('a label that others of the batch have', async () => {
  const [processor] = of['texts of BERT']!;
  const examples = [good.text, { text: 'a' }] as never[];
  await expect(processedBatches(examples, processor, { batchSize: 2 }).next()).rejects.toThrow(
    'row 1 of the batch, label: expected a label, as other examples of the batch have, got none.',
  );
});

test('examples of a stream are named by the place before them, those with an origin by it', async () => {
  const [processor] = of['texts of BERT']!;
  const stream = streamExamples([good.text, { text: 'a', label: 'maybe' }]) as never;
  await expect(processedBatches(stream, processor, { batchSize: 2 }).next()).rejects.toThrow(
    'the example at 1: expected one of the 2 labels no, yes, got "maybe".',
  );
  const located = { text: ' ', origin: { file: 'a.csv', line: 3 } } as never;
  await expect(processedBatches([located], processor, { batchSize: 2 }).next()).rejects.toThrow(
    /^a\.csv, line 3, text: expected a text with at least one token/,
  );
});

test.each<[unknown, string]>([
  [{ sentences: [' '] }, 'examples[1]: expected a document with a sentence, got nothing to read.'],
  [{ text: 'a' }, 'examples[1], sentences: expected a list of texts, got nothing.'],
  [{ sentences: 'a' }, 'examples[1], sentences: expected a list of texts, got "a".'],
  [{ sentences: [3] }, 'examples[1], sentences: expected a list of texts, got [3].'],
])('documents: %j', async (document, message) => {
  const documents = [{ sentences: ['a b'] }, document, { sentences: ['b', 'c a'] }] as never[];
  const options = { tokenizer, batchSize: 2, maxLength: 8 };
  expect(() => bertPretrainingBatches(documents, options)).toThrow(message);
  await expect(maskedTokenBatches(documents, options).next()).rejects.toThrow(message);
  const skipped = new SkippedExamples();
  bertPretrainingBatches(documents, { ...options, onInvalid: skipped.report });
  expect(skipped.count).toBe(1);
});
