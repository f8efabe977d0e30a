import { describe, expect, it } from 'vitest';
import { placeLabels } from './place-labels.ts';

const plot = { width: 300, height: 100 };

describe('placeLabels', () => {
  it('prefers the right side, and turns at the edge', () => {
    const labels = placeLabels(
      [
        { x: 20, y: 50, text: 'left' },
        { x: 290, y: 50, text: 'right' },
      ],
      plot,
    );
    expect(labels.map((label) => label?.align)).toEqual(['left', 'right']);
  });

  it('keeps clear of dots and of other labels', () => {
    const labels = placeLabels(
      [
        { x: 100, y: 50, text: 'first' },
        { x: 118, y: 50, text: 'second' },
        { x: 118, y: 62, text: 'third' },
      ],
      plot,
    );
    expect(labels.map((label) => label?.align)).toEqual(['right', 'left', expect.any(String)]);
    expect(new Set(labels.map((label) => `${label?.dx} ${label?.dy}`)).size).toBe(3);
  });

  it('leaves out what has no room, a Chinese text being twice as wide, and what has no text', () => {
    const narrow = { width: 60, height: 100 };
    const middle = { x: 30, y: 50 };
    expect(placeLabels([{ ...middle, text: 'abcdefg' }], narrow)[0]?.align).toBe('center');
    expect(placeLabels([{ ...middle, text: '银行银行银行银' }], narrow)).toEqual([undefined]);
    expect(placeLabels([{ ...middle, text: '' }], plot)).toEqual([undefined]);
  });
});
