import type { Padding, Truncation } from '../pipeline/shape.ts';
import { JsonFields, mismatch } from './fields.ts';

const STRATEGIES = {
  LongestFirst: 'longest_first',
  OnlyFirst: 'only_first',
  OnlySecond: 'only_second',
} as const;

/** Reads `truncation`. */
export function readTruncation(value: unknown): Truncation | undefined {
  if (value === null || value === undefined) return undefined;
  const fields = new JsonFields(value, 'truncation');
  const truncation: Truncation = {
    maxLength: fields.count('max_length'),
    strategy: STRATEGIES[fields.oneOf('strategy', ['LongestFirst', 'OnlyFirst', 'OnlySecond'])],
    stride: fields.count('stride', 0),
    side: sideOf(fields),
  };
  fields.end();
  return truncation;
}

/** Reads `padding`. */
export function readPadding(value: unknown): Padding | undefined {
  if (value === null || value === undefined) return undefined;
  const fields = new JsonFields(value, 'padding');
  const strategy = fields.get('strategy') ?? 'BatchLongest';
  let length: number | undefined;
  if (strategy !== 'BatchLongest') {
    if (typeof strategy !== 'object') {
      throw mismatch(fields.at('strategy'), '"BatchLongest" or { "Fixed": length }', strategy);
    }
    const fixed = new JsonFields(strategy, fields.at('strategy'));
    length = fixed.count('Fixed');
    fixed.end();
  }
  fields.string('pad_token', '');
  const multipleOf = fields.get('pad_to_multiple_of') ?? undefined;
  const padding: Padding = {
    length,
    side: sideOf(fields),
    multipleOf: multipleOf === undefined ? undefined : Math.max(1, fields.count('pad_to_multiple_of')),
    id: fields.count('pad_id', 0),
    typeId: fields.count('pad_type_id', 0),
  };
  fields.end();
  return padding;
}

function sideOf(fields: JsonFields): 'left' | 'right' {
  return fields.oneOf('direction', ['Right', 'Left']) === 'Left' ? 'left' : 'right';
}
