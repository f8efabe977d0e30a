import { describe, expect, test } from 'vitest';
import { formatHeadSettings, readHeadSettings } from './head-settings.ts';

describe('labels', () => {
  test('by their numbers, in whatever order they stand', () => {
    expect(readHeadSettings({ id2label: { 1: 'yes', 0: 'no' } }, true)).toEqual({ labels: ['no', 'yes'] });
  });

  test('by their count alone', () => {
    expect(readHeadSettings({ num_labels: 3 }, false).labels).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
    expect(readHeadSettings({ _num_labels: 1 }, false).labels).toEqual(['LABEL_0']);
  });

  test('are two where a file of the same task is silent, and open in another', () => {
    expect(readHeadSettings({}, true).labels).toEqual(['LABEL_0', 'LABEL_1']);
    expect(readHeadSettings({ id2label: null }, false)).toEqual({});
  });

  test.each([[{ 1: 'yes' }], [{ 0: 'no', 2: 'yes' }], [{ 0: 7 }], [{}], ['no'], [['no', 3]]])(
    'that are %j are refused',
    (id2label) => {
      expect(() => readHeadSettings({ id2label }, true)).toThrow(
        `config.json, id2label: expected a name for each number from 0 on, got ${JSON.stringify(id2label)}. Correct it, or leave it out and pass head: { labels }.`,
      );
    },
  );
});

test('an unknown type of problem is refused', () => {
  expect(() => readHeadSettings({ problem_type: 'ranking' }, true)).toThrow(
    'config.json, problem_type: expected regression, single_label_classification, multi_label_classification, got "ranking". Correct it, or leave it out.',
  );
});

test.each([
  { labels: ['no', 'yes'] },
  { labels: ['score'], problemType: 'regression' },
  { labels: ['toxic', 'rude', 'threat'], problemType: 'multiLabelClassification' },
] as const)('%j is written and read back', (settings) => {
  expect(readHeadSettings(formatHeadSettings(settings), true)).toEqual(settings);
});

test('a head without labels writes nothing', () => {
  expect(formatHeadSettings({})).toEqual({});
});
