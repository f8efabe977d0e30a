// gpt/release_layout: OpenAI's release files, against the same model as Hugging Face writes it.
import { dirname } from 'node:path';
import { loadOpenAI } from '@tenon/checkpoints/openai';
import { gpt } from '@tenon/models';
import { tidy } from '@tensorflow/tfjs-core';
import type { GoldenFamily } from '../family.ts';
import { readInput } from '../model-inputs.ts';

export const gptRelease: GoldenFamily = {
  family: 'gpt',
  knows: (kind) => kind === 'release_layout',
  async run(golden, { comparison }) {
    const { backbone } = await loadOpenAI(gpt, dirname(golden.file('model')));
    const input = readInput(await golden.json('inputs.json'));
    try {
      const weights = golden.tensors('model.safetensors');
      for (const [name, parameter] of backbone.parameters()) {
        comparison.integers(name, parameter.dataSync(), weights.take(gpt.prefix + name).values);
      }
      const logits = tidy(() => backbone.scorer.logits(backbone.encode(input.model).lastHidden).dataSync());
      comparison.numbers('logits', logits, golden.tensors('golden.safetensors').take('logits').values);
    } finally {
      input.dispose();
      backbone.dispose();
    }
  },
};
