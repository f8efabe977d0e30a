import { nmt, prepend, replace, strip } from '../normalizers/edits.ts';
import {
  type BertNormalizerOptions,
  bertNormalizer,
  lowercase,
  stripAccents,
} from '../normalizers/filters.ts';
import { precompiled } from '../normalizers/precompiled.ts';
import { unicodeNormalizer } from '../normalizers/unicode.ts';
import type { Normalizer } from '../pipeline/aligned-text.ts';
import { spellAllBytes } from '../pre-tokenizers/byte-level.ts';
import { JsonFields, unknownType } from './fields.ts';
import { matcherOf, readPattern } from './pattern.ts';

const KNOWN = [
  'BertNormalizer',
  'ByteLevel',
  'Lowercase',
  'NFC',
  'NFD',
  'NFKC',
  'NFKD',
  'Nmt',
  'Precompiled',
  'Prepend',
  'Replace',
  'Sequence',
  'Strip',
  'StripAccents',
];

/** Reads and compiles a `normalizer`. */
export function readNormalizer(value: unknown, path: string): Normalizer {
  const fields = new JsonFields(value, path);
  const normalizer = read(fields, path);
  fields.end();
  return normalizer;
}

function read(fields: JsonFields, path: string): Normalizer {
  const type = fields.get('type');
  switch (type) {
    case 'Sequence': {
      const steps = fields
        .array('normalizers')
        .map((step, i) => readNormalizer(step, `${path}.normalizers[${i}]`));
      return (source) => steps.reduce((text, step) => step(text), source);
    }
    case 'BertNormalizer':
      return bertNormalizer(readBertNormalizer(fields));
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return unicodeNormalizer(type);
    case 'Lowercase':
      return lowercase;
    case 'StripAccents':
      return stripAccents;
    case 'Strip':
      return strip(fields.boolean('strip_left', true), fields.boolean('strip_right', true));
    case 'Prepend':
      return prepend(fields.string('prepend'));
    case 'Replace': {
      const pattern = readPattern(fields.get('pattern'), fields.at('pattern'));
      return replace(matcherOf(pattern, fields.at('pattern')), fields.string('content'));
    }
    case 'Precompiled':
      return precompiled(fields.string('precompiled_charsmap'), fields.at('precompiled_charsmap'));
    case 'Nmt':
      return nmt;
    case 'ByteLevel':
      return spellAllBytes;
    default:
      throw unknownType(fields.at('type'), KNOWN, type);
  }
}

/** The fields of a `BertNormalizer`; accents follow the case where the file leaves them open. */
export function readBertNormalizer(fields: JsonFields): BertNormalizerOptions {
  const lower = fields.boolean('lowercase', true);
  return {
    cleanText: fields.boolean('clean_text', true),
    handleChineseChars: fields.boolean('handle_chinese_chars', true),
    stripAccents: fields.oneOf('strip_accents', [null, true, false]) ?? lower,
    lowercase: lower,
  };
}
