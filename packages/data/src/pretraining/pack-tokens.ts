import { assertWhole } from '@tenon/core';

export interface PackTokensOptions {
  /** Tokens of a block. */
  readonly length: number;
  /** The token after each text: the end of a text, or of a sentence. @default none */
  readonly separator?: number;
}

export interface PackedTokens {
  /** Each of `length` tokens; a text may begin in one and end in another. */
  readonly blocks: readonly Int32Array[];
  /** What filled no block. */
  readonly rest: Int32Array;
}

/**
 * Texts one after another, cut into blocks of one length: no padding, and nothing lost but the rest, which is given too.
 * The blocks are views of one array.
 *
 * @example
 * ```ts
 * import { packTokens } from '@tenon/data';
 *
 * const { blocks, rest } = packTokens([[1, 2, 3], [4], [5, 6]], { length: 4, separator: 0 });
 * console.log(blocks); // [ Int32Array(4) [ 1, 2, 3, 0 ], Int32Array(4) [ 4, 0, 5, 6 ] ]
 * console.log(rest); // Int32Array(1) [ 0 ]
 * ```
 */
export function packTokens(
  texts: readonly ArrayLike<number>[],
  { length, separator }: PackTokensOptions,
): PackedTokens {
  assertWhole('packTokens: length', length);
  const after = separator === undefined ? 0 : 1;
  const ids = new Int32Array(texts.reduce((sum, text) => sum + text.length + after, 0));
  let end = 0;
  for (const text of texts) {
    ids.set(text, end);
    end += text.length;
    if (separator !== undefined) ids[end++] = separator;
  }
  const count = Math.floor(ids.length / length);
  return {
    blocks: Array.from({ length: count }, (_, i) => ids.subarray(i * length, (i + 1) * length)),
    rest: ids.subarray(count * length),
  };
}
