import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  type HeadDefaults,
  type ModelInput,
  Module,
  type RecurrentState,
} from '@tenon/core';
import { tidy } from '@tensorflow/tfjs-core';
import { ScalarMix, type ScalarMixOptions } from './scalar-mix.ts';

export interface MixedLayersOptions extends ScalarMixOptions {
  /** How many hidden states the model gives: its layers, and the output of its embeddings. */
  readonly layers: number;
  /** The model itself is not trained: its parameters are no longer `trainable`. @default false */
  readonly frozen?: boolean;
}

/**
 * A model whose output is the mix of its layers, under any head: ELMo as it is meant to be used, and a way to ask
 * which layers of any other model a task needs.
 */
export class MixedLayers extends Module implements Backbone {
  readonly backbone: Backbone;
  readonly mix: ScalarMix;
  readonly hiddenSize: number;
  readonly contextLength?: number;
  readonly headDefaults: HeadDefaults;
  readonly initialState?: (batchSize: number, capacity: number) => RecurrentState;

  constructor(backbone: Backbone, options: MixedLayersOptions) {
    super();
    this.backbone = backbone;
    if (options.frozen) for (const parameter of backbone.parameters().values()) parameter.trainable = false;
    this.mix = new ScalarMix(options.layers, options);
    this.hiddenSize = backbone.hiddenSize;
    if (backbone.contextLength !== undefined) this.contextLength = backbone.contextLength;
    // What the model pools comes from its last layer alone, so a head pools the mix itself.
    const { pooling = 'pooled', ...defaults } = backbone.headDefaults ?? {};
    this.headDefaults = pooling === 'pooled' ? defaults : { ...defaults, pooling };
    const initialState = backbone.initialState?.bind(backbone);
    if (initialState !== undefined) this.initialState = initialState;
  }

  /** `lastHidden` is the mix; `hiddenStates`, where asked for, are the model's own, then the mix. @throws {TenonError} as the model does. */
  encode(input: ModelInput, options: EncodeOptions = {}): Encoded {
    let state: RecurrentState | undefined;
    const encoded = tidy(() => {
      const inner = this.backbone.encode(input, { ...options, hiddenStates: true });
      const hiddenStates = inner.hiddenStates ?? [];
      state = inner.state;
      const lastHidden = this.mix.forward(hiddenStates, input.attentionMask);
      return {
        lastHidden,
        hiddenStates: options.hiddenStates ? [...hiddenStates, lastHidden] : [],
        attentions: [...(inner.attentions ?? [])],
      };
    });
    return {
      lastHidden: encoded.lastHidden,
      ...(options.hiddenStates ? { hiddenStates: encoded.hiddenStates } : {}),
      ...(options.attentions ? { attentions: encoded.attentions } : {}),
      ...(state ? { state } : {}),
    };
  }
}
