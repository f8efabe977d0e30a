// Which layer knows what (Tenney et al. 2019, "BERT rediscovers the classical NLP pipeline"): a BERT learns from plain text
// and is frozen; for each question about words, a linear layer learns to answer from a mix of its layers.
import { RandomStream } from '@tenon/core';
import { maskedTokenBatches, tagNames } from '@tenon/data';
import { fallingLoss, printTable, runExample, wordByWord } from '@tenon/example-kit';
import { MaskedLM, TokenClassification } from '@tenon/heads';
import { MixedLayers, type ScalarMixOptions } from '@tenon/layers';
import { bert, bertTiny } from '@tenon/models';
import { adamW, chain, scaleByParameter, warmupLinear } from '@tenon/optim';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { Trainer, tokenTagging } from '@tenon/trainers';
import { slotF1 } from '@tenon/trainers/metrics';
import { progressBar } from '@tenon/trainers/progress';
import { layerWeights } from '@tenon/trainers/report';
import { QUESTIONS, type Question, stories } from './data/stories.ts';
import { type Answer, tablesOf, writeProbeReport } from './report.ts';

const LENGTH = 16; // tokens of a row: one length, one graph
const BATCH = 40;

await runExample(
  {
    purpose: 'A small BERT learns from plain text; then it is asked which of its layers knows what.',
    options: {
      steps: { text: 'updates of BERT', value: 1600, short: 6 },
      epochs: { text: 'passes over the examples of each question', value: 10, short: 2 },
      layers: { text: 'layers of BERT', value: 4, short: 1 },
    },
  },
  async ({ steps, epochs, layers, seed, short, out, signal }) => {
    const size = short
      ? { reading: 200, train: 80, heldOut: 40 }
      : { reading: 6000, train: 800, heldOut: 200 };
    const { reading, questions } = stories(size, seed);
    const tokenizer = await trainWordPiece(reading, { vocabularySize: 400 });
    const config = {
      ...bertTiny,
      layers,
      hiddenSize: 96,
      heads: 4,
      feedForwardSize: 384,
      vocabularySize: tokenizer.vocabularySize,
      contextLength: LENGTH,
      initializerRange: 0.1, // 1 / √96: so narrow a BERT learns later from the 0.02 of the wide ones
      pooler: false,
    };
    const reader = bert(config, { random: new RandomStream(seed) });
    using masked = new MaskedLM(reader);
    console.log(`reading   ${reading.length} sentences`);
    await new Trainer({
      model: masked,
      args: { maxSteps: steps, learningRate: 2e-3, lrSchedulerType: 'cosine', warmupRatio: 0.1, seed },
      trainBatches: maskedTokenBatches(
        reading.map((sentence) => ({ sentences: [sentence] })),
        {
          tokenizer,
          maxLength: LENGTH,
          probability: 0.25,
          batchSize: 32,
          shuffle: true,
          seed,
          epochs: Number.POSITIVE_INFINITY,
        },
      ),
      callbacks: [progressBar(), fallingLoss()],
      signal,
    }).train();

    /** What a linear layer on some mix of the layers gets right, and what it weighs them. */
    const probe = async (question: Question, mix: ScalarMixOptions) => {
      const { train, heldOut } = questions[question];
      const tags = tagNames(train);
      const updates = epochs * Math.ceil(train.length / BATCH);
      const frozen = bert(config);
      frozen.loadStateDict(reader.stateDict());
      const mixed = new MixedLayers(frozen, { ...mix, layers: layers + 1, frozen: true });
      using model = new TokenClassification(mixed, { labels: tags });
      const trainer = new Trainer({
        model,
        task: tokenTagging({ tokenizer, tags, maxLength: LENGTH, padToMultipleOf: LENGTH }),
        args: {
          numTrainEpochs: epochs,
          perDeviceTrainBatchSize: BATCH,
          perDeviceEvalBatchSize: BATCH,
          seed,
        },
        // The few weights of the mix learn eight times as fast as the linear layer: at the same rate they hardly move.
        optimizer: chain(
          adamW({ learningRate: warmupLinear({ peak: 0.02, warmupSteps: 0, totalSteps: updates }) }),
          scaleByParameter((name) => (name.startsWith('backbone.mix.weights') ? 8 : 1)),
        ),
        trainDataset: train,
        evalDataset: heldOut,
        callbacks: [fallingLoss()],
        signal,
      });
      await trainer.train();
      const { f1 } = await trainer.evaluate();
      return { f1: f1!, weights: (await layerWeights(model))[0]!.weights };
    };

    const places = [...Array(layers + 1).keys()];
    const answers: Answer[] = [];
    for (const question of QUESTIONS) {
      const { f1, weights } = await probe(question, {});
      const alone: number[] = [];
      for (const layer of places) {
        if (signal.aborted) return;
        const only = places.map((place) => (place === layer ? 100 : 0)); // after the softmax: 1, and 0
        alone.push((await probe(question, { trained: false, weights: only })).f1);
      }
      const { train, heldOut } = questions[question];
      const right = heldOut.map(({ tags }) => tags!);
      const known = slotF1(
        right,
        wordByWord(train, heldOut).map(({ tags }) => tags),
      ).f1;
      answers.push({ question, f1, known, weights, alone });
      console.log(`asked     ${question}`);
    }

    for (const { head, rows } of tablesOf(answers)) printTable(head, rows);
    await writeProbeReport(`${out}/report.html`, answers);
  },
);
