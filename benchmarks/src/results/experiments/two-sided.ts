// The same tags learnt by a model that saw both sides of each word when it was pre-trained, and by one that saw one.
import { RandomStream } from '@tenon/core';
import { gpt2, gpt2Small } from '@tenon/models';
import type { Experiment } from '../experiment.ts';
import { beats } from '../verdicts.ts';
import { fewLabels, MAX_LENGTH, tag } from './few-labels.ts';
import { copied, learnMaskedWords, smallReader } from './masked-words.ts';
import { learnNextWords } from './next-words.ts';

export const twoSided: Experiment = {
  name: 'two-sided',
  question:
    'Does a context of both sides (masked words) beat that of one (next words) for tagging SNIPS with 500 labels?',
  arms: {
    async bothSides(context) {
      const given = await fewLabels(context.data);
      using backbone = smallReader(given, context.seed, 0);
      await learnMaskedWords(backbone, given, given.utterances, context);
      return { f1: await tag(copied(given, backbone), given, context.seed) };
    },
    async oneSide(context) {
      const given = await fewLabels(context.data);
      const config = {
        ...gpt2Small,
        vocabularySize: given.tokenizer.vocabularySize,
        contextLength: MAX_LENGTH,
        hiddenSize: 128,
        layers: 2,
        heads: 2,
      };
      const backbone = gpt2(config, { random: new RandomStream(context.seed) });
      await learnNextWords(backbone, given, context);
      return { f1: await tag(backbone, given, context.seed) };
    },
  },
  verdict: beats('bothSides', 'oneSide', 'f1'),
};
