// The files of public data sets, where they are: as many examples as the files have.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '@tenon/testing';
import { describe, expect, test } from 'vitest';
import { readAll } from '../example-stream.ts';
import { SkippedExamples } from '../skipped-examples.ts';
import { readRows } from './read-rows.ts';
import { choiceExamples, taggedExamples, textExamples } from './row-examples.ts';
import { readSlots } from './slots.ts';
import { readSquad } from './squad.ts';
import { readDocuments, readTexts } from './texts.ts';

const folder = join(sharedFolder() ?? '', 'data');
const at = (file: string): string => join(folder, file);

/** Line breaks in a file, as `wc -l` counts them, and one where the last line has none. */
function linesOf(file: string): number {
  const bytes = readFileSync(at(file));
  return bytes.filter((byte) => byte === 10).length + (bytes.at(-1) === 10 ? 0 : 1);
}

describe.runIf(existsSync(folder))('data sets (skipped without the shared folder)', () => {
  test.each([
    ['sst2/train.tsv', ['text', 'label'], { text: 'text', label: 'label' }],
    ['cola/in_domain_train.tsv', ['source', 'label', 'mark', 'text'], { text: 'text', label: 'label' }],
    ['mrpc/train.tsv', true, { text: '#1 String', textPair: '#2 String', label: 'Quality' }],
    [
      'sick/SICK_train.txt',
      true,
      { text: 'sentence_A', textPair: 'sentence_B', label: 'entailment_judgment' },
    ],
    [
      'sick/SICK_train.txt',
      true,
      { text: 'sentence_A', label: 'relatedness_score', problemType: 'regression' },
    ],
    ['chnsenticorp/train.tsv', true, { text: 'text_a', label: 'label' }],
    ['thucnews_titles/dev.txt', ['text', 'label'], { text: 'text', label: 'label' }],
    ['transformers_test_samples/MRPC/train.tsv', true, { text: '#1 String', label: 'Quality' }],
    [
      'transformers_test_samples/STS-B/train.tsv',
      true,
      { text: 'sentence1', textPair: 'sentence2', label: 'score' },
    ],
  ] as const)('%s', async (file, header, columns) => {
    const examples = await readAll(textExamples(readRows(at(file), { format: 'tsv', header }), columns));
    expect(examples).toHaveLength(linesOf(file) - (header === true ? 1 : 0));
    expect(examples.at(-1)?.origin).toEqual({ file: at(file), line: linesOf(file) });
  });

  test.each([
    ['ocnli/train.3k.json', { text: 'sentence1', textPair: 'sentence2', label: 'label' }],
    ['boolq_fewglue/train.jsonl', { text: 'passage', textPair: 'question', label: 'label' }],
    ['wic_fewglue/train.jsonl', { text: 'sentence1', textPair: 'sentence2', label: 'label' }],
  ])('%s', async (file, columns) => {
    const examples = await readAll(textExamples(readRows(at(file), { format: 'jsonl' }), columns));
    expect(examples).toHaveLength(linesOf(file));
  });

  test('choices', async () => {
    const copa = readRows(at('copa_fewglue/train.jsonl'));
    const examples = await readAll(
      choiceExamples(copa, { text: 'premise', choices: ['choice1', 'choice2'], label: 'label' }),
    );
    expect(examples).toHaveLength(linesOf('copa_fewglue/train.jsonl'));
  });

  test('tags in a column', async () => {
    const rows = readRows(at('msra_ner/dev.tsv'));
    const examples = await readAll(taggedExamples(rows, { words: 'text_a', tags: 'label' }));
    expect(examples).toHaveLength(linesOf('msra_ner/dev.tsv') - 1);
  });

  test.each(['atis/train', 'atis/valid', 'snips/train', 'snips/valid'])('%s', async (name) => {
    const examples = await readAll(readSlots(at(name)));
    expect(examples).toHaveLength(linesOf(join(name, 'seq.in')));
  });

  test('words and tags in JSON lines', async () => {
    const file = 'transformers_test_samples/conll/sample.json';
    const rows = readRows(at(file), { format: 'jsonl' });
    const examples = await readAll(taggedExamples(rows, { words: 'words', tags: 'ner' }));
    expect(examples).toHaveLength(linesOf(file));
  });

  test('spans', async () => {
    expect(await readSquad(at('xquad/xquad.en.json'))).toHaveLength(1190);
    expect((await readSquad(at('transformers_test_samples/SQUAD/sample.json'))).length).toBeGreaterThan(0);
    // Five of its answers are found only by UTF-16 units, and two of its 1,002 questions say nothing.
    const nowhere =
      /trial\.json: expected a text at data\[188\]\.paragraphs\[0\]\.qas\[4\]\.question, got ""/;
    const cmrc = at('cmrc2018/trial.json');
    await expect(readSquad(cmrc)).rejects.toThrow(nowhere);
    const skipped = new SkippedExamples();
    expect((await readSquad(cmrc, { onInvalid: skipped.report })).length + skipped.count).toBe(1002);
    expect(skipped.count).toBe(2);
  });

  test('texts', async () => {
    const lines = readFileSync(at('wikitext-2/valid.txt'), 'utf8').split('\n');
    const texts = await readAll(readTexts(at('wikitext-2/valid.txt')));
    expect(texts.map(({ text }) => text)).toEqual(lines.filter((line) => line.trim() !== ''));
    const plays = readFileSync(at('tinyshakespeare/input.txt'), 'utf8')
      .trim()
      .split(/\n(?:\s*\n)+/);
    const documents = await readAll(readDocuments(at('tinyshakespeare/input.txt')));
    expect(documents.map(({ sentences }) => sentences.join('\n'))).toEqual(
      plays.map((play) =>
        play
          .split('\n')
          .map((line) => line.trim())
          .join('\n'),
      ),
    );
  });
});
