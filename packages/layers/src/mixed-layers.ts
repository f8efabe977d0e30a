import {
  type Backbone,
  defineModel,
  type Encoded,
  type EncodeOptions,
  freeze,
  type HeadDefaults,
  type ModelInput,
  type ModelSpec,
  Module,
  type RecurrentState,
  type StateDict,
  ZeroStream,
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
    if (options.frozen) freeze(backbone);
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

/**
 * A model's spec with the mix on top, so that both are loaded and saved together. In a checkpoint of the model alone
 * the mix is missing, and starts as the options say.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { mixedLayers } from '@tenon/layers';
 * import { bert, bertTiny } from '@tenon/models';
 *
 * const mixedBert = mixedLayers(bert, { layers: bertTiny.layers + 1 });
 * using model = mixedBert(bertTiny); // and: fromPretrained(mixedBert, folder, { task: TokenClassification })
 * console.log([...model.parameters().keys()].slice(-2)); // [ 'mix.weights', 'mix.gamma' ]
 * ```
 */
export function mixedLayers<Config>(
  spec: ModelSpec<Config, Backbone>,
  options: MixedLayersOptions,
): ModelSpec<Config, MixedLayers> {
  const { outside, optional } = spec;
  return defineModel((config, build) => new MixedLayers(spec(config, build), options), {
    ...spec,
    ...(outside && { outside: belowBackbone(outside) }),
    optional: new RegExp(['^mix\\.', ...(optional ? [belowBackbone(optional).source] : [])].join('|')),
    sanitize(weights: StateDict, config: Config): StateDict {
      // A model made only for its names: it takes no memory. What is not among them is a head's.
      using model = spec(config, { random: new ZeroStream() });
      const own = model.parameters();
      const inner = spec.sanitize?.(weights, config) ?? weights;
      return new Map([...inner].map(([name, stored]) => [own.has(name) ? `backbone.${name}` : name, stored]));
    },
    unsanitize(weights: StateDict, config: Config): StateDict {
      const start = 'backbone.';
      const inner: StateDict = new Map();
      const mix: StateDict = new Map();
      for (const [name, stored] of weights) {
        if (name.startsWith(start)) inner.set(name.slice(start.length), stored);
        else mix.set(name, stored);
      }
      return new Map([...(spec.unsanitize?.(inner, config) ?? inner), ...mix]);
    },
  });
}

/** A pattern of the model's own names that also finds them below `backbone.`. */
const belowBackbone = (pattern: RegExp): RegExp =>
  new RegExp(pattern.source.replaceAll('^', '^(?:backbone\\.)?'), pattern.flags);
