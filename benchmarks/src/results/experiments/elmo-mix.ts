// A frozen ELMo under a tagger: the learned mix of its layers, or its top layer alone.
import { type Backbone, freeze, RandomStream } from '@tenon/core';
import { bidirectionalBatches, wordVocabulary } from '@tenon/data';
import { BidirectionalLM, TokenClassification } from '@tenon/heads';
import { MixedLayers } from '@tenon/layers';
import { type ELMo, elmo, elmoSmall } from '@tenon/models';
import { elmoTagging, Trainer } from '@tenon/trainers';
import { fewSnips } from '../../data-sets.ts';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { beats } from '../verdicts.ts';
import { onceASeed } from './once-a-seed.ts';

const LABELLED = 500;
const LAYERS = 2;
const config = {
  ...elmoSmall,
  characterEmbeddingSize: 16,
  filters: [
    [1, 16],
    [2, 32],
    [3, 64],
  ] as const,
  layers: LAYERS,
  cellSize: 128,
  projectionSize: 48,
};

const pretrained = onceASeed(async (context) => {
  const given = await fewSnips(context.data, LABELLED);
  const { seed, say } = context;
  const sentences = given.all.map(({ words }) => words);
  const vocabulary = wordVocabulary(sentences, { minFrequency: 2 });
  const reader = elmo(
    { ...config, dropout: 0.1, sentenceBoundaries: false },
    { random: new RandomStream(seed) },
  );
  const trainer = new Trainer({
    model: new BidirectionalLM(reader, { vocabularySize: vocabulary.size }),
    args: { maxSteps: 800, learningRate: 2e-3, lrSchedulerType: 'cosine', warmupRatio: 0.05, seed },
    trainBatches: bidirectionalBatches(sentences, {
      vocabulary,
      batchSize: 32,
      length: 20,
      dropLast: true,
      epochs: Number.POSITIVE_INFINITY,
    }),
    state: ({ characterIds }) => reader.initialState(characterIds.shape[0], Number.POSITIVE_INFINITY),
  });
  const { loss } = await trainer.train();
  say(`pre-trained, last loss ${loss?.toFixed(3)}`);
  return { given, reader };
});

async function tagWith(context: ArmContext, over: (reader: ELMo) => Backbone): Promise<Figures> {
  const { given, reader } = await pretrained(context);
  const own = elmo({ ...config, dropout: 0.1, sentenceBoundaries: true }, { random: new RandomStream(0) });
  own.loadStateDict(reader.stateDict());
  freeze(own, /./);
  using model = new TokenClassification(over(own), { labels: given.tags });
  const trainer = new Trainer({
    model,
    task: elmoTagging({ tags: given.tags, maxLength: 40, padToMultipleOf: 40 }),
    args: {
      numTrainEpochs: 20,
      perDeviceTrainBatchSize: 32,
      perDeviceEvalBatchSize: 64,
      learningRate: 5e-3,
      warmupRatio: 0.1,
      seed: context.seed,
    },
    trainDataset: given.train,
    evalDataset: given.dev,
  });
  await trainer.train();
  return { f1: (await trainer.evaluate())['f1']! };
}

export const elmoMix: Experiment = {
  name: 'elmo-mix',
  question:
    "Does ELMo's learned mix of layers beat its top layer, frozen under a tagger of SNIPS with 500 labels?",
  arms: {
    mix: (context) => tagWith(context, (reader) => new MixedLayers(reader, { layers: LAYERS + 1 })),
    top: (context) => tagWith(context, (reader) => reader),
  },
  verdict: beats('mix', 'top', 'f1'),
};
