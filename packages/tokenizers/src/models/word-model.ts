import type { IdBuffer } from '../id-buffer.ts';

/** Turns one word of normalised text into tokens. */
export interface WordModel {
  readonly tokens: readonly (string | undefined)[];
  tokenToId(token: string): number | undefined;
  /**
   * Appends the ids of a non-empty word and, for each of them to `spans`, where in the word it starts and ends
   * (UTF-16 units).
   */
  encodeWord(word: string, ids: IdBuffer, spans: IdBuffer): void;
}

/** The tokens of a vocabulary by id; a hole is `undefined`. */
export function tokensById(vocabulary: ReadonlyMap<string, number>): (string | undefined)[] {
  const tokens: (string | undefined)[] = [];
  // An iterator would make an array for each entry, which is half of the time.
  vocabulary.forEach((id, token) => {
    while (tokens.length < id) tokens.push(undefined);
    tokens[id] = token;
  });
  return tokens;
}

export function push(id: number, start: number, end: number, ids: IdBuffer, spans: IdBuffer): void {
  ids.push(id);
  spans.push(start);
  spans.push(end);
}
