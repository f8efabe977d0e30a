import { JsonFields } from '../json/fields.ts';
import { readPattern } from '../json/pattern.ts';
import { readByteLevel } from '../json/pre-tokenizer.ts';
import type { BPEOptions } from '../models/bpe.ts';
import { knownScanner } from '../patterns/known.ts';
import { symbolOfByte } from './alphabet.ts';
import { type Scanner, scanPieces } from './scanner.ts';

/** How a byte-level model cuts. */
export interface ByteLevelCut {
  readonly scanner: Scanner;
  readonly addPrefixSpace: boolean;
}

/**
 * The cut of a byte-level BPE whose parts the model over UTF-8 can do as one, or `undefined`: a ByteLevel
 * pre-tokeniser, or a known pattern before one, and no use for an unknown token.
 */
export function byteLevelCut(
  options: BPEOptions,
  preTokenizer: unknown,
  decoder: unknown,
): ByteLevelCut | undefined {
  const { vocabulary, unknownToken, continuingSubwordPrefix, endOfWordSuffix } = options;
  if (continuingSubwordPrefix || endOfWordSuffix || typeOf(decoder) !== 'ByteLevel') return undefined;
  const steps = typeOf(preTokenizer) === 'Sequence' ? stepsOf(preTokenizer) : [preTokenizer];
  const last = steps.at(-1);
  if (steps.length > 2 || typeOf(last) !== 'ByteLevel') return undefined;
  if (unknownToken !== undefined && !hasAllBytes(vocabulary)) return undefined;
  const { addPrefixSpace, useRegex } = readByteLevel(new JsonFields(last, 'pre_tokenizer'));
  if (steps.length === 1) return useRegex ? { scanner: scanPieces, addPrefixSpace } : undefined;
  const scanner = useRegex || addPrefixSpace ? undefined : splitScanner(steps[0]);
  return scanner === undefined ? undefined : { scanner, addPrefixSpace: false };
}

/** The scanner of a `Split` that keeps every piece of a known pattern. */
function splitScanner(step: unknown): Scanner | undefined {
  if (typeOf(step) !== 'Split') return undefined;
  const fields = new JsonFields(step, 'pre_tokenizer');
  const pattern = readPattern(fields.get('pattern'), fields.at('pattern'));
  const behavior = fields.get('behavior');
  const invert = fields.boolean('invert', false);
  const keepsAll = (behavior === 'Isolated' && !invert) || (behavior === 'Removed' && invert);
  return pattern.kind === 'regex' && keepsAll ? knownScanner(pattern.source) : undefined;
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined;
}

function stepsOf(sequence: unknown): readonly unknown[] {
  const steps = Reflect.get(Object(sequence), 'pretokenizers');
  return Array.isArray(steps) ? steps : [];
}

function hasAllBytes(vocabulary: ReadonlyMap<string, number>): boolean {
  for (let byte = 0; byte < 256; byte++) if (!vocabulary.has(symbolOfByte(byte))) return false;
  return true;
}
