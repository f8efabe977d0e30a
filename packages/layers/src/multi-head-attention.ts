// B batch, T queries, S keys, N = B·T or B·S tokens, C channels, H heads, D = C / H.

import { assertWhole, type Initializer, Module, type RandomStream, TenonError } from '@tenon/core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { type AttentionSource, attend } from './attention.ts';
import type { DropoutOptions } from './dropout.ts';
import type { KeysAndValues } from './key-value-cache.ts';
import { Linear } from './linear.ts';
import { mergeHeads, splitHeads } from './split-heads.ts';

export interface MultiHeadAttentionOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** @default that of Linear */
  readonly weight?: Initializer;
  /** @default that of Linear */
  readonly bias?: Initializer | false;
  /** Share of the attention weights that is dropped when training. @default 0 */
  readonly dropoutRate?: number;
}

export interface MultiHeadAttended {
  /** [N, C] */
  readonly output: Tensor2D;
  /** [B, H, T, S], over the keys of all sources in their order. */
  readonly weights: Tensor4D;
}

/**
 * Multi-head attention (Vaswani et al. 2017, section 3.2.2): a text's queries ask for keys and values of the same text
 * (self-attention), of another (cross-attention), or of several, what a cache remembers for instance. Masks come with
 * the sources.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { ones } from '@tensorflow/tfjs-core';
 * import { RandomStream } from '@tenon/core';
 * import { causalMask, MultiHeadAttention } from '@tenon/layers';
 *
 * using attention = new MultiHeadAttention(8, 2, { random: new RandomStream(0) });
 * const x = ones<import('@tensorflow/tfjs-core').Rank.R2>([2 * 5, 8]); // 2 texts of 5 tokens
 * const own = { ...attention.keysAndValues(x, 2), mask: causalMask(5) };
 * const { output, weights } = attention.forward(x, 2, [own]);
 * console.log(output.shape, weights.shape); // [ 10, 8 ] [ 2, 2, 5, 5 ]
 * ```
 */
export class MultiHeadAttention extends Module {
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly q_proj: Linear;
  readonly out_proj: Linear;
  readonly #heads: number;
  readonly #dropoutRate: number;

  /** @throws {TenonError} when the heads do not share the channels evenly. */
  constructor(size: number, heads: number, options: MultiHeadAttentionOptions) {
    super();
    const { dropoutRate = 0, ...linear } = options;
    assertWhole('MultiHeadAttention heads', heads);
    if (size % heads !== 0) {
      throw new TenonError({
        subject: 'MultiHeadAttention heads',
        expected: `a divisor of the size ${size}`,
        got: String(heads),
        advice: 'Change one of the two.',
      });
    }
    this.k_proj = new Linear(size, size, linear);
    this.v_proj = new Linear(size, size, linear);
    this.q_proj = new Linear(size, size, linear);
    this.out_proj = new Linear(size, size, linear);
    this.#heads = heads;
    this.#dropoutRate = dropoutRate;
  }

  /** What can be attended to of a text: [B·S, C] to [B, H, S, D] each. */
  keysAndValues(x: Tensor2D, batch: number): KeysAndValues {
    const keys = splitHeads(this.k_proj.forward(x), batch, this.#heads);
    return { keys, values: splitHeads(this.v_proj.forward(x), batch, this.#heads) };
  }

  /** What a text [B·T, C] takes from the sources. */
  forward(
    x: Tensor2D,
    batch: number,
    sources: readonly AttentionSource[],
    options: DropoutOptions = {},
  ): MultiHeadAttended {
    const q = splitHeads(this.q_proj.forward(x), batch, this.#heads); // [B, H, T, D]
    const attended = attend(q, sources, { dropoutRate: this.#dropoutRate, dropout: options });
    return { output: this.out_proj.forward(mergeHeads(attended.output)), weights: attended.weights };
  }
}
