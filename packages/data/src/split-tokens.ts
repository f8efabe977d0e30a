import { TenonError } from '@tenon/core';

/** A text in two parts that share nothing. */
export interface SplitTokens {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Splits a text: its end is for validation. Both parts are views of the ids.
 *
 * @throws {TenonError} when the share is not between 0 and 1, or one part would be empty.
 */
export function splitTokens(ids: Int32Array, { validation }: { readonly validation: number }): SplitTokens {
  if (!(validation > 0 && validation < 1)) {
    throw new TenonError({
      subject: 'splitTokens: validation',
      expected: 'a share between 0 and 1',
      got: String(validation),
      advice: 'Pass 0.1 to keep a tenth of the text for validation.',
    });
  }
  const border = Math.floor(ids.length * (1 - validation));
  if (border === 0 || border === ids.length) {
    throw new TenonError({
      subject: 'splitTokens: text',
      expected: 'enough tokens for two parts',
      got: String(ids.length),
      advice: 'Pass a longer text.',
    });
  }
  return { train: ids.subarray(0, border), validation: ids.subarray(border) };
}
