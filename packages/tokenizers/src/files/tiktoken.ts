import { Merger } from '../bpe/merger.ts';
import { PairTable } from '../bpe/pair-table.ts';
import { bytesOfToken, symbolOfByte } from '../byte-level/alphabet.ts';
import { show, TokenizerError } from '../errors.ts';
import { tokenizerFromJSON } from '../from-json.ts';
import { VocabularyBuilder } from '../json/vocabulary.ts';
import type { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { modelOf } from './model-json.ts';

/** GPT-2's pattern as tiktoken spells it, in both of its spellings. */
const GPT2_PATTERNS = [
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`,
];

export interface TiktokenFiles {
  /** The text of a rank file: a token in base64, a blank and its rank, a line each. */
  readonly ranks: string;
  /** The pattern that cuts texts into pieces: the file does not say it. */
  readonly pattern: string;
  /** Special tokens and their ids: the file does not have them. */
  readonly specialTokens?: Readonly<Record<string, number>>;
}

/**
 * Reads a rank file of tiktoken (`r50k_base.tiktoken`, `cl100k_base.tiktoken`, …).
 *
 * @throws TokenizerError for a line that is not one, and for tokens or ranks that are there twice
 * @example
 * ```ts
 * import { tokenizerFromTiktoken, tokenizerToTiktoken } from '@tenon/tokenizers';
 * import { trainByteLevelBPE } from '@tenon/tokenizers/training';
 *
 * const ranks = tokenizerToTiktoken(await trainByteLevelBPE('low lower lowest', { vocabularySize: 258 }));
 * const pattern = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
 * console.log(tokenizerFromTiktoken({ ranks, pattern }).encode('lower').tokens); // [ 'low', 'e', 'r' ]
 * ```
 */
export function tokenizerFromTiktoken({
  ranks,
  pattern,
  specialTokens = {},
}: TiktokenFiles): PipelineTokenizer {
  const vocabulary = readRanks(ranks);
  const { merges, complete } = mergesOf(vocabulary);
  const isGpt2 = GPT2_PATTERNS.includes(pattern);
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: isGpt2 };
  const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
  return tokenizerFromJSON({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: Object.entries(specialTokens).map(([content, id]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: isGpt2 ? byteLevel : { type: 'Sequence', pretokenizers: [split, byteLevel] },
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      // tiktoken looks a piece up as a whole before it merges; that matters where merges do not lead to a token.
      ignore_merges: !complete,
      vocab: Object.fromEntries(vocabulary),
      merges,
    },
  });
}

/** Writes the rank file of a byte-level tokenizer; its pattern and its special tokens are not in it. */
export function tokenizerToTiktoken(tokenizer: Tokenizer): string {
  const model = modelOf(tokenizer, 'BPE');
  const added = new Set(tokenizer.addedTokens.map(({ id }) => id));
  const lines = Object.entries(model.vocab)
    .filter(([, id]) => !added.has(id))
    .sort(([, a], [, b]) => a - b)
    .map(([token, id]) => {
      const bytes = bytesOfToken(token);
      if (bytes === undefined) {
        throw new TokenizerError(
          `tiktoken: expected tokens in the alphabet of bytes, got ${show(token)}. Save a byte-level tokenizer.`,
        );
      }
      return `${btoa(String.fromCharCode(...bytes))} ${id}\n`;
    });
  return lines.join('');
}

function readRanks(text: string): Map<string, number> {
  const vocabulary = new VocabularyBuilder('ranks');
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '' || line === '\r') continue;
    const match = /^([A-Za-z0-9+/]+={0,2}) (\d{1,9})\r?$/.exec(line);
    const symbols = match === null ? undefined : symbolsOfBase64(match[1]!);
    if (match === null || symbols === undefined) {
      throw new TokenizerError(
        `ranks line ${i + 1}: expected a token in base64, a blank and a rank, got ${show(line)}. ` +
          'Check that the file is complete and is a rank file of tiktoken.',
      );
    }
    vocabulary.add(symbols, Number(match[2]));
  }
  return vocabulary.finish();
}

/** The bytes of a base64 text in the alphabet of byte-level files. */
function symbolsOfBase64(base64: string): string | undefined {
  try {
    return Array.from(atob(base64), (character) => symbolOfByte(character.charCodeAt(0))).join('');
  } catch {
    return undefined;
  }
}

/**
 * The merges that make the tokens. A rank file does not have them, but a token comes from the two that its bytes are
 * merged into by the merges of lower rank.
 *
 * @returns complete: false where some token does not come from two
 */
function mergesOf(vocabulary: ReadonlyMap<string, number>): {
  merges: [left: string, right: string][];
  complete: boolean;
} {
  const byRank = [...vocabulary].sort(([, a], [, b]) => a - b);
  const tokens = new Map(byRank.map(([token, rank]) => [rank, token]));
  const pairs = new PairTable(byRank.length);
  const merger = new Merger(pairs);
  const merges: [string, string][] = [];
  let symbols = new Int32Array(256);
  let complete = true;
  for (const [token, rank] of byRank) {
    if (token.length === 1) continue;
    if (token.length > symbols.length) symbols = new Int32Array(token.length);
    const whole = Array.from(token, (symbol) => vocabulary.get(symbol));
    if (whole.includes(undefined)) {
      complete = false;
      continue;
    }
    for (const [i, id] of whole.entries()) symbols[i] = id!;
    if (merger.merge(symbols, token.length) === 2 && pairs.add(symbols[0]!, symbols[1]!, rank)) {
      merges.push([tokens.get(symbols[0]!)!, tokens.get(symbols[1]!)!]);
    } else complete = false;
  }
  return { merges, complete };
}
