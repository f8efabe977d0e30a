import { type HeadSettings, type Json, type ProblemType, TenonError } from '@tenon/core';

const PROBLEM_TYPES: readonly (readonly [theirs: string, ours: ProblemType])[] = [
  ['regression', 'regression'],
  ['single_label_classification', 'singleLabelClassification'],
  ['multi_label_classification', 'multiLabelClassification'],
];

/** Hugging Face leaves the labels out where they are these. */
const DEFAULT_LABELS = ['LABEL_0', 'LABEL_1'];

/**
 * Reads what a `config.json` says about a head with labels.
 *
 * @param json the file's content.
 * @param sameTask the file is of the head's own task: where it is silent, it has two labels.
 * @throws {TenonError} when the names are not numbered from 0 on, or the problem has a type that is not known.
 */
export function readHeadSettings(json: { readonly [key: string]: Json }, sameTask: boolean): HeadSettings {
  const labels = readLabels(json) ?? (sameTask ? DEFAULT_LABELS : undefined);
  const problem = json['problem_type'] ?? undefined;
  const problemType = PROBLEM_TYPES.find(([theirs]) => theirs === problem)?.[1];
  if (problem !== undefined && problemType === undefined) {
    throw new TenonError({
      subject: 'config.json, problem_type',
      expected: PROBLEM_TYPES.map(([theirs]) => theirs).join(', '),
      got: JSON.stringify(problem),
      advice: 'Correct it, or leave it out.',
    });
  }
  return { ...(labels && { labels }), ...(problemType && { problemType }) };
}

/** The fields of `config.json` that `readHeadSettings` reads back to the same. */
export function formatHeadSettings({ labels, problemType }: HeadSettings): { [key: string]: Json } {
  const problem = PROBLEM_TYPES.find(([, ours]) => ours === problemType)?.[0];
  return {
    ...(labels && {
      id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
      label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    }),
    ...(problem !== undefined && { problem_type: problem }),
  };
}

function readLabels(json: { readonly [key: string]: Json }): readonly string[] | undefined {
  const names = json['id2label'] ?? undefined;
  if (names === undefined) {
    const count = json['num_labels'] ?? json['_num_labels'];
    if (typeof count !== 'number') return undefined;
    return Array.from({ length: count }, (_, id) => `LABEL_${id}`);
  }
  const entries = typeof names === 'object' && names !== null ? Object.entries(names) : [];
  const labels = entries.map((_, id) => entries.find(([key]) => Number(key) === id)?.[1]);
  const strings = labels.filter((label): label is string => typeof label === 'string');
  if (strings.length > 0 && strings.length === labels.length) return strings;
  throw new TenonError({
    subject: 'config.json, id2label',
    expected: 'a name for each number from 0 on',
    got: JSON.stringify(names).slice(0, 200),
    advice: 'Correct it, or leave it out and pass head: { labels }.',
  });
}
