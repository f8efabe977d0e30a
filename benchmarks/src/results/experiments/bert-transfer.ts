// BERT on few labels: from scratch, after masked words of other text, and after those of the reviews themselves.
import { RandomStream } from '@tenon/core';
import { type DocumentExample, maskedTokenBatches } from '@tenon/data';
import { MaskedLM, SequenceClassification } from '@tenon/heads';
import { type Bert, bert, bertTiny } from '@tenon/models';
import { Trainer, textClassification } from '@tenon/trainers';
import { SST2_LABELS } from '../../data-sets.ts';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { beats } from '../verdicts.ts';
import { type FewLabels, fewLabels, fineTuningArguments } from './few-labels.ts';
import { onceASeed } from './once-a-seed.ts';

const STEPS = 1500;

interface Pretrained {
  readonly given: FewLabels;
  readonly backbone: Bert;
}

function small(given: FewLabels, seed: number): Bert {
  const config = { ...bertTiny, vocabularySize: given.tokenizer.vocabularySize, contextLength: 64 };
  return bert(config, { random: new RandomStream(seed) });
}

/** A BERT of its own that starts with another's weights. */
function copied({ given, backbone }: Pretrained): Bert {
  const copy = small(given, 0);
  copy.loadStateDict(backbone.stateDict());
  return copy;
}

async function learnWords(
  backbone: Bert,
  { tokenizer }: FewLabels,
  texts: readonly DocumentExample[],
  { seed, say }: ArmContext,
): Promise<void> {
  const trainer = new Trainer({
    model: new MaskedLM(backbone),
    args: { maxSteps: STEPS, learningRate: 1e-3, warmupRatio: 0.1, weightDecay: 0.01, seed },
    trainBatches: maskedTokenBatches(texts, {
      tokenizer,
      maxLength: 64,
      batchSize: 32,
      shuffle: true,
      seed,
      epochs: Number.POSITIVE_INFINITY,
    }),
  });
  const { loss } = await trainer.train();
  say(`pre-trained, last loss ${loss?.toFixed(3)}`);
}

async function fineTune(backbone: Bert, given: FewLabels, { seed }: ArmContext): Promise<Figures> {
  using model = new SequenceClassification(backbone, { labels: SST2_LABELS });
  const trainer = new Trainer({
    model,
    task: textClassification({ tokenizer: given.tokenizer, labels: SST2_LABELS, maxLength: 64 }),
    args: fineTuningArguments(seed, 5e-4),
    trainDataset: given.train,
    evalDataset: given.dev,
  });
  await trainer.train();
  return { accuracy: (await trainer.evaluate())['accuracy']! };
}

const onAllText = onceASeed(async (context): Promise<Pretrained> => {
  const given = await fewLabels(context.data);
  const backbone = small(given, context.seed);
  await learnWords(backbone, given, [...given.articles, ...given.reviews], context);
  return { given, backbone };
});

const onArticles = onceASeed(async (context): Promise<Pretrained> => {
  const given = await fewLabels(context.data);
  const backbone = small(given, context.seed);
  await learnWords(backbone, given, given.articles, context);
  return { given, backbone };
});

export const pretrainingBert: Experiment = {
  name: 'pretraining-bert',
  question: 'Does BERT pre-trained on text without labels beat BERT from scratch, on 500 labels of SST-2?',
  arms: {
    async pretrained(context) {
      const made = await onAllText(context);
      return fineTune(copied(made), made.given, context);
    },
    async scratch(context) {
      const { given } = await onAllText(context);
      return fineTune(small(given, context.seed), given, context);
    },
  },
  verdict: beats('pretrained', 'scratch', 'accuracy'),
};

/** All three have read the articles; what differs is what they read next. */
export const inDomain: Experiment = {
  name: 'in-domain-pretraining',
  question:
    'Does going on with pre-training on reviews, before 500 labels of SST-2, beat going on with articles?',
  arms: {
    async reviews(context) {
      const made = await onArticles(context);
      const backbone = copied(made);
      await learnWords(backbone, made.given, made.given.reviews, context);
      return fineTune(backbone, made.given, context);
    },
    async articles(context) {
      const made = await onArticles(context);
      const backbone = copied(made);
      await learnWords(backbone, made.given, made.given.articles, context);
      return fineTune(backbone, made.given, context);
    },
    async none(context) {
      const made = await onArticles(context);
      return fineTune(copied(made), made.given, context);
    },
  },
  verdict: (outcome) =>
    `${beats('reviews', 'none', 'accuracy')(outcome)}; ${beats('reviews', 'articles', 'accuracy')(outcome)}`,
};
