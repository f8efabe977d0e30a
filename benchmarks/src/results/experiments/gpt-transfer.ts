// GPT on few labels: from scratch, pre-trained, and with a language model beside the task.
import { RandomStream } from '@tenon/core';
import { gptSpecialTokens } from '@tenon/data';
import { SequenceClassification } from '@tenon/heads';
import { type GPT, gpt, gptBase } from '@tenon/models';
import { gptTextClassification, Trainer } from '@tenon/trainers';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { beats } from '../verdicts.ts';
import { classifyingArguments, type FewLabels, fewLabels, MAX_LENGTH } from './few-labels.ts';
import { learnNextWords } from './next-words.ts';
import { onceASeed } from './once-a-seed.ts';

interface Pretrained {
  readonly given: FewLabels;
  readonly backbone: GPT;
}

function small({ tokenizer }: FewLabels, seed: number): GPT {
  const config = {
    ...gptBase,
    vocabularySize: tokenizer.vocabularySize,
    contextLength: MAX_LENGTH,
    hiddenSize: 128,
    layers: 2,
    heads: 2,
  };
  return gpt(config, { random: new RandomStream(seed) });
}

const pretrained = onceASeed(async (context): Promise<Pretrained> => {
  const given = await fewLabels(context.data);
  gptSpecialTokens(given.tokenizer); // Before the model is made, which has to have their embeddings.
  const backbone = small(given, context.seed);
  await learnNextWords(backbone, given, context);
  return { given, backbone };
});

async function fineTune(
  backbone: GPT,
  { tokenizer, classifying }: FewLabels,
  lmCoefficient: number,
  seed: number,
): Promise<Figures> {
  const { train, dev, labels } = classifying;
  using model = new SequenceClassification(backbone, { labels, lmCoefficient });
  const tokens = gptSpecialTokens(tokenizer);
  const trainer = new Trainer({
    model,
    task: gptTextClassification({ tokenizer, tokens, labels, maxLength: MAX_LENGTH }),
    args: classifyingArguments(seed),
    trainDataset: train,
    evalDataset: dev,
  });
  await trainer.train();
  return { accuracy: (await trainer.evaluate())['accuracy']! };
}

async function fromPretrained(context: ArmContext, lmCoefficient: number): Promise<Figures> {
  const { given, backbone } = await pretrained(context);
  const copy = small(given, 0);
  copy.loadStateDict(backbone.stateDict());
  return fineTune(copy, given, lmCoefficient, context.seed);
}

async function fromScratch(context: ArmContext, lmCoefficient: number): Promise<Figures> {
  const { given } = await pretrained(context);
  return fineTune(small(given, context.seed), given, lmCoefficient, context.seed);
}

export const pretrainingGPT: Experiment = {
  name: 'pretraining-gpt',
  question: 'Does GPT pre-trained on text without labels beat GPT from scratch, on 70 intents of SNIPS?',
  arms: {
    pretrained: (context) => fromPretrained(context, 0),
    scratch: (context) => fromScratch(context, 0),
  },
  verdict: beats('pretrained', 'scratch', 'accuracy'),
};

export const auxiliaryObjective: Experiment = {
  name: 'auxiliary-objective',
  question: "Does GPT's auxiliary language model (λ .5) help its fine-tuning, on 70 intents of SNIPS?",
  arms: {
    auxiliary: (context) => fromPretrained(context, 0.5),
    none: (context) => fromPretrained(context, 0),
    scratchAuxiliary: (context) => fromScratch(context, 0.5),
    scratchNone: (context) => fromScratch(context, 0),
  },
  verdict: (outcome) =>
    [
      ['auxiliary', 'none'],
      ['scratchAuxiliary', 'scratchNone'],
    ]
      .map(([left, right]) => beats(left!, right!, 'accuracy')(outcome))
      .join('; '),
};
