// gpt3.ts: GPT-3 (Brown et al. 2020), "Language Models are Few-Shot Learners": GPT-2 whose every second layer attends
// to a local band only (Sparse Transformer: Child et al. 2019).

import { type BuildOptions, defineModel, type ModelSpec, RandomStream } from '@tenon/core';
import { configFile, count } from './config-file.ts';
import { decoderTasks, UNTIED } from './gpt-checkpoint.ts';
import { GPT2, type GPT2Config, gpt2, gpt2ConfigOptions, gpt2Small } from './gpt2.ts';

export interface GPT3Config extends GPT2Config {
  /** How many tokens a token of the banded layers sees, itself the last of them: layers 1, 3, 5 and so on, from 0. */
  readonly attentionWindow: number;
}

/**
 * The eight sizes of the paper's Table 2.1. It leaves the width of the band open: 256 is what GPT-Neo, made after
 * it, has. Two rows of the table contradict themselves, and here heads · head size is the model's width:
 * XL has 16 heads of 128 (the table says 24, which with a width of 2048 cannot be), 13B has the width
 * 5120 = 40 · 128 (the table says 5140). The paper says of no dropout.
 */
export const gpt3Small: GPT3Config = {
  ...gpt2Small,
  contextLength: 2048,
  embeddingDropout: 0,
  attentionDropout: 0,
  residualDropout: 0,
  attentionWindow: 256,
};
export const gpt3Medium: GPT3Config = { ...gpt3Small, hiddenSize: 1024, layers: 24, heads: 16 };
export const gpt3Large: GPT3Config = { ...gpt3Small, hiddenSize: 1536, layers: 24, heads: 16 };
export const gpt3XL: GPT3Config = { ...gpt3Small, hiddenSize: 2048, layers: 24, heads: 16 };
export const gpt3_2_7B: GPT3Config = { ...gpt3Small, hiddenSize: 2560, layers: 32, heads: 32 };
export const gpt3_6_7B: GPT3Config = { ...gpt3Small, hiddenSize: 4096, layers: 32, heads: 32 };
export const gpt3_13B: GPT3Config = { ...gpt3Small, hiddenSize: 5120, layers: 40, heads: 40 };
export const gpt3_175B: GPT3Config = { ...gpt3Small, hiddenSize: 12288, layers: 96, heads: 96 };

/**
 * GPT-3: builds a model from a config, and says how checkpoints are read and written. Names and layout are
 * GPT-2's; the `model_type` `gpt3` is Tenon's own, since the weights were never published.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { gpt3, gpt3Small } from '@tenon/models';
 *
 * const config = { ...gpt3Small, vocabularySize: 100, hiddenSize: 32, layers: 2, heads: 4, attentionWindow: 2 };
 * using model = gpt3(config);
 * const { lastHidden } = model.encode({ inputIds: tensor2d([[5, 7, 9]], [1, 3], 'int32') });
 * console.log(lastHidden.shape); // [ 1, 3, 32 ]
 * ```
 */
export const gpt3: ModelSpec<GPT3Config, GPT2> = defineModel(
  (config: GPT3Config, { random = new RandomStream(42) }: BuildOptions = {}) => {
    const window = (layer: number): number | undefined =>
      layer % 2 === 1 ? config.attentionWindow : undefined;
    return new GPT2(config, { random, window });
  },
  {
    modelType: 'gpt3',
    architecture: 'GPT3Model',
    prefix: gpt2.prefix,
    outside: UNTIED,
    optional: UNTIED,
    tasks: decoderTasks('GPT3'),
    ...configFile<GPT3Config>('gpt3', {
      ...gpt2ConfigOptions,
      fields: { ...gpt2ConfigOptions.fields, attentionWindow: count('window_size', 256) },
    }),
    sanitize: gpt2.sanitize!,
  },
);
