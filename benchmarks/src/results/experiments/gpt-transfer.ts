// GPT on few labels: from scratch, pre-trained, and with a language model beside the task.
import { RandomStream } from '@tenon/core';
import { gptSpecialTokens, packTokens, tokenWindows } from '@tenon/data';
import { CausalLM, SequenceClassification } from '@tenon/heads';
import { type GPT, gpt, gptBase } from '@tenon/models';
import { gptTextClassification, Trainer } from '@tenon/trainers';
import { SST2_LABELS } from '../../data-sets.ts';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { beats } from '../verdicts.ts';
import { type FewLabels, fewLabels, fineTuningArguments } from './few-labels.ts';
import { onceASeed } from './once-a-seed.ts';

const STEPS = 1500;

interface Pretrained {
  readonly given: FewLabels;
  readonly backbone: GPT;
}

function small({ tokenizer }: FewLabels, seed: number): GPT {
  const config = {
    ...gptBase,
    vocabularySize: tokenizer.vocabularySize,
    contextLength: 64,
    hiddenSize: 128,
    layers: 2,
    heads: 2,
  };
  return gpt(config, { random: new RandomStream(seed) });
}

const pretrained = onceASeed(async ({ data, seed, say }): Promise<Pretrained> => {
  const given = await fewLabels(data);
  gptSpecialTokens(given.tokenizer); // Before the model is made, which has to have their embeddings.
  const backbone = small(given, seed);
  const texts = [...given.articles, ...given.reviews].flatMap(({ sentences }) => sentences);
  const encoded = texts.map((text) => given.tokenizer.encodeIds(text, { addSpecialTokens: false }));
  const { rest: ids } = packTokens(encoded, {
    length: 1 + encoded.reduce((sum, text) => sum + text.length + 1, 0),
    separator: given.tokenizer.tokenToId('[SEP]')!,
  });
  const trainer = new Trainer({
    model: new CausalLM(backbone),
    args: { maxSteps: STEPS, learningRate: 1e-3, warmupRatio: 0.1, weightDecay: 0.01, seed },
    trainBatches: tokenWindows(ids, { length: 63, batchSize: 32, seed }),
  });
  const { loss } = await trainer.train();
  say(`pre-trained, last loss ${loss?.toFixed(3)}`);
  return { given, backbone };
});

async function fineTune(
  backbone: GPT,
  { tokenizer, train, dev }: FewLabels,
  lmCoefficient: number,
  { seed }: ArmContext,
): Promise<Figures> {
  using model = new SequenceClassification(backbone, { labels: SST2_LABELS, lmCoefficient });
  const tokens = gptSpecialTokens(tokenizer);
  const trainer = new Trainer({
    model,
    task: gptTextClassification({ tokenizer, tokens, labels: SST2_LABELS, maxLength: 64 }),
    args: fineTuningArguments(seed, 5e-4),
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
  return fineTune(copy, given, lmCoefficient, context);
}

export const pretrainingGPT: Experiment = {
  name: 'pretraining-gpt',
  question: 'Does GPT pre-trained on text without labels beat GPT from scratch, on 500 labels of SST-2?',
  arms: {
    pretrained: (context) => fromPretrained(context, 0.5),
    async scratch(context) {
      const { given } = await pretrained(context);
      return fineTune(small(given, context.seed), given, 0.5, context);
    },
  },
  verdict: beats('pretrained', 'scratch', 'accuracy'),
};

export const auxiliaryObjective: Experiment = {
  name: 'auxiliary-objective',
  question: "Does GPT's auxiliary language model (λ .5) help its fine-tuning, on 500 labels of SST-2?",
  arms: {
    auxiliary: (context) => fromPretrained(context, 0.5),
    none: (context) => fromPretrained(context, 0),
  },
  verdict: beats('auxiliary', 'none', 'accuracy'),
};
