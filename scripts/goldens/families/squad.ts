// squad/*/: what run_squad.py of Google's BERT makes of questions and texts: windows to learn from and to predict with, and
// answers from scores that were made up. No tensors: what the backends say is the same.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TenonError } from '@tenon/core';
import {
  finalText,
  originalSpanText,
  type SquadExample,
  type SquadFeature,
  type SquadPrediction,
  squadPredictions,
  squadProcessor,
} from '@tenon/data';
import { bertTokenizer, readVocabularyLines, type Tokenizer } from '@tenon/tokenizers';
import { type Comparison, FLOAT64 } from '../comparison.ts';
import type { Facts } from '../facts.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase } from '../golden-case.ts';

const FIRST_ID = 1_000_000_000;

export const squad: GoldenFamily = {
  family: 'squad',
  knows: (kind) => kind === 'run_squad',
  async run(golden, { comparison, data }) {
    if (data === undefined) {
      comparison.skipped = 'skipped: it needs a vocabulary of the data sets, whose folder --data names';
      return;
    }
    const setup = await setupOf(golden, data);
    if (golden.has('get_final_text.json')) await compareTexts(golden, setup, comparison);
    if (golden.has('features_train.json')) {
      await compareFeatures(golden, 'features_train.json', true, setup, comparison);
    }
    const features = await compareFeatures(golden, 'features_eval.json', false, setup, comparison);
    if (golden.has('logits.json')) await comparePredictions(golden, features, setup, comparison);
  },
};

interface Setup {
  readonly tokenizer: Tokenizer;
  readonly lowercase: boolean;
  readonly versionTwo: boolean;
  readonly examples: readonly SquadExample[];
}

async function setupOf(golden: GoldenCase, data: string): Promise<Setup> {
  const vocab = golden.facts.string('vocab');
  const lowercase = golden.facts.has('do_lower_case')
    ? golden.facts.boolean('do_lower_case')
    : !/(?<!un)cased/.test(vocab);
  const vocabulary = readVocabularyLines(await readFile(join(data, 'vocab-bert', vocab), 'utf8'));
  const tokenizer = bertTokenizer({ vocabulary, lowercase, original: true });
  const input = await golden.json('input.json');
  const examples = input.objects('data').flatMap((article) => {
    return article.objects('paragraphs').flatMap((paragraph) => {
      const context = paragraph.string('context');
      return paragraph.objects('qas').map((question) => exampleOf(question, context));
    });
  });
  const versionTwo = golden.facts.has('version_2_with_negative')
    ? golden.facts.boolean('version_2_with_negative')
    : examples.some(({ isImpossible }) => isImpossible);
  return { tokenizer, lowercase, versionTwo, examples };
}

function exampleOf(question: Facts, context: string): SquadExample {
  const answers = question.objects('answers').map((answer) => {
    // The file counts characters, we count UTF-16 units.
    const before = Array.from(context).slice(0, answer.number('answer_start')).join('');
    return { text: answer.string('text'), start: before.length };
  });
  return {
    id: question.string('id'),
    question: question.string('question'),
    context,
    answers,
    ...(question.has('is_impossible') && { isImpossible: question.boolean('is_impossible') }),
  };
}

async function compareTexts(golden: GoldenCase, { lowercase }: Setup, comparison: Comparison): Promise<void> {
  const project = finalText({ lowercase });
  for (const [i, row] of (await golden.list('get_final_text.json')).entries()) {
    const text = project(row.string('pred'), row.string('orig'));
    comparison.strings(`get_final_text ${i}`, [text], [row.string('out')]);
  }
}

async function compareFeatures(
  golden: GoldenCase,
  file: string,
  training: boolean,
  { tokenizer, examples }: Setup,
  comparison: Comparison,
): Promise<SquadFeature[]> {
  const expected = await golden.json(file);
  const settings = expected.object('settings');
  const maxLength = settings.number('max_seq_length');
  const processor = squadProcessor({
    tokenizer,
    maxLength,
    docStride: settings.number('doc_stride'),
    maxQueryLength: settings.number('max_query_length'),
    training,
    original: true,
  });
  const made = examples.flatMap((example) => {
    try {
      return [processor.features(example)];
    } catch (error) {
      if (error instanceof TenonError) return []; // the original leaves such examples out, too
      throw error;
    }
  });
  comparison.integers(`${file} n_examples_read`, [made.length], [expected.number('n_examples_read')]);
  const features = made.flat();
  const windows = expected.objects('features');
  comparison.integers(`${file} features`, [features.length], [windows.length]);
  for (const [i, window] of windows.entries()) {
    const feature = features[i];
    if (feature === undefined) break;
    compareFeature(
      `${file} ${i}`,
      feature,
      window,
      { tokenizer, maxLength, unique: FIRST_ID + i },
      comparison,
    );
  }
  return features;
}

function compareFeature(
  name: string,
  feature: SquadFeature,
  expected: Facts,
  setup: { readonly tokenizer: Tokenizer; readonly maxLength: number; readonly unique: number },
  comparison: Comparison,
): void {
  const { example, inputIds, tokenTypeIds, contextStart, offsets, maxContext } = feature;
  const tokens = Array.from(inputIds, (id) => setup.tokenizer.idToToken(id) ?? '');
  const padded = (values: ArrayLike<number>): number[] =>
    Array.from({ length: setup.maxLength }, (_, t) => values[t] ?? 0);
  comparison.strings(`${name} qas_id`, [example.id], [expected.string('qas_id')]);
  comparison.integers(`${name} unique_id`, [setup.unique], [expected.number('unique_id')]);
  comparison.integers(`${name} doc_span_index`, [feature.window], [expected.number('doc_span_index')]);
  comparison.strings(`${name} tokens`, tokens, expected.strings('tokens'));
  comparison.integers(`${name} input_ids`, padded(inputIds), expected.numbers('input_ids'));
  const mask = padded(inputIds.map(() => 1));
  comparison.integers(`${name} input_mask`, mask, expected.numbers('input_mask'));
  comparison.integers(`${name} segment_ids`, padded(tokenTypeIds), expected.numbers('segment_ids'));
  const words = wordStarts(example.context);
  const ofContext = (value: (n: number) => unknown): string[] =>
    Array.from(maxContext, (_, n) => `${contextStart + n}: ${value(n)}`);
  comparison.strings(
    `${name} token_to_orig_map`,
    ofContext((n) => words.findLastIndex((start) => start <= offsets[2 * n]!)),
    entriesOf(expected.object('token_to_orig_map')),
  );
  comparison.strings(
    `${name} token_is_max_context`,
    ofContext((n) => maxContext[n] === 1),
    entriesOf(expected.object('token_is_max_context')),
  );
  if (expected.has('start_position')) {
    const places = [expected.number('start_position'), expected.number('end_position')];
    comparison.integers(`${name} answer`, [feature.startPosition, feature.endPosition], places);
  }
}

const wordStarts = (text: string): number[] =>
  Array.from(text.matchAll(/[^ \t\r\n\u202f]+/g), ({ index }) => index);

const entriesOf = (facts: Facts): string[] => facts.names.map((name) => `${name}: ${facts.json(name)}`);

async function comparePredictions(
  golden: GoldenCase,
  features: readonly SquadFeature[],
  { tokenizer, lowercase, versionTwo }: Setup,
  comparison: Comparison,
): Promise<void> {
  const rows = await golden.list('logits.json');
  const byId = new Map(rows.map((row) => [row.number('unique_id'), row]));
  const scores = features.map((_, i) => {
    const row = byId.get(FIRST_ID + i);
    return { start: row?.numbers('start_logits') ?? [], end: row?.numbers('end_logits') ?? [] };
  });
  const predictions = squadPredictions(features, scores, {
    nBest: settingOf(golden.facts, 'n_best', 20),
    maxAnswerLength: settingOf(golden.facts, 'max_answer_length', 30),
    nullScoreDiffThreshold: settingOf(golden.facts, 'null_score_diff_threshold', 0),
    versionTwo,
    spanText: originalSpanText({ tokenizer, lowercase }),
  });
  if (golden.has('predictions.json')) {
    const texts = await golden.json('predictions.json');
    const got = predictions.map(({ example, text, nBest }) => {
      return `${example.id}: ${nBest.length === 0 ? NOTHING_VALID : text}`;
    });
    comparison.strings('predictions', got, entriesOf(texts));
  }
  if (golden.has('null_odds.json')) {
    const odds = await golden.json('null_odds.json');
    const got = predictions.map(({ nullScoreDiff }) => nullScoreDiff ?? Number.NaN);
    const expected = predictions.map(({ example }) => odds.number(example.id));
    comparison.numbers('null_odds', got, expected, FLOAT64);
  }
  if (golden.has('nbest.json')) {
    const answers = await golden.json('nbest.json');
    for (const prediction of predictions) compareAnswers(prediction, answers, comparison);
  }
}

/** What the original answers where no span is valid. */
const NOTHING_VALID = 'empty';

function compareAnswers({ example, nBest }: SquadPrediction, expected: Facts, comparison: Comparison): void {
  const name = `nbest ${example.id}`;
  const nothing = { text: NOTHING_VALID, probability: 1, startLogit: 0, endLogit: 0 };
  const got = nBest.length === 0 ? [nothing] : nBest;
  const rows = expected.objects(example.id);
  comparison.strings(
    `${name} text`,
    got.map(({ text }) => text),
    rows.map((row) => row.string('text')),
  );
  const numbers = (field: 'probability' | 'startLogit' | 'endLogit', original: string): void =>
    comparison.numbers(
      `${name} ${original}`,
      got.map((answer) => answer[field]),
      rows.map((row) => row.number(original)),
      FLOAT64,
    );
  numbers('probability', 'probability');
  numbers('startLogit', 'start_logit');
  numbers('endLogit', 'end_logit');
}

/** A number that META.json has as a field, or in the words about its origin (`n_best 20`). */
function settingOf(facts: Facts, name: string, otherwise: number): number {
  for (const field of [name, `${name}_size`]) if (facts.has(field)) return facts.number(field);
  const said = facts.has('oracle')
    ? new RegExp(`${name}\\w* (-?[\\d.]+)`).exec(facts.string('oracle'))
    : null;
  return said === null ? otherwise : Number(said[1]);
}
