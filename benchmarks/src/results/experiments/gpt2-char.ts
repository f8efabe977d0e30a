import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RandomStream } from '@tenon/core';
import { splitTokens, tokenWindows } from '@tenon/data';
import { CausalLM } from '@tenon/heads';
import { gpt2, gpt2Small } from '@tenon/models';
import { adamW, chain, clipByGlobalNorm, warmupCosine } from '@tenon/optim';
import { trainCharTokenizer } from '@tenon/tokenizers/training';
import { evaluate, train } from '@tenon/trainers';
import type { Experiment } from '../experiment.ts';
import { noWorseThan } from '../verdicts.ts';

/** learning_curves/gpt2_char_tinyshakespeare: the reference's three seeds end at 2.191, 2.183 and 2.204. */
const WORST = 2.203939139842987;

export const gpt2Char: Experiment = {
  name: 'gpt2-char',
  question: 'Does GPT-2 reach the reference on the characters of tinyshakespeare (nats)?',
  arms: {
    async tenon({ seed, data }) {
      const text = await readFile(join(data, 'tinyshakespeare', 'input.txt'), 'utf8');
      const tokenizer = await trainCharTokenizer(text);
      const parts = splitTokens(tokenizer.encodeIds(text), { validation: 0.1 });
      const config = {
        ...gpt2Small,
        vocabularySize: tokenizer.vocabularySize,
        contextLength: 64,
        hiddenSize: 64,
        layers: 3,
        heads: 4,
        embeddingDropout: 0,
        attentionDropout: 0,
        residualDropout: 0,
      };
      using model = new CausalLM(gpt2(config, { random: new RandomStream(seed) }));
      const size = { length: 64, batchSize: 16 };
      const learningRate = warmupCosine({ peak: 1e-3, end: 1e-4, warmupSteps: 100, totalSteps: 1200 });
      const decay = (_name: string, { rank }: { readonly rank: number }): boolean => rank === 2;
      await train({
        objective: model,
        optimizer: chain(
          clipByGlobalNorm(1),
          adamW({ learningRate, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, decay }),
        ),
        batches: tokenWindows(parts.train, { ...size, seed }),
        steps: 1200,
        seed,
      });
      const validation = parts.validation.subarray(0, 1600 * 64 + 1);
      return {
        loss: (await evaluate(model, tokenWindows(validation, { ...size, order: 'sequential' }))).loss,
      };
    },
  },
  verdict: noWorseThan(WORST, 'tenon', 'loss', 'lower'),
};
