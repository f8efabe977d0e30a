// Rows of nested brackets, some with a mistake: to see one, a reader has to find the partner of each bracket.
import type { RandomStream } from '@tenon/core';

const PAIRS = ['()', '[]', '{}', '<>'] as const;
const DEEPEST = 6;

/** A row with at most one mistake in it. */
export interface Brackets {
  readonly words: readonly string[];
  /** `wrong` for both brackets of a pair that do not belong together, else `right`. */
  readonly tags: readonly ('right' | 'wrong')[];
  readonly label: 'balanced' | 'broken';
}

/** Rows of 4 to `pairs` pairs, no two alike, half of them with a mistake. */
export function bracketRows(count: number, pairs: number, random: RandomStream): Brackets[] {
  const rows = new Map<string, Brackets>();
  while (rows.size < count) {
    const row = bracketRow(4 + random.next().integer(pairs - 3), rows.size % 2 === 1, random);
    const text = row.words.join('');
    if (!rows.has(text)) rows.set(text, row);
  }
  return [...rows.values()];
}

function bracketRow(pairs: number, broken: boolean, random: RandomStream): Brackets {
  const words: string[] = [];
  const partner: number[] = [];
  const open: number[] = [];
  for (let left = pairs; left > 0 || open.length > 0; ) {
    const opens = left > 0 && open.length < DEEPEST && (open.length === 0 || random.next().integer(2) === 0);
    if (opens) {
      left--;
      open.push(words.length);
      words.push(PAIRS[random.next().integer(PAIRS.length)]![0]!);
    } else {
      const start = open.pop()!;
      partner[start] = words.length;
      partner[words.length] = start;
      words.push(closing(words[start]!));
    }
  }
  const tags = words.map((): 'right' | 'wrong' => 'right');
  if (broken) {
    // Another kind at one end of a pair: which of the two is wrong nobody can say.
    const place = random.next().integer(words.length);
    const side = PAIRS.findIndex((pair) => pair.includes(words[place]!));
    const other = PAIRS[(side + 1 + random.next().integer(PAIRS.length - 1)) % PAIRS.length]!;
    words[place] = other[PAIRS[side]!.indexOf(words[place]!)]!;
    tags[place] = 'wrong';
    tags[partner[place]!] = 'wrong';
  }
  return { words, tags, label: broken ? 'broken' : 'balanced' };
}

function closing(bracket: string): string {
  return PAIRS.find((pair) => pair.startsWith(bracket))![1]!;
}
