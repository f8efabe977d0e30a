import type { Backbone, ModelInput, ModelSpec } from '@tenon/core';
import { CausalLM, DoubleHeads, SequenceClassification, TokenClassification } from '@tenon/heads';
import { gpt, gpt2 } from '@tenon/models';
import { cast, notEqual, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Facts } from '../facts.ts';
import type { GoldenInput } from '../model-inputs.ts';
import { compareGeneration } from './generation.ts';
import { bare, headed, type ModelClass, type ModelTraits } from './model-class.ts';

const TRAITS: ModelTraits = {
  noise: {
    what: 'the key third of attn.c_attn.bias, the bias that all choices share',
    is: (name, index, parameters) =>
      name === 'multiple_choice_head.summary.bias' ||
      (name.endsWith('.attn.c_attn.bias') && Math.floor((3 * index) / parameters.get(name)!.size) === 1),
  },
};

/** Hugging Face's classes of sequences know padding by its token, which config.json names. */
function withPadding(input: GoldenInput, config: Facts): ModelInput {
  if (!config.has('pad_token_id')) return input.model;
  const isToken = notEqual<Tensor2D>(input.model.inputIds, config.number('pad_token_id'));
  const attentionMask = input.keep(cast(isToken, 'int32'));
  isToken.dispose();
  return { ...input.model, attentionMask };
}

const choicesOf = (input: GoldenInput) => ({
  ...input.model,
  choices: input.choices,
  ...(input.has('mc_token_ids') && { extractIndices: input.perRow('mc_token_ids') }),
});

/** GPT and GPT-2 have the same classes. @param name what theirs begin with. */
function decoderClasses<Config, Body extends Backbone>(
  name: string,
  spec: ModelSpec<Config, Body>,
): Readonly<Record<string, ModelClass>> {
  return {
    [`${name}Model`]: bare(spec, TRAITS),
    [`${name}LMHeadModel`]: headed(spec, CausalLM, {
      ...TRAITS,
      labels: ['labels'],
      batch: (input) => ({ ...input.model, labels: input.perToken('labels') }),
      outputs: (model, input) => ({ logits: model.logits(input.model) }),
      async compareMore(golden, { backbone }, comparison) {
        if (golden.has('generation.json')) await compareGeneration(golden, backbone, comparison);
      },
    }),
    [`${name}DoubleHeadsModel`]: headed(spec, DoubleHeads, {
      ...TRAITS,
      labels: ['labels', 'mc_labels', 'mc_token_ids'],
      head(meta) {
        const scalars = meta.has('scalars') ? meta.object('scalars') : undefined;
        return scalars?.has('lm_coef') ? { lmCoefficient: scalars.number('lm_coef') } : {};
      },
      settings: ['lm_coef'],
      batch: (input) => ({
        ...choicesOf(input),
        lmLabels: input.perToken('labels'),
        labels: input.perSequence('mc_labels'),
      }),
      outputs(model, input) {
        const { lm, choices } = model.logits(choicesOf(input));
        return { logits: lm, mc_logits: choices };
      },
      parts: { lm_loss: 'lm', mc_loss: 'choices' },
    }),
    [`${name}ForSequenceClassification`]: headed(spec, SequenceClassification, {
      ...TRAITS,
      labels: ['labels'],
      batch: (input, _, config) => ({ ...withPadding(input, config), labels: input.take('labels') }),
      outputs: (model, input, config) => ({ logits: model.logits(withPadding(input, config)) }),
    }),
    [`${name}ForTokenClassification`]: headed(spec, TokenClassification, {
      ...TRAITS,
      labels: ['labels'],
      batch: (input) => ({ ...input.model, labels: input.perToken('labels') }),
      outputs: (model, input) => ({ logits: model.logits(input.model) }),
    }),
  };
}

export const GPT_CLASSES: Readonly<Record<string, ModelClass>> = {
  ...decoderClasses('OpenAIGPT', gpt),
  ...decoderClasses('GPT2', gpt2),
};
