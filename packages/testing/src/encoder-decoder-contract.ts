// B batch, S source tokens, T target tokens, C channels.

import {
  type Backbone,
  type Decoded,
  type Encoded,
  type EncodeOptions,
  type EncoderDecoder,
  type ModelInput,
  Module,
  type RecurrentState,
  type Scorer,
} from '@tenon/core';
import { type Tensor, type Tensor3D, tidy, tile } from '@tensorflow/tfjs-core';
import { expectClose } from './compare.ts';
import type { ContractCheck, GradientOptions } from './contract.ts';
import { type Rows, tokenInput } from './encode-rows.ts';
import { contractRows, encodingContract } from './model-contract.ts';
import { moduleContract } from './module-contract.ts';

export interface EncoderDecoderContractOptions extends GradientOptions {
  /** A tiny model. Called anew for every check. */
  make(): EncoderDecoder;
  /** Token ids are drawn below this. */
  readonly vocabularySize: number;
}

/**
 * What every encoder–decoder must do. Its encoder must be a model that sees a whole text, and its decoder, whatever
 * the source, one that sees no later token.
 */
export function encoderDecoderContract(options: EncoderDecoderContractOptions): ContractCheck[] {
  const { make, vocabularySize } = options;
  const [sources, targets] = [contractRows(options, 2, 5), contractRows(options, 2, 6)];
  const forward = (model: EncoderDecoder): Tensor => {
    const { lastHidden: hidden } = model.encode(tokenInput(sources, {}));
    return model.scorer.logits(model.decode(tokenInput(targets, {}), { hidden }).lastHidden);
  };
  const half = (title: string, view: (model: EncoderDecoder) => Backbone, causal: boolean): ContractCheck[] =>
    encodingContract({ make: () => view(make()), vocabularySize, causal }).map(({ name, run }) => ({
      name: `${title}: ${name}`,
      run,
    }));
  return [
    ...moduleContract({ ...options, forward }),
    ...half('the encoder', (model) => new Reader(model), false),
    ...half('the decoder', (model) => new Writer(model, sources[0]!), true),
    {
      name: 'takes nothing from padding of the source, and something from its tokens',
      run() {
        using model = make();
        const [row, other] = sources as [number[], number[]];
        const alone = decoded(model, [row], targets.slice(0, 1));
        const padded = [...row, ...other.slice(0, 3)];
        const mask = padded.map((_, i) => (i < row.length ? 1 : 0));
        expectClose('with padding', decoded(model, [padded], targets.slice(0, 1), [mask]), alone);
        const others = decoded(model, [other], targets.slice(0, 1));
        if (others.every((value, i) => value === alone[i])) expectClose('with another source', others, []);
      },
    },
  ];
}

/** The last hidden states of targets, in a row. */
function decoded(model: EncoderDecoder, sources: Rows, targets: Rows, masks?: Rows): number[] {
  return tidy(() => {
    const input = tokenInput(sources, masks ? { attentionMask: masks } : {});
    const { lastHidden: hidden } = model.encode(input);
    const { attentionMask } = input;
    const source = { hidden, ...(attentionMask && { attentionMask }) };
    return Array.from(model.decode(tokenInput(targets, {}), source).lastHidden.dataSync());
  });
}

/** The encoder as a model. It owns the whole. */
class Reader extends Module implements Backbone {
  readonly model: EncoderDecoder;
  readonly hiddenSize: number;

  constructor(model: EncoderDecoder) {
    super();
    this.model = model;
    this.hiddenSize = model.hiddenSize;
  }

  encode(input: ModelInput, options?: EncodeOptions): Encoded {
    return this.model.encode(input, options);
  }
}

/** The decoder as a model, with the same source for every target. It owns the whole. */
class Writer extends Reader {
  readonly scorer: Scorer;
  readonly #source: Rows;

  constructor(model: EncoderDecoder, source: readonly number[]) {
    super(model);
    this.scorer = model.scorer;
    this.#source = [source];
  }

  override encode(input: ModelInput, options: EncodeOptions = {}): Decoded {
    const hidden: Tensor3D = tidy(() => {
      const { lastHidden } = this.model.encode(tokenInput(this.#source, {}));
      return tile(lastHidden, [input.inputIds!.shape[0], 1, 1]);
    });
    const decoded = this.model.decode(input, { hidden }, options);
    hidden.dispose();
    return decoded;
  }

  initialState(batchSize: number, capacity: number): RecurrentState {
    return this.model.initialState(batchSize, capacity);
  }
}
