import { CausalLM } from '@tenon/heads';
import { gpt2 } from '@tenon/models';
import { compareGeneration } from './generation.ts';
import { bare, headed, type ModelClass, type ModelTraits } from './model-class.ts';

const TRAITS: ModelTraits = {
  noise: {
    what: 'the key third of attn.c_attn.bias',
    is: (name, index, parameters) =>
      name.endsWith('.attn.c_attn.bias') && Math.floor((3 * index) / parameters.get(name)!.size) === 1,
  },
};

export const GPT2_CLASSES: Readonly<Record<string, ModelClass>> = {
  GPT2Model: bare(gpt2, TRAITS),
  GPT2LMHeadModel: headed(gpt2, CausalLM, {
    ...TRAITS,
    labels: ['labels'],
    batch: (input) => ({ ...input.model, labels: input.perToken('labels') }),
    outputs: (model, input) => ({ logits: model.logits(input.model) }),
    async compareMore(golden, { backbone }, comparison) {
      if (golden.has('generation.json')) await compareGeneration(golden, backbone, comparison);
    },
  }),
};
