import type { AlignedText } from './aligned-text.ts';

/** A normalised text cut into words: word i is units [bounds[2i], bounds[2i + 1]). Units between words are lost. */
export interface Splits {
  readonly source: AlignedText;
  readonly bounds: readonly number[];
}

/** One step of cutting; it may rewrite the text too, as Metaspace does. */
export type PreTokenizer = (splits: Splits) => Splits;

/** Appends start and end of every match within units [from, to), in order, without overlap. */
export type Matcher = (text: string, from: number, to: number, matches: number[]) => void;

export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

export const SPLIT_BEHAVIORS: readonly [SplitBehavior, ...SplitBehavior[]] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

/** Cuts at the matches of a pattern; what happens to the matched text is the behaviour. */
export function splitBy(matcher: Matcher, behavior: SplitBehavior, invert = false): PreTokenizer {
  return ({ source, bounds }) => {
    const words: number[] = [];
    for (let i = 0; i < bounds.length; i += 2) {
      const from = bounds[i]!;
      const to = bounds[i + 1]!;
      const matches: number[] = [];
      matcher(source.text, from, to, matches);
      cut(from, to, matches, behavior, invert, words);
    }
    return { source, bounds: words };
  };
}

/** Appends the words of one stretch, given the matches within it. */
function cut(
  from: number,
  to: number,
  matches: readonly number[],
  behavior: SplitBehavior,
  invert: boolean,
  words: number[],
): void {
  let at = from; // end of the last part
  let previous: boolean | undefined;
  const part = (end: number, matched: boolean): void => {
    if (end === at && !matched) return;
    const hit = matched !== invert;
    if (behavior === 'Removed') {
      if (!hit && end > at) words.push(at, end);
    } else {
      const join =
        (behavior === 'Contiguous' && previous === hit) ||
        (behavior === 'MergedWithPrevious' && hit && previous === false) ||
        (behavior === 'MergedWithNext' && !hit && previous === true);
      if (join) words[words.length - 1] = end;
      else if (end > at) words.push(at, end);
      previous = hit;
    }
    at = end;
  };
  for (let i = 0; i < matches.length; i += 2) {
    part(matches[i]!, false);
    part(matches[i + 1]!, true);
  }
  part(to, false);
}
