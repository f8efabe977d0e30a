// A run that is interrupted as often as one likes goes on with the batches of an uninterrupted one: from files, through
// every kind of step, whatever the options.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchSource } from '@tenon/core';
import { bertTokenizer } from '@tenon/tokenizers';
import { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import '@tensorflow/tfjs-backend-cpu';
import { type BatchOrderOptions, processedBatches } from '../batches.ts';
import { concatExamples, filterExamples, takeExamples } from '../example-stream.ts';
import { bidirectionalBatches, wordVocabulary } from '../pretraining/bidirectional-batches.ts';
import { bertPretrainingBatches, maskedTokenBatches } from '../pretraining/pretraining-batches.ts';
import { segmentBatches } from '../pretraining/segment-batches.ts';
import { bertTextProcessor } from '../processors/bert-text.ts';
import { tokenTagProcessor } from '../processors/token-tags.ts';
import { squadProcessor } from '../squad/squad-processor.ts';
import { readRows } from './read-rows.ts';
import { textExamples } from './row-examples.ts';
import { squadExamples } from './squad.ts';
import { readTagged } from './tagged.ts';
import { readDocuments } from './texts.ts';

/** More of them where FUZZ_RUNS says so. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 25);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-resume-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function written(lines: readonly string[], ending: string): string {
  const file = join(folder, `${files++}.${ending}`);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...'abcdefgh'];
const tokenizer = bertTokenizer({ vocabulary: new Map(WORDS.map((word, id) => [word, id])) });

/** A few letters for each number. */
const texts = (lengths: readonly number[]): string[] =>
  lengths.map((length, i) => Array.from({ length }, (_, t) => 'abcdefgh'[(i + 3 * t) % 8]).join(' '));

type Order = BatchOrderOptions & { readonly groupByLength: boolean };
type Make = (lengths: readonly number[], order: Order) => () => BatchSource<object>;

const onInvalid = (): void => {};

const sources: Record<string, Make> = {
  'rows of CSV, some of them bad': (lengths, order) => {
    const rows = texts(lengths).map((text, i) => (i % 5 === 3 ? 'bad' : `"${text}\n",${i % 3}`));
    const file = written(['text,label', 'a,0', ...rows], 'csv');
    const processor = bertTextProcessor({ tokenizer, labels: ['0', '1'], maxLength: 8 });
    const columns = { text: 'text', label: 'label', onInvalid };
    const stream = () => textExamples(readRows(file, { onInvalid }), columns);
    return () => processedBatches(stream(), processor, { ...order, onInvalid });
  },
  'shards, filtered, and the first of them': (lengths, order) => {
    const shards = [lengths.slice(0, 3), lengths.slice(3)].map((part) =>
      written(
        ['a O', '', ...texts(part).flatMap((text) => [...text.split(' ').map((word) => `${word} O`), ''])],
        'conll',
      ),
    );
    const processor = tokenTagProcessor({ tokenizer, tags: ['O'], maxLength: 8 });
    const stream = () => {
      const all = concatExamples(shards.map((file) => readTagged(file, { onInvalid })));
      return takeExamples(
        filterExamples(all, ({ words }) => words.length !== 2),
        9,
      );
    };
    return () => processedBatches(stream(), processor, order);
  },
  'questions in windows': (lengths, order) => {
    const rows = texts([3, ...lengths.map((length) => 3 * length + 1)]).map((context, id) =>
      JSON.stringify({
        id,
        question: 'a b',
        context,
        answers: { text: [context.at(-1)], answer_start: [context.length - 1] },
      }),
    );
    const file = written(rows, 'jsonl');
    const processor = squadProcessor({ tokenizer, maxLength: 10, docStride: 2 });
    return () => processedBatches(squadExamples(readRows(file)), processor, order);
  },
  'masks of packed documents': (lengths, order) => {
    const file = written(
      ['a b c', '', ...texts(lengths).flatMap((text, i) => (i % 3 === 2 ? [text, ''] : [text]))],
      'txt',
    );
    return () =>
      maskedTokenBatches(readDocuments(file), { ...order, tokenizer, maxLength: 8, wholeWord: true });
  },
  'pairs of sentences': (lengths, order) => {
    const documents = [{ sentences: ['a b', 'c'] }, { sentences: ['d', ...texts(lengths)] }];
    return () =>
      bertPretrainingBatches(documents, { ...order, tokenizer, maxLength: 12, dupeFactor: 2, onInvalid });
  },
  segments: (lengths, { batchSize, epochs }) => {
    const ids = Int32Array.from({ length: 20 + 5 * lengths.length }, (_, i) => i);
    return () => segmentBatches(ids, { batchSize, length: 3, epochs: epochs! });
  },
  'both directions': (lengths, { batchSize, epochs }) => {
    const sentences = texts([4, 4, ...lengths]).map((text) => text.split(' '));
    const vocabulary = wordVocabulary(sentences);
    return () => bidirectionalBatches(sentences, { batchSize, length: 4, epochs: epochs!, vocabulary });
  },
};

/** A batch as text; its tensors are gone then. */
function digest(batch: object): string {
  const values = Object.entries(batch).map(([name, value]) => {
    if (!(value instanceof Tensor)) return [name, value];
    const found = [name, value.shape, [...value.dataSync()]];
    value.dispose();
    return found;
  });
  return JSON.stringify(values);
}

async function some(source: BatchSource<object>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const batch = await source.next();
    if (batch === undefined) break;
    taken.push(digest(batch));
  }
  return taken;
}

test.each(Object.entries(sources))('%s', async (_, make) => {
  const order = fc.record({
    batchSize: fc.integer({ min: 1, max: 4 }),
    shuffle: fc.boolean(),
    shuffleBuffer: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
    groupByLength: fc.boolean(),
    epochs: fc.integer({ min: 1, max: 4 }),
  });
  const lengths = fc.array(fc.nat(6), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      lengths,
      order,
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      async (sizes, options, steps) => {
        const open = make(sizes, options);
        const whole = await some(open(), Number.POSITIVE_INFINITY);
        expect(whole.length).toBeGreaterThan(0);
        const pieces: string[] = [];
        let position = JSON.stringify(open().position());
        for (const step of steps) {
          const source = open(); // a new process
          source.seek(JSON.parse(position));
          const taken = await some(source, step);
          pieces.push(...taken);
          position = JSON.stringify(source.position());
          if (taken.length < step) break;
        }
        expect(pieces).toEqual(whole);
      },
    ),
    { numRuns: RUNS },
  );
});
