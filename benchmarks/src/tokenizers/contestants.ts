// The tokenizers that take part, each behind one function: from a text to the number of its ids.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import {
  ByteLevelBPETokenizer,
  bertTokenizer,
  readVocabularyLines,
  type Tokenizer,
  tokenizerFromTiktoken,
  type VocabularyFiles,
} from '@tenon/tokenizers';
import { encode as gptTokenizerEncode } from 'gpt-tokenizer/encoding/r50k_base';
import { Tiktoken } from 'tiktoken/lite';
import { Tokenizer as RustTokenizer } from 'tokenizers';
import { SHARED } from './texts.ts';

const require = createRequire(import.meta.url);

export interface Contestant {
  readonly name: string;
  /** The number of ids of a text. */
  encode(text: string): number | Promise<number>;
}

/** What tiktoken brings of GPT-2: its ranks, all in one line, a number before the first. */
interface BundledRanks {
  readonly pat_str: string;
  readonly special_tokens: Record<string, number>;
  readonly bpe_ranks: string;
}

/** GPT-2's two files: the original ones, or the same from the ranks that tiktoken brings. */
export function gpt2Files(): VocabularyFiles & { readonly source: string } {
  const folder = join(SHARED, 'data/vocab-gpt2');
  if (existsSync(folder)) {
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    return {
      vocabulary: read('encoder.json'),
      merges: read('vocab.bpe'),
      source: '../shared/data/vocab-gpt2',
    };
  }
  const { bpe_ranks, pat_str, special_tokens } = bundledRanks();
  const ranks = bpe_ranks
    .split(' ')
    .slice(2)
    .map((token, rank) => `${token} ${rank}`)
    .join('\n');
  const tokenizer = tokenizerFromTiktoken({ ranks, pattern: pat_str, specialTokens: special_tokens });
  const json = tokenizer.toJSON() as {
    model: { vocab: object; merges: readonly (readonly string[] | string)[] };
  };
  const merges = json.model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  return {
    vocabulary: JSON.stringify({ ...json.model.vocab, ...special_tokens }),
    merges: `#version: 0.2\n${merges.join('\n')}\n`,
    source: 'the ranks of the package tiktoken',
  };
}

type Encode = Contestant['encode'];

/** GPT-2's vocabulary, ours first; each is made only when it is asked for. */
const GPT2: Readonly<Record<string, () => Encode>> = {
  Tenon() {
    const tokenizer = ourGpt2();
    return (text) => tokenizer.encodeIds(text).length;
  },
  tiktoken() {
    const { bpe_ranks, pat_str, special_tokens } = bundledRanks();
    const tokenizer = new Tiktoken(bpe_ranks, special_tokens, pat_str);
    return (text) => tokenizer.encode_ordinary(text).length;
  },
  'gpt-tokenizer': () => (text) => gptTokenizerEncode(text, { disallowedSpecial: new Set() }).length,
  tokenizers() {
    const tokenizer = RustTokenizer.fromString(JSON.stringify(ourGpt2()));
    return async (text) => (await tokenizer.encode(text)).getIds().length;
  },
  '@huggingface/tokenizers'() {
    const tokenizer = new HuggingFaceTokenizer(ourGpt2().toJSON(), {});
    return (text) => tokenizer.encode(text).ids.length;
  },
};

export const GPT2_NAMES: readonly string[] = Object.keys(GPT2);

export function gpt2Contestant(name: string): Contestant {
  return { name, encode: GPT2[name]!() };
}

function ourGpt2(): ByteLevelBPETokenizer {
  return ByteLevelBPETokenizer.fromVocabularyFiles(gpt2Files());
}

/** Ids, offsets and masks, all of them looked at. */
export function alignedContestants(): Contestant[] {
  const ours = ourGpt2();
  const rust = RustTokenizer.fromString(JSON.stringify(ours));
  return [
    { name: 'Tenon', encode: (text) => oursAligned(ours, text) },
    { name: 'tokenizers', encode: (text) => rustAligned(rust, text) },
  ];
}

/** BERT's uncased vocabulary; nothing where it is not at hand. */
export function wordPieceContestants(): Contestant[] {
  const file = join(SHARED, 'data/vocab-bert/bert-base-uncased-vocab.txt');
  if (!existsSync(file)) return [];
  const ours = bertTokenizer({
    vocabulary: readVocabularyLines(readFileSync(file, 'utf8')),
    lowercase: true,
  });
  const rust = RustTokenizer.fromString(JSON.stringify(ours));
  return [
    { name: 'Tenon', encode: (text) => ours.encodeIds(text).length },
    { name: 'tokenizers', encode: async (text) => (await rust.encode(text)).getIds().length },
  ];
}

function oursAligned(tokenizer: Tokenizer, text: string): number {
  const { ids, offsets, attentionMask, specialTokensMask } = tokenizer.encode(text);
  return Math.min(ids.length, offsets.length, attentionMask.length, specialTokensMask.length);
}

async function rustAligned(tokenizer: RustTokenizer, text: string): Promise<number> {
  const encoding = await tokenizer.encode(text);
  return Math.min(
    encoding.getIds().length,
    encoding.getOffsets().length,
    encoding.getAttentionMask().length,
    encoding.getSpecialTokensMask().length,
  );
}

function bundledRanks(): BundledRanks {
  return require('tiktoken/encoders/gpt2.json') as BundledRanks;
}
