// BERT on few labels: from scratch, after masked words of other text, and after those of text of the same kind.
import { SequenceClassification } from '@tenon/heads';
import type { Bert } from '@tenon/models';
import { Trainer, textClassification } from '@tenon/trainers';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { beats } from '../verdicts.ts';
import { classifyingArguments, type FewLabels, fewLabels, MAX_LENGTH, tag } from './few-labels.ts';
import { copied, learnMaskedWords, smallReader } from './masked-words.ts';
import { onceASeed } from './once-a-seed.ts';

interface Pretrained {
  readonly given: FewLabels;
  readonly backbone: Bert;
}

const pretrainedOn = (texts: 'utterances' | 'articles') =>
  onceASeed(async (context): Promise<Pretrained> => {
    const given = await fewLabels(context.data);
    const backbone = smallReader(given, context.seed, 0);
    await learnMaskedWords(backbone, given, given[texts], context);
    return { given, backbone };
  });

/** What is made of a BERT with the labels: a tagger, and a classifier of its own. */
async function fineTune(made: (given: FewLabels) => Bert, given: FewLabels, seed: number): Promise<Figures> {
  return { f1: await tag(made(given), given, seed), accuracy: await classify(made(given), given, seed) };
}

async function classify(
  backbone: Bert,
  { tokenizer, classifying }: FewLabels,
  seed: number,
): Promise<number> {
  const { train, dev, labels } = classifying;
  using model = new SequenceClassification(backbone, { labels });
  const trainer = new Trainer({
    model,
    task: textClassification({ tokenizer, labels, maxLength: MAX_LENGTH }),
    args: classifyingArguments(seed),
    trainDataset: train,
    evalDataset: dev,
  });
  await trainer.train();
  return (await trainer.evaluate())['accuracy']!;
}

const onUtterances = pretrainedOn('utterances');
const onArticles = pretrainedOn('articles');

export const pretrainingBert: Experiment = {
  name: 'pretraining-bert',
  question:
    'Does BERT pre-trained on text without labels beat BERT from scratch, on SNIPS (500 tagged, 70 with an intent)?',
  arms: {
    async pretrained(context) {
      const { given, backbone } = await onUtterances(context);
      return fineTune(() => copied(given, backbone), given, context.seed);
    },
    async scratch(context) {
      const { given } = await onUtterances(context);
      return fineTune(() => smallReader(given, context.seed), given, context.seed);
    },
  },
  verdict: (outcome) =>
    ['f1', 'accuracy'].map((figure) => beats('pretrained', 'scratch', figure)(outcome)).join('; '),
};

/** All three have read the articles; what differs is what they read next. */
export const inDomain: Experiment = {
  name: 'in-domain-pretraining',
  question:
    'Does going on with pre-training on utterances, before the few labels of SNIPS, beat going on with articles, or none?',
  arms: {
    utterances: (context) => goingOn(context, 'utterances'),
    articles: (context) => goingOn(context, 'articles'),
    async none(context) {
      const { given, backbone } = await onArticles(context);
      return fineTune(() => copied(given, backbone), given, context.seed);
    },
  },
  verdict: (outcome) =>
    ['none', 'articles'].map((other) => beats('utterances', other, 'f1')(outcome)).join('; '),
};

async function goingOn(context: ArmContext, texts: 'utterances' | 'articles'): Promise<Figures> {
  const { given, backbone } = await onArticles(context);
  const reader = copied(given, backbone, 0);
  await learnMaskedWords(reader, given, given[texts], context);
  return fineTune(() => copied(given, reader), given, context.seed);
}
