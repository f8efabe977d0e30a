export interface LabelledDot {
  /** Pixels from the left. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  readonly text: string;
}

/** Where a text stands, seen from its dot. */
export interface PlacedLabel {
  readonly text: string;
  readonly dx: number;
  readonly dy: number;
  readonly align: 'left' | 'center' | 'right';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A guess, on the safe side, for letters of 12 pixels; a Chinese character takes two. */
const LETTER = 6.7;
const LINE = 14;
const DOT = 6;

const PLACES: readonly Omit<PlacedLabel, 'text'>[] = [
  { dx: 8, dy: 0, align: 'left' },
  { dx: -8, dy: 0, align: 'right' },
  { dx: 0, dy: -13, align: 'center' },
  { dx: 0, dy: 14, align: 'center' },
  { dx: 6, dy: -11, align: 'left' },
  { dx: 6, dy: 11, align: 'left' },
  { dx: -6, dy: -11, align: 'right' },
  { dx: -6, dy: 11, align: 'right' },
];

/** A place for each text that covers no dot and no earlier text; undefined where there is none. */
export function placeLabels(
  dots: readonly LabelledDot[],
  plot: { readonly width: number; readonly height: number },
): (PlacedLabel | undefined)[] {
  const taken: Box[] = dots.map(({ x, y }) => ({
    left: x - DOT,
    right: x + DOT,
    top: y - DOT,
    bottom: y + DOT,
  }));
  return dots.map((dot, i) => {
    if (dot.text === '') return undefined;
    for (const place of PLACES) {
      const box = boxOf(dot, place);
      const inside = box.left >= 0 && box.right <= plot.width && box.top >= 0 && box.bottom <= plot.height;
      if (!inside || taken.some((other, j) => j !== i && overlap(box, other))) continue;
      taken.push(box);
      return { text: dot.text, ...place };
    }
    return undefined;
  });
}

function boxOf({ x, y, text }: LabelledDot, { dx, dy, align }: Omit<PlacedLabel, 'text'>): Box {
  const width = [...text].reduce((sum, letter) => sum + (letter > '\u2e7f' ? 2 : 1), 0) * LETTER;
  const left = x + dx - { left: 0, center: width / 2, right: width }[align];
  return { left, right: left + width, top: y + dy - LINE / 2, bottom: y + dy + LINE / 2 };
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
