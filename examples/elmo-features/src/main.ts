// ELMo as it is meant to be used (Peters et al. 2018): a language model reads plain text in both directions, is frozen, and
// a tagger learns from few labelled sentences to read a mix of its layers.
import { RandomStream } from '@tenon/core';
import { bidirectionalBatches, tagNames, wordVocabulary } from '@tenon/data';
import { fallingLoss, printTable, runExample, wordByWord } from '@tenon/example-kit';
import { BidirectionalLM, TokenClassification } from '@tenon/heads';
import { MixedLayers } from '@tenon/layers';
import { type ELMo, type ELMoConfig, elmo, elmoSmall } from '@tenon/models';
import { elmoTagging, Trainer, type TrainerCallback } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { htmlReport, layerWeights } from '@tenon/trainers/report';
import { BY_HAND, news } from './data/news.ts';
import { ownNews } from './own-news.ts';

const LENGTH = 16; // words of a sentence with its padding: each length is a graph of its own
const config: ELMoConfig = {
  ...elmoSmall,
  maxCharacters: 16,
  filters: [
    [1, 16],
    [2, 32],
    [3, 64],
    [4, 64],
  ],
  cellSize: 128,
  projectionSize: 64,
};

await runExample(
  {
    purpose: 'An ELMo learns a language from plain text; a tagger on top then needs few labelled sentences.',
    data: 'tagged words of your own in CoNLL columns: the words of all are read, a tenth is held out',
    options: {
      steps: { text: 'updates of the language model', value: 500, short: 6 },
      unroll: { text: 'words that the language model reads in one update', value: 16, short: 3 },
      labelled: { text: 'labelled sentences for the tagger', value: 100, short: 20 },
      epochs: { text: 'passes of the tagger over them', value: 30, short: 1 },
    },
  },
  async ({ data, steps, unroll, labelled, epochs, seed, short, out, signal }) => {
    const size = short ? { unlabelled: 300, heldOut: 20 } : { unlabelled: 8000, heldOut: 400 };
    const texts =
      data === undefined ? news({ ...size, labelled }, seed) : await ownNews(data, labelled, seed);
    const { maxCharacters } = config;

    // A language model of both directions: each word from those before it, and from those after it.
    const vocabulary = wordVocabulary(texts.unlabelled);
    console.log(`reading   ${texts.unlabelled.length} sentences without labels, ${vocabulary.size} words`);
    const reader = elmo({ ...config, sentenceBoundaries: false }, { random: new RandomStream(seed) });
    using languageModel = new BidirectionalLM(reader, { vocabularySize: vocabulary.size });
    const stream = { batchSize: 32, length: unroll, dropLast: true, epochs: Number.POSITIVE_INFINITY };
    await new Trainer({
      model: languageModel,
      args: { maxSteps: steps, learningRate: 4e-3, lrSchedulerType: 'cosine', warmupRatio: 0.1, seed },
      trainBatches: bidirectionalBatches(texts.unlabelled, { vocabulary, maxCharacters, ...stream }),
      state: () => reader.initialState(stream.batchSize), // the text goes on from batch to batch
      callbacks: [progressBar(), fallingLoss()],
      signal,
    }).train();
    if (signal.aborted) return;

    const tags = tagNames(texts.labelled);
    const task = elmoTagging({ tags, maxCharacters, padToMultipleOf: LENGTH });
    /** A tagger on an ELMo that stays as it is: what learns is the weight of each layer, and one linear layer. */
    const learn = async (features: ELMo, report?: TrainerCallback) => {
      const mixed = new MixedLayers(features, { layers: config.layers + 1, layerNorm: true, frozen: true });
      using model = new TokenClassification(mixed, { labels: tags, dropout: 0.2 });
      const trainer = new Trainer({
        model,
        task,
        args: {
          learningRate: 0.03,
          numTrainEpochs: epochs,
          perDeviceTrainBatchSize: 20,
          perDeviceEvalBatchSize: 20, // the same for both: each size is a graph of its own as well
          seed,
        },
        trainDataset: texts.labelled,
        evalDataset: texts.heldOut,
        callbacks: report ? [report] : [],
        signal,
      });
      await trainer.train();
      const { f1, accuracy } = await trainer.evaluate();
      const byHand = data === undefined && report ? await trainer.predict(BY_HAND) : [];
      const [mix] = await layerWeights(model);
      return { f1: f1!, accuracy: accuracy!, byHand, weights: mix!.weights };
    };

    console.log(`tagging   ${texts.labelled.length} sentences with labels, ${texts.heldOut.length} held out`);
    const untrained = await learn(elmo(config, { random: new RandomStream(seed + 1) }));
    const features = elmo(config);
    features.loadStateDict(reader.stateDict());
    const known = task.metrics!(texts.heldOut, wordByWord(texts.labelled, texts.heldOut));
    const report = htmlReport(`${out}/report.html`, {
      title: 'A tagger on a frozen ELMo',
      summary: `The language model read ${texts.unlabelled.length} sentences without labels, the tagger ${texts.labelled.length} with them.`,
      baselines: {
        'untrained ELMo': { f1: untrained.f1, accuracy: untrained.accuracy },
        'word by word': known,
      },
    });
    const trained = await learn(features, report);
    if (signal.aborted) return;

    for (const [i, { tags }] of trained.byHand.entries()) printTable(BY_HAND[i]!.words, [tags]);
    printTable(
      ['held out', 'ELMo', 'untrained ELMo', 'word by word'],
      [
        ['F1 of names', trained.f1, untrained.f1, known['f1']!],
        ['accuracy of words', trained.accuracy, untrained.accuracy, known['accuracy']!],
      ],
    );
    printTable(
      ['weight of layer', 'ELMo', 'untrained ELMo'],
      trained.weights.map((weight, layer) => [
        layer === 0 ? '0, characters' : `${layer}, LSTMs`,
        weight,
        untrained.weights[layer]!,
      ]),
    );
  },
);
