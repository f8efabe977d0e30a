// The same tags learnt by a model that saw both sides of each word when it was pre-trained, and by one that saw one.
import { type Backbone, RandomStream } from '@tenon/core';
import { maskedTokenBatches, packTokens, tokenWindows } from '@tenon/data';
import { CausalLM, MaskedLM, TokenClassification } from '@tenon/heads';
import { bert, bertTiny, gpt2, gpt2Small } from '@tenon/models';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { Trainer, type TrainingArguments, tokenTagging } from '@tenon/trainers';
import { fewSnips } from '../../data-sets.ts';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { beats } from '../verdicts.ts';
import { fineTuningArguments } from './few-labels.ts';

const STEPS = 1500;
const LABELLED = 500;
const T = 48;

async function snips({ data }: ArmContext) {
  const given = await fewSnips(data, LABELLED);
  const tokenizer = await trainWordPiece(
    given.all.map(({ words }) => words.join(' ')),
    { vocabularySize: 8000 },
  );
  return { ...given, tokenizer };
}

type Given = Awaited<ReturnType<typeof snips>>;

const pretraining = (seed: number): TrainingArguments => ({
  maxSteps: STEPS,
  learningRate: 1e-3,
  warmupRatio: 0.1,
  weightDecay: 0.01,
  seed,
});

async function tag(backbone: Backbone, given: Given, seed: number): Promise<Figures> {
  using model = new TokenClassification(backbone, { labels: given.tags });
  const trainer = new Trainer({
    model,
    task: tokenTagging({ tokenizer: given.tokenizer, tags: given.tags, maxLength: T }),
    args: fineTuningArguments(seed, 5e-4),
    trainDataset: given.train,
    evalDataset: given.dev,
  });
  await trainer.train();
  return { f1: (await trainer.evaluate())['f1']! };
}

export const twoSided: Experiment = {
  name: 'two-sided',
  question:
    'Does a context of both sides (masked words) beat that of one (next words) for tagging SNIPS with 500 labels?',
  arms: {
    async bothSides(context) {
      const given = await snips(context);
      const config = {
        ...bertTiny,
        vocabularySize: given.tokenizer.vocabularySize,
        contextLength: T,
        pooler: false,
      };
      const backbone = bert(config, { random: new RandomStream(context.seed) });
      const trainer = new Trainer({
        model: new MaskedLM(backbone),
        args: pretraining(context.seed),
        trainBatches: maskedTokenBatches(
          given.all.map(({ words }) => ({ sentences: [words.join(' ')] })),
          {
            tokenizer: given.tokenizer,
            maxLength: T,
            batchSize: 32,
            shuffle: true,
            seed: context.seed,
            epochs: Number.POSITIVE_INFINITY,
          },
        ),
      });
      await trainer.train();
      return tag(backbone, given, context.seed);
    },
    async oneSide(context) {
      const given = await snips(context);
      const config = {
        ...gpt2Small,
        vocabularySize: given.tokenizer.vocabularySize,
        contextLength: T,
        hiddenSize: 128,
        layers: 2,
        heads: 2,
      };
      const backbone = gpt2(config, { random: new RandomStream(context.seed) });
      const encoded = given.all.map(({ words }) => given.tokenizer.encodeIds(words.join(' ')));
      const { rest: ids } = packTokens(encoded, {
        length: 1 + encoded.reduce((sum, { length }) => sum + length, 0),
      });
      const trainer = new Trainer({
        model: new CausalLM(backbone),
        args: pretraining(context.seed),
        trainBatches: tokenWindows(ids, { length: T - 1, batchSize: 32, seed: context.seed }),
      });
      await trainer.train();
      return tag(backbone, given, context.seed);
    },
  },
  verdict: beats('bothSides', 'oneSide', 'f1'),
};
