// B batch, S source tokens, C channels.

import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  type EncoderDecoder,
  type ModelInput,
  Module,
  type RecurrentState,
  type Scorer,
} from '@tenon/core';
import { clone, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';

/**
 * The decoder of a model with a source that it has read: a backbone that `generate` writes with.
 *
 * The prompts are what a target begins with: `decoderStartTokenId`, for each of the batch's sources in their order.
 *
 * @param source the input of the encoder for B texts. It stays the caller's.
 * @returns a backbone for B texts. Dispose of it: it holds the encoded source, not the model.
 * @throws {TenonError} about an input that the encoder does not take.
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { generate, withSource } from '@tenon/generation';
 * import { transformer, transformerBase } from '@tenon/models';
 *
 * const sizes = { encoderLayers: 1, decoderLayers: 1, encoderFeedForwardSize: 64, decoderFeedForwardSize: 64 };
 * using model = transformer({ ...transformerBase, ...sizes, vocabularySize: 100, hiddenSize: 32 });
 * using writer = withSource(model, { inputIds: tensor2d([[5, 7, 9]], [1, 3], 'int32') });
 * const prompts = [[model.decoderStartTokenId]];
 * const [written] = await generate(writer, prompts, { greedy: true, maxNewTokens: 5, stopTokens: [1] });
 * console.log(written!.tokens);
 * ```
 */
export function withSource(model: EncoderDecoder, source: ModelInput): Backbone & Disposable {
  return new SourcedDecoder(model, source);
}

class SourcedDecoder extends Module implements Backbone {
  readonly hiddenSize: number;
  readonly scorer: Scorer;
  readonly contextLength?: number;
  readonly #model: EncoderDecoder;
  readonly #hidden: Tensor3D;
  readonly #attentionMask: Tensor2D | undefined;

  constructor(model: EncoderDecoder, source: ModelInput) {
    super();
    this.hiddenSize = model.hiddenSize;
    this.scorer = model.scorer;
    if (model.contextLength !== undefined) this.contextLength = model.contextLength;
    this.#model = model;
    this.#hidden = tidy(() => model.encode(source).lastHidden);
    this.#attentionMask = source.attentionMask && clone(source.attentionMask);
  }

  encode(input: ModelInput, options?: EncodeOptions): Encoded {
    const attentionMask = this.#attentionMask;
    return this.#model.decode(
      input,
      { hidden: this.#hidden, ...(attentionMask && { attentionMask }) },
      options,
    );
  }

  initialState(batchSize: number, capacity: number): RecurrentState {
    return this.#model.initialState(batchSize, capacity);
  }

  override dispose(): void {
    this.#hidden.dispose();
    this.#attentionMask?.dispose();
    super.dispose();
  }
}
