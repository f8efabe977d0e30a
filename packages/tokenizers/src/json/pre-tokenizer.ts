import { scanPieces } from '../byte-level/scanner.ts';
import { show, TokenizerError } from '../errors.ts';
import { scannerMatcher } from '../patterns/known.ts';
import { characters, literal, runs } from '../patterns/matchers.ts';
import { type PreTokenizer, SPLIT_BEHAVIORS, splitBy } from '../pipeline/splits.ts';
import { blankInFront, spellBytes } from '../pre-tokenizers/byte-level.ts';
import { type MetaspaceOptions, metaspace } from '../pre-tokenizers/metaspace.ts';
import { NUMERIC, PUNCTUATION, WHITE, WORD } from '../unicode/properties.ts';
import { JsonFields, unknownType } from './fields.ts';
import { matcherOf, readPattern } from './pattern.ts';

const KNOWN = [
  'BertPreTokenizer',
  'ByteLevel',
  'CharDelimiterSplit',
  'Digits',
  'Metaspace',
  'Punctuation',
  'Sequence',
  'Split',
  'Whitespace',
  'WhitespaceSplit',
];

const cutLikeGpt2 = splitBy(scannerMatcher(scanPieces), 'Isolated');
const splitWhite = splitBy(characters(WHITE), 'Removed');

/** Reads and compiles a `pre_tokenizer`. */
export function readPreTokenizer(value: unknown, path: string): PreTokenizer {
  const fields = new JsonFields(value, path);
  const preTokenizer = read(fields, path);
  fields.end();
  return preTokenizer;
}

function read(fields: JsonFields, path: string): PreTokenizer {
  const type = fields.get('type');
  switch (type) {
    case 'Sequence':
      return sequence(
        fields.array('pretokenizers').map((step, i) => readPreTokenizer(step, `${path}.pretokenizers[${i}]`)),
      );
    case 'BertPreTokenizer':
      return sequence([splitWhite, splitBy(characters(PUNCTUATION), 'Isolated')]);
    case 'ByteLevel':
      return byteLevel(readByteLevel(fields));
    case 'Metaspace':
      return metaspace(readMetaspace(fields));
    case 'Whitespace':
      // \w+|[^\w\s]+
      return splitBy(
        runs((bits) => ((bits & WORD) !== 0 ? 1 : (bits & WHITE) !== 0 ? 0 : 2)),
        'Removed',
        true,
      );
    case 'WhitespaceSplit':
      return splitWhite;
    case 'Punctuation':
      return splitBy(characters(PUNCTUATION), fields.oneOf('behavior', ['Isolated', ...SPLIT_BEHAVIORS]));
    case 'Digits':
      return fields.boolean('individual_digits', false)
        ? splitBy(characters(NUMERIC), 'Isolated')
        : splitBy(characters(NUMERIC), 'Contiguous');
    case 'CharDelimiterSplit':
      return splitBy(literal(oneCharacter(fields.string('delimiter'), fields.at('delimiter'))), 'Removed');
    case 'Split': {
      const pattern = readPattern(fields.get('pattern'), fields.at('pattern'));
      const behavior = fields.oneOf('behavior', SPLIT_BEHAVIORS);
      return splitBy(matcherOf(pattern, fields.at('pattern')), behavior, fields.boolean('invert', false));
    }
    default:
      throw unknownType(fields.at('type'), KNOWN, type);
  }
}

function sequence(steps: readonly PreTokenizer[]): PreTokenizer {
  return (splits) => steps.reduce((cut, step) => step(cut), splits);
}

export interface ByteLevelOptions {
  readonly addPrefixSpace: boolean;
  readonly useRegex: boolean;
  readonly trimOffsets: boolean;
}

/** The fields of a `ByteLevel`, which is a pre-tokeniser, a post-processor and a decoder. */
export function readByteLevel(fields: JsonFields): ByteLevelOptions {
  return {
    addPrefixSpace: fields.boolean('add_prefix_space', true),
    trimOffsets: fields.boolean('trim_offsets', true),
    useRegex: fields.boolean('use_regex', true),
  };
}

function byteLevel({ addPrefixSpace, useRegex }: ByteLevelOptions): PreTokenizer {
  return sequence([
    ...(addPrefixSpace ? [blankInFront] : []),
    ...(useRegex ? [cutLikeGpt2] : []),
    spellBytes,
  ]);
}

/** The fields of a `Metaspace`, pre-tokeniser or decoder; older files have `add_prefix_space` instead. */
export function readMetaspace(fields: JsonFields): MetaspaceOptions {
  const replacement = oneCharacter(fields.string('replacement'), fields.at('replacement'));
  const add = fields.boolean('add_prefix_space', true);
  const scheme = fields.oneOf('prepend_scheme', [add ? 'always' : 'never', 'always', 'never', 'first']);
  fields.oneOf('str_rep', [replacement]);
  return { replacement, prependScheme: scheme, split: fields.boolean('split', true) };
}

function oneCharacter(text: string, path: string): string {
  if ([...text].length === 1) return text;
  throw new TokenizerError(`${path}: expected one character, got ${show(text)}. Correct the file.`);
}
