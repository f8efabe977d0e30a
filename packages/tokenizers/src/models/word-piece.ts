import { show, TokenizerError } from '../errors.ts';
import type { IdBuffer } from '../id-buffer.ts';
import { Trie } from './trie.ts';
import { push, tokensById, type WordModel } from './word-model.ts';

const NONE = -1;

export interface WordPieceOptions {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly unknownToken: string;
  /** What a piece that does not begin a word begins with. */
  readonly continuingSubwordPrefix: string;
  /** Longer words, in characters, are unknown. */
  readonly maxInputCharsPerWord: number;
}

/** The longest piece first, from left to right; a word that does not come out even is unknown as a whole. */
export class WordPieceModel implements WordModel {
  readonly tokens: readonly (string | undefined)[];
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #unknownToken: string;
  readonly #maxInputCharsPerWord: number;
  readonly #trie = new Trie();
  readonly #inner: number; // where pieces within a word begin in the trie

  constructor(options: WordPieceOptions) {
    const { vocabulary, unknownToken, continuingSubwordPrefix, maxInputCharsPerWord } = options;
    this.tokens = tokensById(vocabulary);
    this.#vocabulary = vocabulary;
    this.#unknownToken = unknownToken;
    this.#maxInputCharsPerWord = maxInputCharsPerWord;
    for (const [token, id] of vocabulary) this.#trie.add(token, id);
    this.#inner = this.#trie.find(continuingSubwordPrefix);
  }

  tokenToId(token: string): number | undefined {
    return this.#vocabulary.get(token);
  }

  encodeWord(word: string, ids: IdBuffer, spans: IdBuffer): void {
    const before = ids.length;
    const spansBefore = spans.length;
    const long = word.length > this.#maxInputCharsPerWord && characters(word) > this.#maxInputCharsPerWord;
    for (let start = long ? NONE : 0; start < word.length; ) {
      const end = start < 0 ? NONE : this.#longest(word, start, ids);
      if (end === NONE) {
        ids.length = before;
        spans.length = spansBefore;
        push(this.#unknownId(word), 0, word.length, ids, spans);
        return;
      }
      spans.push(start);
      spans.push(end);
      start = end;
    }
  }

  /** Appends the id of the longest piece at `start` and returns its end, or −1 where there is none. */
  #longest(word: string, start: number, ids: IdBuffer): number {
    const trie = this.#trie;
    let node = start === 0 ? Trie.ROOT : this.#inner;
    let best = NONE;
    let end = NONE;
    for (let at = start; at < word.length && node !== NONE; ) {
      node = trie.child(node, word.charCodeAt(at++));
      const id = node === NONE ? NONE : trie.idAt(node);
      if (id !== NONE) {
        best = id;
        end = at;
      }
    }
    if (best !== NONE) ids.push(best);
    return end;
  }

  #unknownId(word: string): number {
    const id = this.#vocabulary.get(this.#unknownToken);
    if (id !== undefined) return id;
    throw new TokenizerError(
      `encode: expected words that the vocabulary can spell, got ${show(word)}, and no unknown token ` +
        `(${show(this.#unknownToken)}) to stand for it. Add one to the vocabulary.`,
    );
  }
}

function characters(word: string): number {
  let count = 0;
  for (const _ of word) count++;
  return count;
}
