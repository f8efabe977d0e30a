import { readAddedTokens, writeAddedTokens } from '../json/added-tokens.ts';
import { JsonFields, mismatch } from '../json/fields.ts';
import { readVocabulary, vocabularyObject } from '../json/vocabulary.ts';
import type { ByteLevelBPEOptions } from './options.ts';

type Merge = readonly [left: string, right: string];

/** Reads a Hugging Face tokenizer.json of a byte-level BPE. */
export function readByteLevelJson(json: unknown): ByteLevelBPEOptions {
  const root = new JsonFields(json, 'tokenizer.json');
  root.oneOf('version', ['1.0']);
  root.oneOf('truncation', [null]);
  root.oneOf('padding', [null]);
  root.oneOf('normalizer', [null]);
  const addedTokens = readAddedTokens(root.array('added_tokens'));
  const { addPrefixSpace } = readByteLevel(root.get('pre_tokenizer'), 'pre_tokenizer');
  readByteLevel(root.get('decoder'), 'decoder');
  const postProcessor = root.get('post_processor') ?? null;
  const trimOffsets = postProcessor !== null && readByteLevel(postProcessor, 'post_processor').trimOffsets;
  const { vocabulary, merges } = readModel(root.get('model'));
  root.end();
  return { vocabulary, merges, addedTokens, addPrefixSpace, trimOffsets };
}

export function writeByteLevelJson(
  options: Required<Omit<ByteLevelBPEOptions, 'cacheSize' | 'vocabulary'>> & {
    readonly tokens: readonly (string | undefined)[];
  },
): object {
  const byteLevel = (addPrefixSpace: boolean, trimOffsets: boolean): object => ({
    type: 'ByteLevel',
    add_prefix_space: addPrefixSpace,
    trim_offsets: trimOffsets,
    use_regex: true,
  });
  const { addPrefixSpace, trimOffsets } = options;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: writeAddedTokens(options.addedTokens),
    normalizer: null,
    pre_tokenizer: byteLevel(addPrefixSpace, trimOffsets),
    post_processor: byteLevel(addPrefixSpace, trimOffsets),
    decoder: byteLevel(addPrefixSpace, trimOffsets),
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: vocabularyObject(options.tokens),
      // The spelling that every version reads; no symbol of the byte alphabet is a blank.
      merges: options.merges.map((merge) => merge.join(' ')),
    },
  };
}

function readByteLevel(value: unknown, path: string): { addPrefixSpace: boolean; trimOffsets: boolean } {
  const fields = new JsonFields(value, path);
  if (fields.get('type') !== 'ByteLevel')
    throw mismatch(fields.at('type'), '"ByteLevel"', fields.get('type'));
  const addPrefixSpace = fields.boolean('add_prefix_space', true);
  const trimOffsets = fields.boolean('trim_offsets', true);
  fields.oneOf('use_regex', [true]);
  fields.end();
  return { addPrefixSpace, trimOffsets };
}

function readModel(value: unknown): { vocabulary: Map<string, number>; merges: Merge[] } {
  const model = new JsonFields(value, 'model');
  model.oneOf('type', ['BPE']);
  model.oneOf('dropout', [null, 0]);
  model.oneOf('unk_token', [null, '']);
  model.oneOf('continuing_subword_prefix', [null, '']);
  model.oneOf('end_of_word_suffix', [null, '']);
  model.boolean('fuse_unk', false); // of no effect without an unknown token
  model.oneOf('byte_fallback', [false]);
  model.oneOf('ignore_merges', [false]);
  const vocabulary = readVocabulary(model.get('vocab'), model.at('vocab'));
  const merges = model.array('merges').map((merge, i) => readMerge(merge, `model.merges[${i}]`));
  model.end();
  return { vocabulary, merges };
}

/** A merge as `"a b"` or as `["a", "b"]`: older files have the one, newer ones the other. */
function readMerge(value: unknown, path: string): Merge {
  const parts = typeof value === 'string' ? value.split(' ') : value;
  if (Array.isArray(parts) && parts.length === 2) {
    const [left, right] = parts;
    if (typeof left === 'string' && typeof right === 'string') return [left, right];
  }
  throw mismatch(path, '"left right" or ["left", "right"]', value);
}
