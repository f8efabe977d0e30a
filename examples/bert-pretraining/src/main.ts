// BERT's first training (Devlin et al. 2019, section 3.1) from raw text, in English and in Chinese: words are hidden and
// have to be told (MLM), and of two stretches of text has to be told whether the second follows the first (NSP).
import { join, relative } from 'node:path';
import { fromPretrained, savePretrained } from '@tenon/checkpoints';
import { parameterCount, RandomStream } from '@tenon/core';
import { bertPretrainingBatches } from '@tenon/data';
import { printTable, runExample } from '@tenon/example-kit';
import { Pretraining } from '@tenon/heads';
import { type BertConfig, bert, bertTiny } from '@tenon/models';
import { saveTokenizer } from '@tenon/tokenizers/node';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { Trainer } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { fillIn } from './fill-in.ts';
import { type Result, writeResults } from './results.ts';
import { type Scores, scoresOf } from './scores.ts';
import { LANGUAGE_NAMES, ownTexts, storyTexts, type Texts } from './texts.ts';

await runExample(
  {
    purpose: 'A small BERT learns from raw text to fill in words and to tell what follows.',
    data: 'a text of your own, with empty lines between its documents; a tenth of them is held out',
    options: { steps: { text: 'updates of the weights for each text', value: 1000, short: 6 } },
  },
  async (run) => {
    const { data, out, signal } = run;
    const texts =
      data === undefined
        ? LANGUAGE_NAMES.map((name) => storyTexts(name, run))
        : [await ownTexts(data, run.seed)];
    const results: Result[] = [];
    for (const text of texts) {
      const result = await pretrain(text, run);
      if (signal.aborted) return;
      results.push(result);
    }
    printTable(
      ['held out', 'hidden words told', 'most frequent word', 'follows or not', 'more frequent of both'],
      results.map(({ name, scores }) => [name, scores.masked, scores.unigram, scores.next, scores.majority]),
    );
    await writeResults(join(out, 'report.html'), results);
  },
);

interface Run {
  readonly steps: number;
  readonly seed: number;
  readonly out: string;
  readonly short: boolean;
  readonly signal: AbortSignal;
}

async function pretrain(
  { name, train, heldOut, gaps }: Texts,
  { steps, seed, out, signal }: Run,
): Promise<Result> {
  // Chinese has no blanks: BERT's way to cut text sets each of its characters apart, in both languages the same tokenizer.
  const sentences = train.flatMap((document) => document.sentences);
  const tokenizer = await trainWordPiece(sentences, { vocabularySize: 3000, lowercase: true });
  const config: BertConfig = {
    ...bertTiny,
    ...{ vocabularySize: tokenizer.vocabularySize, contextLength: 64 },
    ...{ hiddenSize: 96, layers: 3, heads: 4, feedForwardSize: 288 },
    ...{ dropout: 0, attentionDropout: 0, initializerRange: 0.05 },
  };
  using model = new Pretraining(bert(config, { random: new RandomStream(seed) }));
  console.log(`\n${name}   ${train.length} documents to learn from, ${heldOut.length} held out
model     BERT, 3 layers of 96, ${parameterCount(model)} parameters, ${config.vocabularySize} tokens`);

  // Half of the pairs follow one another, 15 % of the tokens are hidden: other pairs and other tokens in every round.
  const options = { tokenizer, maxLength: config.contextLength, batchSize: 32, seed };
  const measure = (): Promise<Scores> => scoresOf(model, bertPretrainingBatches(heldOut, options));
  const curve: (Scores & { step: number })[] = [];
  const trainer = new Trainer({
    model,
    args: {
      maxSteps: steps,
      learningRate: 2e-3,
      adamBeta2: 0.98,
      lrSchedulerType: 'cosine',
      warmupRatio: 0.05,
      weightDecay: 0.01,
      evalSteps: Math.ceil(steps / 5),
      seed,
    },
    trainBatches: bertPretrainingBatches(train, {
      ...options,
      shuffle: true,
      epochs: Infinity,
      dupeFactor: 5,
      dropLast: true,
    }),
    evalBatches: () => bertPretrainingBatches(heldOut, options),
    callbacks: [
      progressBar(),
      { onEvaluate: async ({ step }) => void curve.push({ step, ...(await measure()) }) },
    ],
    signal,
  });
  await trainer.train();

  const folder = join(out, name);
  await savePretrained(folder, { spec: bert, config, model });
  await saveTokenizer(tokenizer, folder);
  console.log(`saved     ${relative('', folder)}, in Hugging Face's layout; read from there, it fills in:`);
  const { model: saved } = await fromPretrained(bert, folder, { task: Pretraining });
  const filled = [];
  for (const [text, word] of gaps) {
    const guesses = await fillIn(saved, tokenizer, text);
    filled.push({ text, word, guesses });
    console.log(
      `  ${text}   ${guesses.map((guess) => `${guess.word} ${guess.probability.toFixed(2)}`).join(', ')}`,
    );
  }
  saved.dispose();
  return { name, curve, scores: curve.at(-1)!, filled };
}
