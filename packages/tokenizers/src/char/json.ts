import { readAddedTokens, writeAddedTokens } from '../json/added-tokens.ts';
import { JsonFields } from '../json/fields.ts';
import { readVocabulary, vocabularyObject } from '../json/vocabulary.ts';
import type { AddedToken } from '../tokenizer.ts';
import type { CharTokenizerOptions } from './options.ts';

/** Any one character, line ends included, in every dialect of regular expressions that reads these files. */
const ANY_CHARACTER = '[\\s\\S]';

/** Hugging Face's word-level model must name an unknown token; one outside the vocabulary makes it an error. */
const NO_UNKNOWN_TOKEN = '<unk>';

export function readCharJson(json: unknown): CharTokenizerOptions {
  const root = new JsonFields(json, 'tokenizer.json');
  root.oneOf('version', ['1.0']);
  root.oneOf('truncation', [null]);
  root.oneOf('padding', [null]);
  root.oneOf('normalizer', [null]);
  root.oneOf('post_processor', [null]);
  const addedTokens = readAddedTokens(root.array('added_tokens'));
  readSplit(root.get('pre_tokenizer'));
  const decoder = new JsonFields(root.get('decoder'), 'decoder');
  decoder.oneOf('type', ['Fuse']);
  decoder.end();
  const model = new JsonFields(root.get('model'), 'model');
  model.oneOf('type', ['WordLevel']);
  const vocabulary = readVocabulary(model.get('vocab'), model.at('vocab'));
  const unknownToken = model.string('unk_token');
  model.end();
  root.end();
  return { vocabulary, addedTokens, ...(vocabulary.has(unknownToken) ? { unknownToken } : {}) };
}

export function writeCharJson(
  modelTokens: readonly (string | undefined)[],
  addedTokens: readonly AddedToken[],
  unknownToken: string | undefined,
): object {
  const tokens = [...modelTokens];
  for (const { id, content } of addedTokens) tokens[id] = content;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: writeAddedTokens(addedTokens),
    normalizer: null,
    pre_tokenizer: { type: 'Split', pattern: { Regex: ANY_CHARACTER }, behavior: 'Isolated', invert: false },
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: {
      type: 'WordLevel',
      vocab: vocabularyObject(tokens),
      unk_token: unknownToken ?? NO_UNKNOWN_TOKEN,
    },
  };
}

function readSplit(value: unknown): void {
  const split = new JsonFields(value, 'pre_tokenizer');
  split.oneOf('type', ['Split']);
  const pattern = new JsonFields(split.get('pattern'), 'pre_tokenizer.pattern');
  pattern.oneOf('Regex', [ANY_CHARACTER]);
  pattern.end();
  split.oneOf('behavior', ['Isolated']);
  split.oneOf('invert', [false]);
  split.end();
}
