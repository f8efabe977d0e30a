import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TenonError } from '@tenon/core';
import { sharedFolder } from '@tenon/testing';
import { bertTokenizer, readVocabularyLines } from '@tenon/tokenizers';
import { expect, test } from 'vitest';
import { readSquad } from '../files/squad.ts';
import { squadPredictions } from './squad-predictions.ts';
import { squadProcessor } from './squad-processor.ts';

const data = join(sharedFolder() ?? '', 'data');

/** What a model would score that is right about a place in a window, and knows nothing else. */
const sure = (length: number, place: number) =>
  Float32Array.from({ length }, (_, t) => (t === place && t > 0 ? 9 : 0));

// Left out are two questions of CMRC without a word.
test.runIf(sharedFolder() !== undefined && existsSync(data)).each([
  ['xquad/xquad.en.json', 'bert-base-uncased-vocab.txt', 0, 0.99],
  ['cmrc2018/trial.json', 'bert-base-chinese-vocab.txt', 2, 0.98],
])(
  '%s: right places give back the annotated texts (skipped without the shared data)',
  async (file, vocabulary, unfit, share) => {
    const lines = readFileSync(join(data, 'vocab-bert', vocabulary), 'utf8');
    const tokenizer = bertTokenizer({ vocabulary: readVocabularyLines(lines) });
    const processor = squadProcessor({ tokenizer });
    let [exact, fit] = [0, 0];
    const left: string[] = [];
    const examples = await readSquad(join(data, file), { onInvalid: ({ message }) => left.push(message) });
    for (const example of examples) {
      try {
        const windows = processor.features(example);
        const scores = windows.map(({ inputIds: { length }, startPosition, endPosition }) => ({
          start: sure(length, startPosition),
          end: sure(length, endPosition),
        }));
        const [prediction] = squadPredictions(windows, scores, { maxAnswerLength: 200 });
        fit++;
        if (prediction!.text === example.answers[0]!.text) exact++;
      } catch (error) {
        if (!(error instanceof TenonError)) throw error;
        left.push(error.message);
      }
    }

    expect(left).toHaveLength(unfit);
    expect(exact / fit).toBeGreaterThan(share);
  },
);
