import { expect, test } from 'vitest';
import { formatTable } from './table.ts';

test('numbers stand at the right with three places, whole ones with none', () => {
  const rows = [
    ['accuracy', 0.93, 1],
    ['sentences', 200, 200],
  ];
  expect(formatTable(['held out', 'BERT', 'baseline'], rows)).toBe(`held out     BERT   baseline
accuracy    0.930      1.000
sentences     200        200`);
});

test('a column of texts stands at the left, without blanks at the end of a line', () => {
  expect(
    formatTable(
      ['text', 'label'],
      [
        ['short', 'a'],
        ['rather long', 'bb'],
      ],
    ),
  ).toBe(`text          label
short         a
rather long   bb`);
});
