import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteLevelBPETokenizer } from '../byte-level/tokenizer.ts';
import { TokenizerError } from '../errors.ts';
import { readVocabularyLines } from '../files/vocabulary-lines.ts';
import { tokenizerFromJSON } from '../from-json.ts';
import { JsonFields, parseJson } from '../json/fields.ts';
import type { PipelineTokenizer } from '../pipeline/tokenizer.ts';
import { bertTokenizer } from '../presets/bert.ts';
import type { AddedToken, Tokenizer } from '../tokenizer.ts';
import { writeFileAtomically } from './atomic.ts';
import { unreadable } from './texts.ts';

/** Pairs of files that make a byte-level tokenizer, newest names first. */
const VOCABULARY_FILES = [
  ['vocab.json', 'merges.txt'],
  ['encoder.json', 'vocab.bpe'],
] as const;

/** The tokens that have a role of their own, by the contents they usually have. */
const ROLES: readonly (readonly [role: string, contents: readonly string[]])[] = [
  ['bos_token', ['<s>', '<|startoftext|>', '<bos>', '<|endoftext|>']],
  ['eos_token', ['</s>', '<|endoftext|>', '<eos>']],
  ['unk_token', ['[UNK]', '<unk>', '<|endoftext|>']],
  ['sep_token', ['[SEP]', '</s>']],
  ['pad_token', ['[PAD]', '<pad>']],
  ['cls_token', ['[CLS]', '<s>']],
  ['mask_token', ['[MASK]', '<mask>']],
];

export interface SaveTokenizerOptions {
  /**
   * Fields of `tokenizer_config.json` that say more than the tokenizer knows, or something else:
   * `{ model_max_length: 512, eos_token: '<end>' }`.
   * @default none
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Loads the tokenizer of a Hugging Face folder, or of a file: a `tokenizer.json`, or else `vocab.json` with
 * `merges.txt`, `encoder.json` with `vocab.bpe`, or BERT's `vocab.txt`. A `tokenizer_config.json` beside them gives the
 * chat template, and says whether BERT's text is lowercased; without one it is, unless the vocabulary has capitals.
 *
 * @throws TokenizerError for a folder that has none of them, and for what is wrong in the files
 */
export async function loadTokenizer(path: string): Promise<PipelineTokenizer> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => Promise.reject(unreadable(path, error)),
  );
  if (!isFolder) return tokenizerFromJSON(await readText(path));
  const json = await readIfThere(join(path, 'tokenizer.json'));
  const config = await readIfThere(join(path, 'tokenizer_config.json'));
  if (json !== undefined) return tokenizerFromJSON(json, config === undefined ? {} : { config });
  for (const [first, second] of VOCABULARY_FILES) {
    const vocabulary = await readIfThere(join(path, first));
    const merges = await readIfThere(join(path, second));
    if (vocabulary !== undefined && merges !== undefined) {
      return ByteLevelBPETokenizer.fromVocabularyFiles({ vocabulary, merges });
    }
  }
  const lines = await readIfThere(join(path, 'vocab.txt'));
  if (lines !== undefined) return bertOf(readVocabularyLines(lines), config);
  throw new TokenizerError(
    `${path}: expected a tokenizer.json, ${VOCABULARY_FILES.map((pair) => pair.join(' and ')).join(', ')}, ` +
      'or a vocab.txt, got none of them. Pass the folder of a tokenizer.',
  );
}

/** BERT's tokenizer as its folder describes it. */
function bertOf(vocabulary: ReadonlyMap<string, number>, config = '{}'): PipelineTokenizer {
  const name = 'tokenizer_config.json';
  const fields = new JsonFields(parseJson(config, name), name);
  const lowercase = fields.boolean('do_lower_case', !vocabulary.has('A'));
  const stripAccents = fields.oneOf('strip_accents', [null, true, false]);
  return bertTokenizer({
    vocabulary,
    lowercase,
    handleChineseChars: fields.boolean('tokenize_chinese_chars', true),
    ...(stripAccents === null ? {} : { stripAccents }),
  });
}

/**
 * Saves a tokenizer as a Hugging Face folder: `tokenizer.json`, `tokenizer_config.json` and
 * `special_tokens_map.json`, which transformers in Python and transformers.js read.
 */
export async function saveTokenizer(
  tokenizer: Tokenizer,
  folder: string,
  options: SaveTokenizerOptions = {},
): Promise<void> {
  const roles = rolesOf(tokenizer.addedTokens);
  const config = {
    added_tokens_decoder: Object.fromEntries(
      tokenizer.addedTokens.map((token) => [
        token.id,
        {
          content: token.content,
          lstrip: token.lstrip ?? false,
          normalized: token.normalized ?? false,
          rstrip: token.rstrip ?? false,
          single_word: token.singleWord ?? false,
          special: token.special,
        },
      ]),
    ),
    clean_up_tokenization_spaces: false,
    model_max_length: 1e30,
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...roles,
    ...options.config,
  };
  const files = {
    'special_tokens_map.json': roles,
    'tokenizer_config.json': config,
    'tokenizer.json': tokenizer,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomically(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  }
}

function rolesOf(added: readonly AddedToken[]): Record<string, string> {
  const special = new Set(added.filter((token) => token.special).map(({ content }) => content));
  return Object.fromEntries(
    ROLES.flatMap(([role, contents]) => {
      const found = contents.find((content) => special.has(content));
      return found === undefined ? [] : [[role, found]];
    }),
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unreadable(file, error);
  }
}
