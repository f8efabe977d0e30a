import { expect, test } from 'vitest';
import { intentNames, labelIds, labelNames, tagNames } from './labels.ts';

test('names are distinct and sorted', () => {
  const origin = { file: 'a.tsv', line: 3 };
  expect(labelNames([{ label: 'b' }, { label: ['c', 'a'] }, {}, { label: 'b' }])).toEqual(['a', 'b', 'c']);
  expect(labelNames([{ text: 'an example as it is written', label: 'a' }])).toEqual(['a']);
  expect(tagNames([{ tags: ['O', 'B-x'] }, { words: ['x'], tags: ['O'] }, {}])).toEqual(['B-x', 'O']);
  expect(intentNames([{ intent: 'go' }, {}, { intent: 'come' }])).toEqual(['come', 'go']);
  expect(() => labelNames([{ label: 2.5, origin }])).toThrow(
    'a.tsv, line 3: expected the name of a class as label, got the number 2.5. For classes pass labels as text',
  );
  expect(() => labelNames([{ label: 'a' }, { label: '' }])).toThrow(
    'examples[1]: expected the name of a class as label, got "". Label the example, or leave it out.',
  );
  expect(() => labelNames([{ label: ['a', ''] }])).toThrow(
    'examples[0]: expected the name of a class as label, got "".',
  );
  expect(() => labelNames([{ label: null }] as never)).toThrow(
    'examples[0]: expected the name of a class as label, got null.',
  );
  expect(() => labelNames([{}, { label: 3 }])).toThrow(
    'examples[1]: expected the name of a class as label, got the number 3.',
  );
  expect(() => tagNames([{ tags: ['O'] }, { tags: ['O', ''] }])).toThrow(
    'examples[1]: expected the name of a tag, got "".',
  );
  expect(() => intentNames([{ intent: '' }])).toThrow('examples[0]: expected the name of an intent, got "".');
});

test('ids are places among the names', () => {
  const idOf = labelIds(['no', 'yes']);
  expect([idOf('no'), idOf('yes')]).toEqual([0, 1]);
  expect(() => idOf('Yes', { file: 'a.tsv', line: 7 })).toThrow(
    'a.tsv, line 7: expected one of the 2 labels no, yes, got "Yes". Correct the label, or add it',
  );
  const text = 'a whole text in the column of labels '.repeat(9);
  expect(() => labelIds([text])(`${text}\ufeff`)).toThrow(
    `example: expected one of the 1 labels ${text.slice(0, 60)}…, got "${text.slice(0, 60)}…". Correct`,
  );
  expect(() => idOf('no\u00a0\ufeff ')).toThrow('got "no\\u{a0}\\u{feff} ".');
  expect(() => labelIds('abcdefghijk'.split(''))('z')).toThrow(
    'example: expected one of the 11 labels a, b, c, d, e, f, g, h, ..., got "z".',
  );
  expect(() => labelIds(['a', ''])).toThrow('labels: expected a name for each, got "". Name every class.');
  expect(() => labelIds(['a', 'b', 'a'])).toThrow('labels: expected every name once, got "a" twice.');
});
