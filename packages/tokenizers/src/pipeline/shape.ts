import { show, TokenizerError } from '../errors.ts';
import type { EncodeOptions, PaddingStrategy, TruncationStrategy } from '../tokenizer.ts';

/** How long texts are cut. */
export interface Truncation {
  readonly maxLength: number;
  readonly strategy: Exclude<TruncationStrategy, 'do_not_truncate'>;
  readonly stride: number;
  readonly side: 'left' | 'right';
}

/** How short ones are filled up. */
export interface Padding {
  /** `undefined`: to the longest of the batch. */
  readonly length: number | undefined;
  readonly side: 'left' | 'right';
  readonly multipleOf: number | undefined;
  readonly id: number;
  readonly typeId: number;
}

/** What a tokenizer's file says where the caller says nothing. */
export interface ShapeDefaults {
  readonly truncation?: Truncation | undefined;
  readonly padding?: Padding | undefined;
}

export function truncationOf(options: EncodeOptions, defaults: ShapeDefaults): Truncation | undefined {
  const { truncation, maxLength, padding } = options;
  const asked = truncation ?? (maxLength !== undefined && padding !== 'max_length' ? true : undefined);
  const base = defaults.truncation;
  if (asked === false || asked === 'do_not_truncate') return undefined;
  if (asked === undefined && base === undefined) return undefined;
  const strategy = typeof asked === 'string' ? asked : (base?.strategy ?? 'longest_first');
  if (!['longest_first', 'only_first', 'only_second'].includes(strategy)) {
    throw new TokenizerError(
      "truncation: expected true, false, 'longest_first', 'only_first', 'only_second' or 'do_not_truncate', " +
        `got ${show(strategy)}. Choose one of them.`,
    );
  }
  return {
    maxLength: length('maxLength', maxLength ?? base?.maxLength),
    strategy,
    stride: length('stride', options.stride ?? base?.stride ?? 0),
    side: options.truncationSide ?? base?.side ?? 'right',
  };
}

export function paddingOf(
  options: EncodeOptions,
  defaults: ShapeDefaults,
  padId: () => number,
): Padding | undefined {
  const { padding, maxLength } = options;
  const base = defaults.padding;
  if (padding === false || padding === 'do_not_pad') return undefined;
  if (padding === undefined && base === undefined) return undefined;
  if (padding !== undefined && ![true, 'longest', 'max_length' satisfies PaddingStrategy].includes(padding)) {
    throw new TokenizerError(
      `padding: expected true, false, 'longest', 'max_length' or 'do_not_pad', got ${show(padding)}. ` +
        'Choose one of them.',
    );
  }
  const fixed = padding === 'max_length' ? length('maxLength', maxLength ?? base?.length) : undefined;
  const multipleOf = options.padToMultipleOf ?? base?.multipleOf;
  return {
    length: padding === undefined ? base?.length : fixed,
    side: options.paddingSide ?? base?.side ?? 'right',
    multipleOf: multipleOf === undefined ? undefined : Math.max(1, length('padToMultipleOf', multipleOf)),
    id: options.padToken === undefined && base !== undefined ? base.id : padId(),
    typeId: base?.typeId ?? 0,
  };
}

function length(name: string, value: number | undefined): number {
  if (value !== undefined && Number.isSafeInteger(value) && value >= 0) return value;
  throw new TokenizerError(`${name}: expected an integer of at least 0, got ${show(value)}. Pass one.`);
}

/** How many tokens to pad to. */
export function paddedLength(padding: Padding, longest: number): number {
  const wanted = padding.length ?? longest;
  return padding.multipleOf === undefined
    ? wanted
    : Math.ceil(wanted / padding.multipleOf) * padding.multipleOf;
}

/** A stretch of tokens that is kept together: [from, to). */
export type Window = readonly [from: number, to: number];

/**
 * Cuts the texts' tokens so that `room` are left, as Hugging Face's libraries do.
 *
 * @param lengths tokens of the text, and of its pair if there is one
 * @param room tokens, those of the template not counted
 * @returns for each text its windows: first the one that is kept, then what overflows
 */
export function windowsOf(lengths: readonly number[], room: number, truncation: Truncation): Window[][] {
  const total = lengths.reduce((sum, n) => sum + n, 0);
  if (total <= room) return lengths.map((n): Window[] => [[0, n]]);
  const kept = keptLengths(lengths, room, truncation, total - room);
  return lengths.map((n, i) => windows(n, kept[i]!, truncation));
}

function keptLengths(
  lengths: readonly number[],
  room: number,
  { strategy }: Truncation,
  excess: number,
): readonly number[] {
  const [first = 0, second] = lengths;
  if (room === 0) return lengths.map(() => 0);
  if (strategy === 'longest_first') {
    if (second === undefined) return [room];
    // The longer gives way until both are equally long; then each gets half.
    const shorter = Math.min(first, second);
    let longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
    let least = shorter;
    if (least + longer > room) {
      least = Math.floor(room / 2);
      longer = least + (room % 2);
    }
    return first > second ? [longer, least] : [least, longer];
  }
  const which = strategy === 'only_first' ? 0 : 1;
  const target = lengths[which];
  if (target === undefined || target <= excess) {
    throw new TokenizerError(
      `truncation '${strategy}': expected ${which === 0 ? 'a first' : 'a second'} text of more than ${excess} ` +
        `tokens, to cut as many off, got ${target === undefined ? 'none' : `one of ${target}`}. ` +
        "Choose a larger maxLength, or 'longest_first'.",
    );
  }
  return lengths.map((n, i) => (i === which ? n - excess : n));
}

function windows(length: number, kept: number, { stride, side }: Truncation): Window[] {
  if (kept >= length) return [[0, length]];
  if (kept === 0) {
    return [
      [0, 0],
      [0, length],
    ];
  }
  if (stride >= kept) {
    throw new TokenizerError(
      `stride: expected less than the ${kept} tokens that are left of a text, got ${stride}. ` +
        'Choose a smaller stride or a larger maxLength.',
    );
  }
  const step = kept - stride;
  const found: Window[] = [];
  if (side === 'right') {
    for (let from = 0; ; from += step) {
      const to = Math.min(from + kept, length);
      found.push([from, to]);
      if (to === length) return found;
    }
  }
  for (let to = length; ; to -= step) {
    const from = Math.max(to - kept, 0);
    found.push([from, to]);
    if (from === 0) return found;
  }
}
