// tokenizers/*.jsonl, an expectation a line, and tokenizers/learn/*.json, learned merges. What a file holds is told by
// its fields; which vocabulary it was made with, by its name. No tensors: what the backends say is the same.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TenonError } from '@tenon/core';
import {
  type BertTokenizerOptions,
  ByteLevelBPETokenizer,
  bertTokenizer,
  gptTokenizer,
  readVocabularyLines,
  standardizeText,
  type Tokenizer,
} from '@tenon/tokenizers';
import { type Ties, trainBPE } from '@tenon/tokenizers/training';
import type { Comparison } from '../comparison.ts';
import { Facts } from '../facts.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase } from '../golden-case.ts';

/** Which vocabulary a file name speaks of, in the folder of data sets. */
const BERT_VOCABULARIES: readonly (readonly [name: RegExp, file: string, lowercase: boolean])[] = [
  [/uncased/, 'bert-base-uncased-vocab.txt', true],
  [/cased/, 'bert-base-cased-vocab.txt', false],
  [/zh|chinese/, 'bert-base-chinese-vocab.txt', true],
];

export const tokenizers: GoldenFamily = {
  family: 'tokenizers',
  knows: (kind) => kind === 'lines' || kind === 'learned merges',
  async run(golden, { comparison, data }) {
    if (golden.kind === 'learned merges') await compareLearned(golden, comparison);
    else if (data === undefined) {
      comparison.skipped = 'skipped: it needs a vocabulary of the data sets, whose folder --data names';
    } else await compareLines(golden.path, data, comparison);
  },
};

async function compareLines(file: string, data: string, comparison: Comparison): Promise<void> {
  const text = await readFile(file, 'utf8');
  const lines = text
    .split('\n')
    .flatMap((line, i) => (line === '' ? [] : [new Facts(`${file}, line ${i + 1}`, JSON.parse(line))]));
  const check = await checkOf(file, lines, data);
  for (const [i, line] of lines.entries()) check(line, `line ${i + 1}`, comparison);
}

type Check = (line: Facts, name: string, comparison: Comparison) => void;

/** How to check the lines of a file, by the fields of the first. */
async function checkOf(file: string, lines: readonly Facts[], data: string): Promise<Check> {
  const fields = lines[0]!.names.join();
  switch (fields) {
    case 'text,basic,tokens,ids':
      return checkBert(await bertOptions(file, data), lines);
    case 'text,ids,tokens':
      return checkTokens(await gpt2(data));
    case 'ids,text': {
      const tokenizer = await gpt2(data);
      return (line, name, comparison) =>
        comparison.strings(`${name} text`, [tokenizer.decode(line.numbers('ids'))], [line.string('text')]);
    }
    case 'text,tokens,ids,decoded': {
      const tokenizer = await gpt(data);
      const tokens = checkTokens(tokenizer);
      return (line, name, comparison) => {
        tokens(line, name, comparison);
        const decoded = tokenizer.decode(line.numbers('ids'));
        comparison.strings(`${name} decoded`, [decoded], [line.string('decoded')]);
      };
    }
    case 'text,out':
      return (line, name, comparison) =>
        comparison.strings(`${name} out`, [standardizeText(line.string('text'))], [line.string('out')]);
    case 'word,pieces': {
      const tokenizer = await gpt(data, 'none');
      return (line, name, comparison) =>
        comparison.strings(
          `${name} pieces`,
          tokenizer.encode([line.string('word')]).tokens,
          known(tokenizer, line.strings('pieces')),
        );
    }
    default:
      throw new TenonError({
        subject: file,
        expected: 'lines of texts with ids, of ids with texts, or of words with pieces',
        got: `the fields ${fields}`,
        advice: 'Teach scripts/goldens/families/tokenizers.ts this kind of line.',
      });
  }
}

/** Pieces and ids, and the words before they are cut into pieces: tokens of a vocabulary of all these words. */
function checkBert(options: BertTokenizerOptions, lines: readonly Facts[]): Check {
  const tokens = checkTokens(bertTokenizer(options));
  const words = new Set(['[UNK]', ...lines.flatMap((line) => line.strings('basic'))]);
  const basic = bertTokenizer({
    ...options,
    vocabulary: new Map([...words].map((word, id) => [word, id])),
    specialTokens: [],
    maxInputCharsPerWord: Number.MAX_SAFE_INTEGER,
  });
  return (line, name, comparison) => {
    tokens(line, name, comparison);
    comparison.strings(`${name} basic`, basic.encode(line.string('text')).tokens, line.strings('basic'));
  };
}

function checkTokens(tokenizer: Tokenizer): Check {
  return (line, name, comparison) => {
    const encoding = tokenizer.encode(line.string('text'), { addSpecialTokens: false });
    comparison.integers(`${name} ids`, encoding.ids, line.numbers('ids'));
    comparison.strings(`${name} tokens`, encoding.tokens, known(tokenizer, line.strings('tokens')));
  };
}

/** GPT's original spells tokens that have no id as they stand in the text; ours are called by the token of their id. */
function known(tokenizer: Tokenizer, tokens: readonly string[]): string[] {
  return tokens.map((token) => (tokenizer.tokenToId(token) === undefined ? '<unk>' : token));
}

async function bertOptions(file: string, data: string): Promise<BertTokenizerOptions> {
  const found = BERT_VOCABULARIES.find(([name]) => name.test(file));
  if (found === undefined) {
    throw new TenonError({
      subject: file,
      expected: 'a name with cased, uncased, zh or chinese',
      got: 'none of them',
      advice: 'Name the file after its vocabulary.',
    });
  }
  const [, vocabularyFile, lowercase] = found;
  const vocabulary = readVocabularyLines(await readFile(join(data, 'vocab-bert', vocabularyFile), 'utf8'));
  return { vocabulary, lowercase, original: true };
}

async function gpt2(data: string): Promise<Tokenizer> {
  const [vocabulary, merges] = await Promise.all([
    readFile(join(data, 'vocab-gpt2/encoder.json'), 'utf8'),
    readFile(join(data, 'vocab-gpt2/vocab.bpe'), 'utf8'),
  ]);
  return ByteLevelBPETokenizer.fromVocabularyFiles({ vocabulary, merges });
}

async function gpt(data: string, standardize: 'bert' | 'none' = 'bert'): Promise<Tokenizer> {
  const vocabulary = JSON.parse(await readFile(join(data, 'vocab-gpt/encoder_bpe_40000.json'), 'utf8'));
  const lines = (await readFile(join(data, 'vocab-gpt/vocab_40000.bpe'), 'utf8')).split('\n').slice(1);
  return gptTokenizer({
    vocabulary: new Map(Object.entries(vocabulary as Record<string, number>)),
    merges: lines.flatMap((line) => (line === '' ? [] : [line.split(' ') as [string, string]])),
    standardize,
  });
}

/** The ids of a byte-level vocabulary are bytes first, in the order of their values, then merges. */
async function compareLearned(golden: GoldenCase, comparison: Comparison): Promise<void> {
  const { facts } = golden;
  const folder = dirname(golden.path);
  if (facts.has('num_symbols')) {
    const corpus = await readFile(join(folder, 'corpus.txt'), 'utf8');
    const merges = facts.json('merges') as [string, string][];
    const learned = await learn(corpus, {
      merges: merges.length,
      minFrequency: facts.number('min_frequency'),
      ties: tiesOf(facts.string('format')),
      preTokenizer: { type: 'WhitespaceSplit' },
      endOfWordSuffix: '</w>',
    });
    comparison.strings('merges', learned.merges.map(spelled), merges.map(spelled));
    return;
  }
  const files = [...facts.string('corpus').matchAll(/[\w.-]+\.txt/g)].map(([name]) => name);
  const corpus = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('');
  const merges = facts.rows('merges');
  const pattern = facts.has('pattern') ? facts.string('pattern') : undefined;
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
  const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
  const preTokenizer =
    pattern === undefined ? byteLevel : { type: 'Sequence', pretokenizers: [split, byteLevel] };
  const symbols = byteSymbols();
  const { merges: learned, tokenizer } = await learn(corpus, {
    merges: merges.length,
    minFrequency: 1,
    ties: tiesOf(facts.string('tie_break')),
    preTokenizer,
    endOfWordSuffix: '',
    initialAlphabet: symbols,
    decoder: byteLevel,
  });
  const ids = new Map(symbols.map((symbol, byte) => [symbol, byte]));
  const got = learned.map(([left, right], i) => {
    const row = [ids.get(left)!, ids.get(right)!, symbols.length + i];
    ids.set(left + right, symbols.length + i);
    return row;
  });
  comparison.integers('merges', got.flat(), merges.flat());
  if (!facts.has('encode')) return;
  for (const [i, line] of facts.objects('encode').entries()) {
    const { tokens } = tokenizer.encode(line.string('text'));
    comparison.integers(
      `text ${i} ids`,
      tokens.map((token) => ids.get(token)!),
      line.numbers('ids'),
    );
  }
}

interface Learned {
  readonly merges: readonly [left: string, right: string][];
  readonly tokenizer: Tokenizer;
}

/** Trains until there are so many merges: how many characters there are, and so how many ids, is not known before. */
async function learn(
  corpus: string,
  options: {
    readonly merges: number;
    readonly minFrequency: number;
    readonly ties: Ties;
    readonly preTokenizer: object;
    readonly endOfWordSuffix: string;
    readonly initialAlphabet?: readonly string[];
    readonly decoder?: object;
  },
): Promise<Learned> {
  const { merges, ...rest } = options;
  const common = { ...rest, normalizer: null, unknownToken: null };
  const train = async (vocabularySize: number): Promise<Learned> => {
    const tokenizer = await trainBPE(corpus, { ...common, vocabularySize });
    const { model } = tokenizer.toJSON() as { model: { merges: readonly (string | [string, string])[] } };
    const pairs = model.merges.map((merge): [string, string] =>
      typeof merge === 'string' ? (merge.split(' ') as [string, string]) : merge,
    );
    return { tokenizer, merges: pairs };
  };
  const characters = new Set(corpus).size * 2 + 256;
  const first = await train(characters + merges);
  // Once more with the size that leaves just these merges: the texts are encoded with no others.
  return first.merges.length <= merges
    ? first
    : train(first.tokenizer.vocabularySize - first.merges.length + merges);
}

/** The rule for ties that a file describes in words. */
function tiesOf(description: string): Ties {
  if (/seen first|first seen/i.test(description)) return 'firstSeen';
  if (/largest/i.test(description)) return 'largestPair';
  if (/smallest/i.test(description)) return 'smallestPair';
  throw new TenonError({
    subject: 'learned merges, rule for ties',
    expected: 'words with "seen first", "largest" or "smallest"',
    got: description,
    advice: 'Teach scripts/goldens/families/tokenizers.ts this rule.',
  });
}

/** GPT-2's printable stand-ins for the bytes, by byte. */
function byteSymbols(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(printable ? byte : next++);
  });
}

const spelled = (merge: readonly [string, string]): string => merge.join(' ');
