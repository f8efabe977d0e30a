import { show, TokenizerError } from '../errors.ts';
import { MergeLearner, type Ties } from '../training/merge-learner.ts';
import type { TrainingProgress } from '../training/options.ts';
import type { Pause } from '../training/pause.ts';
import { BOUNDARY, lineOfSymbols, type WordCounts } from '../training/word-counts.ts';
import type { CharacterWords } from '../training/words.ts';

export interface LearnBPEOptions {
  readonly vocabularySize: number;
  readonly minFrequency: number;
  readonly specialTokens: readonly string[];
  /** Characters that get a token whether they occur or not. */
  readonly initialAlphabet: readonly string[];
  /** Characters kept at the most, the most frequent ones; the others are left out of their words. */
  readonly limitAlphabet?: number | undefined;
  readonly ties: Ties;
  /** What a token inside a word begins with. */
  readonly continuingPrefix: string;
  /** What a token at the end of a word ends with. */
  readonly endOfWordSuffix: string;
  readonly pause: Pause;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

export interface LearnedMerges {
  /** By id. */
  readonly tokens: readonly string[];
  readonly merges: readonly (readonly [left: string, right: string])[];
}

/** Learns a BPE vocabulary from counted words: special tokens, then characters in order, then merges. */
export async function learnBPE(words: CharacterWords, options: LearnBPEOptions): Promise<LearnedMerges> {
  const { vocabularySize, pause, onProgress } = options;
  const alphabet = alphabetOf(words, options);
  const { tokens, counts } = spell(words, alphabet, options);
  if (tokens.length > vocabularySize) {
    throw new TokenizerError(
      `vocabularySize: expected an integer of at least ${tokens.length} (special tokens and characters of the ` +
        `texts), got ${show(vocabularySize)}. Ask for more ids, or limit the alphabet (limitAlphabet).`,
    );
  }
  const learner = new MergeLearner(counts, tokens, {
    minFrequency: options.minFrequency,
    ties: options.ties,
    reserved: new Set(options.specialTokens),
    continuingPrefix: options.continuingPrefix,
  });
  const merges: [string, string][] = [];
  const total = vocabularySize - tokens.length;
  while (learner.tokens.length < vocabularySize) {
    const pair = learner.next();
    if (pair === undefined) break;
    merges.push([learner.tokens[pair[0]]!, learner.tokens[pair[1]]!]);
    if (!pause.due) continue;
    onProgress?.({ stage: 'merging', merges: merges.length, total });
    await pause.take();
  }
  onProgress?.({ stage: 'merging', merges: merges.length, total: merges.length });
  return { tokens: learner.tokens, merges };
}

/** The characters that get a token, in the order of their code points. */
function alphabetOf({ codePoints, starts, counts }: CharacterWords, options: LearnBPEOptions): number[] {
  const frequency = new Map<number, number>();
  for (let word = 0; word < counts.length; word++) {
    for (let at = starts[word]!; at < starts[word + 1]!; at++) {
      frequency.set(codePoints[at]!, (frequency.get(codePoints[at]!) ?? 0) + counts[word]!);
    }
  }
  for (const character of options.initialAlphabet) {
    const [first, ...more] = character;
    if (first === undefined || more.length > 0) {
      throw new TokenizerError(
        `initialAlphabet: expected one character each, got ${show(character)}. Pass a string of characters, or a list.`,
      );
    }
    frequency.set(first.codePointAt(0)!, Number.POSITIVE_INFINITY);
  }
  const kept = [...frequency].sort(([a, m], [b, n]) => n - m || a - b).map(([codePoint]) => codePoint);
  return kept.slice(0, options.limitAlphabet ?? kept.length).sort((a, b) => a - b);
}

/** The words as symbols, in the spelling that the prefix and the suffix give to characters by their place. */
function spell(
  { codePoints, starts, counts }: CharacterWords,
  alphabet: readonly number[],
  { specialTokens, continuingPrefix, endOfWordSuffix, vocabularySize }: LearnBPEOptions,
): { tokens: string[]; counts: WordCounts } {
  const tokens = [...specialTokens, ...alphabet.map((codePoint) => String.fromCodePoint(codePoint))];
  const known = new Set(alphabet);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  // By place (inside a word, at its end, or both), the symbol of each character.
  const symbols = [0, 1, 2, 3].map(() => new Map<number, number>());
  const symbolOf = (codePoint: number, place: number): number => {
    const found = symbols[place]!.get(codePoint);
    if (found !== undefined) return found;
    const token =
      (place & 1 ? continuingPrefix : '') +
      String.fromCodePoint(codePoint) +
      (place & 2 ? endOfWordSuffix : '');
    const id = ids.get(token) ?? tokens.push(token) - 1;
    ids.set(token, id);
    symbols[place]!.set(codePoint, id);
    return id;
  };
  const longest = counts.reduce((most, _, word) => Math.max(most, starts[word + 1]! - starts[word]!), 0);
  const line = lineOfSymbols(codePoints.length + counts.length + 1, Math.max(vocabularySize, longest));
  let length = 0;
  for (let word = 0; word < counts.length; word++) {
    line[length++] = BOUNDARY;
    const start = starts[word]!;
    const last = starts[word + 1]! - 1;
    for (let at = start; at <= last; at++) {
      const codePoint = codePoints[at]!;
      if (known.has(codePoint))
        line[length++] = symbolOf(codePoint, (at > start ? 1 : 0) + (at === last ? 2 : 0));
    }
  }
  line[length++] = BOUNDARY;
  return { tokens, counts: { symbols: line.subarray(0, length), counts } };
}
