import type { Merge } from '../models/bpe.ts';
import type { ModelDefinition } from '../models/definitions.ts';
import { JsonFields, mismatch, unknownType } from './fields.ts';
import { readVocabulary } from './vocabulary.ts';

/** Reads a `model`. */
export function readModel(value: unknown): ModelDefinition {
  const fields = new JsonFields(value, 'model');
  const definition = read(fields);
  fields.end();
  return definition;
}

function read(fields: JsonFields): ModelDefinition {
  const type = fields.get('type') ?? guessType(fields);
  switch (type) {
    case 'BPE':
      return readBPE(fields);
    case 'WordPiece':
      return {
        type: 'WordPiece',
        options: {
          unknownToken: fields.string('unk_token', '[UNK]'),
          continuingSubwordPrefix: fields.string('continuing_subword_prefix', '##'),
          maxInputCharsPerWord: fields.count('max_input_chars_per_word', 100),
          vocabulary: vocabularyOf(fields),
        },
      };
    case 'WordLevel':
      return {
        type: 'WordLevel',
        options: { unknownToken: fields.string('unk_token', '<unk>'), vocabulary: vocabularyOf(fields) },
      };
    case 'Unigram':
      return readUnigram(fields);
    default:
      throw unknownType('model.type', ['BPE', 'Unigram', 'WordLevel', 'WordPiece'], type);
  }
}

/** Files of early versions name no type. */
function guessType(fields: JsonFields): string | undefined {
  if (fields.get('merges') !== undefined) return 'BPE';
  if (fields.get('continuing_subword_prefix') !== undefined) return 'WordPiece';
  return Array.isArray(fields.get('vocab')) ? 'Unigram' : undefined;
}

function vocabularyOf(fields: JsonFields): Map<string, number> {
  return readVocabulary(fields.get('vocab'), fields.at('vocab'));
}

function readBPE(fields: JsonFields): ModelDefinition {
  const text = (key: string): string | undefined =>
    (fields.get(key) ?? null) === null ? undefined : fields.string(key);
  fields.oneOf('dropout', [null, 0]);
  const merges = fields.array('merges');
  const options = {
    unknownToken: text('unk_token'),
    continuingSubwordPrefix: text('continuing_subword_prefix'),
    endOfWordSuffix: text('end_of_word_suffix'),
    fuseUnknown: fields.boolean('fuse_unk', false),
    byteFallback: fields.boolean('byte_fallback', false),
    ignoreMerges: fields.boolean('ignore_merges', false),
    vocabulary: vocabularyOf(fields),
    merges: merges.map(readMerge),
  };
  return { type: 'BPE', options, mergesAsText: merges.length === 0 || typeof merges[0] === 'string' };
}

/** A merge as `"a b"` or as `["a", "b"]`: older files have the one, newer ones the other. */
function readMerge(value: unknown, i: number): Merge {
  const parts = typeof value === 'string' ? value.split(' ') : value;
  if (Array.isArray(parts) && parts.length === 2) {
    const [left, right] = parts;
    if (typeof left === 'string' && typeof right === 'string') return [left, right];
  }
  throw mismatch(`model.merges[${i}]`, '"left right" or ["left", "right"]', value);
}

function readUnigram(fields: JsonFields): ModelDefinition {
  const pieces = fields.array('vocab').map((piece, i): readonly [string, number] => {
    if (Array.isArray(piece) && piece.length === 2) {
      const [token, score] = piece;
      if (typeof token === 'string' && Number.isFinite(score)) return [token, score];
    }
    throw mismatch(`model.vocab[${i}]`, '[token, score]', piece);
  });
  const unknownId = (fields.get('unk_id') ?? null) === null ? undefined : fields.count('unk_id');
  if (unknownId !== undefined && unknownId >= pieces.length) {
    throw mismatch('model.unk_id', `an id below ${pieces.length}`, unknownId);
  }
  return {
    type: 'Unigram',
    options: { pieces, unknownId, byteFallback: fields.boolean('byte_fallback', false) },
  };
}
