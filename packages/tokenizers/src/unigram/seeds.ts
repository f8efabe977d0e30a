import { sharedPrefixes, sortSuffixes } from '../training/suffixes.ts';
import type { CharacterWords } from '../training/words.ts';

const END = -1; // after each word

/** A piece and its weight: how often it occurs, times its length. */
export interface Seed {
  readonly start: number;
  readonly length: number;
  readonly weight: number;
}

/** Where the seeds are spelled: `text[start … start + length)`. */
export interface Seeds {
  readonly text: Int32Array;
  readonly characters: readonly Seed[];
  readonly substrings: readonly Seed[];
}

/**
 * What Unigram training starts from: all characters, and the substrings of two characters or more that occur at
 * least twice and are followed by different characters, the heaviest first.
 */
export function seedsOf(words: CharacterWords, maxLength: number, most: number): Seeds {
  const text = lineOf(words);
  const characters = charactersIn(words, text);
  const order = sortSuffixes(text);
  const shared = sharedPrefixes(text, order, maxLength + 1);
  const substrings: Seed[] = [];
  // Intervals of the order that share a prefix, open ones on a stack: (prefix length, first).
  const lengths = [0];
  const firsts = [0];
  for (let i = 1; i <= order.length; i++) {
    const length = i < order.length ? shared[i]! : 0;
    let first = i - 1;
    while (lengths.at(-1)! > length) {
      const closed = lengths.pop()!;
      first = firsts.pop()!;
      const start = order[first]!;
      if (closed >= 2 && closed <= maxLength && isWithinWord(text, start, closed)) {
        substrings.push({ start, length: closed, weight: (i - first) * closed });
      }
    }
    if (lengths.at(-1)! < length) {
      lengths.push(length);
      firsts.push(first);
    }
  }
  substrings.sort((a, b) => b.weight - a.weight || compareSeeds(text, b, a));
  return { text, characters, substrings: substrings.slice(0, Math.max(0, most - characters.length)) };
}

function lineOf({ codePoints, starts, counts }: CharacterWords): Int32Array {
  const text = new Int32Array(codePoints.length + counts.length);
  let length = 0;
  for (let word = 0; word < counts.length; word++) {
    for (let at = starts[word]!; at < starts[word + 1]!; at++) text[length++] = codePoints[at]!;
    text[length++] = END;
  }
  return text;
}

/** The characters, most frequent first. */
function charactersIn({ counts }: CharacterWords, text: Int32Array): Seed[] {
  const found = new Map<number, { start: number; weight: number }>();
  let word = 0;
  for (let at = 0; at < text.length; at++) {
    const codePoint = text[at]!;
    if (codePoint === END) {
      word++;
      continue;
    }
    const known = found.get(codePoint);
    if (known === undefined) found.set(codePoint, { start: at, weight: counts[word]! });
    else known.weight += counts[word]!;
  }
  return [...found]
    .sort(([a, m], [b, n]) => n.weight - m.weight || b - a)
    .map(([, { start, weight }]) => ({ start, length: 1, weight }));
}

function isWithinWord(text: Int32Array, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) if (text[at] === END) return false;
  return true;
}

function compareSeeds(text: Int32Array, a: Seed, b: Seed): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = text[a.start + i]! - text[b.start + i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
