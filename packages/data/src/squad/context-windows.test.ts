import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextWindows, maximumContext } from './context-windows.ts';

test('windows follow each other by the stride, and the last ends the text', () => {
  expect(contextWindows(10, 6, 2)).toEqual([
    { start: 0, end: 6 },
    { start: 2, end: 8 },
    { start: 4, end: 10 },
  ]);
  expect(contextWindows(5, 2, 3)).toEqual([
    { start: 0, end: 2 },
    { start: 2, end: 4 },
    { start: 4, end: 5 },
  ]); // a stride beyond the window would lose tokens
  expect(contextWindows(4, 4, 1)).toEqual([{ start: 0, end: 4 }]);
});

// "the man went to the store and bought a gallon of milk" of run_squad.py: `bought` has 1 and 3 in the third window.
test('a token counts where its poorer side shows most', () => {
  const marks = maximumContext(contextWindows(11, 5, 3));
  expect(marks.map((mark) => mark.join(''))).toEqual(['11110', '01110', '01111']);
});

test('every token counts in exactly one window that has it', () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(size, size, size, (tokens, room, stride) => {
      const windows = contextWindows(tokens, room, stride);
      const count = new Array<number>(tokens).fill(0);
      for (const [w, mark] of maximumContext(windows).entries()) {
        expect(mark.length).toBe(windows[w]!.end - windows[w]!.start);
        for (const [i, one] of mark.entries()) count[windows[w]!.start + i]! += one;
      }
      expect(count).toEqual(new Array(tokens).fill(1));
    }),
  );
});
