// Sentence classification: a small BERT learns from nothing whether a review is good or bad. [CLS] a review [SEP] goes in,
// and a label comes out of what BERT makes of [CLS] (Devlin et al. 2019, figure 4b).
import { savePretrained, writeTextFile } from '@tenon/checkpoints';
import { RandomStream } from '@tenon/core';
import { labelNames, readAll, splitExamples, type TextExample } from '@tenon/data';
import { readRows, textExamples } from '@tenon/data/files';
import { mostFrequent, printTable, runExample } from '@tenon/example-kit';
import { SequenceClassification } from '@tenon/heads';
import { bert, bertTiny } from '@tenon/models';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { Trainer, textClassification } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { htmlReport } from '@tenon/trainers/report';
import { countWords } from './count-words.ts';
import { BY_HAND, reviews } from './data/reviews.ts';

const options = {
  epochs: { text: 'passes over the training sentences', value: 8, short: 1 },
  text: { text: 'the column of your file with the sentence', value: 'sentence' },
  label: { text: 'the column with its label', value: 'label' },
  columns: { text: 'the names of all columns, with commas, if the first line does not have them' },
} as const;

await runExample(
  {
    purpose: 'A small BERT learns from nothing whether a review is good or bad.',
    data: 'labelled sentences of your own: CSV, JSONL, Parquet, else TSV; a tenth is held out',
    options,
  },
  async ({ data, text, label, columns, epochs, seed, short, out, signal }) => {
    const { train, heldOut } =
      data === undefined
        ? reviews(short ? { train: 600, heldOut: 100 } : { train: 8000, heldOut: 500 }, seed)
        : await ownSentences(data, { text, label }, columns, seed);
    const labels = labelNames([...train, ...heldOut]);

    const tokenizer = await trainWordPiece(
      train.map((example) => example.text),
      { vocabularySize: data === undefined ? 600 : 4000 },
    );
    const config = { ...bertTiny, heads: 4, vocabularySize: tokenizer.vocabularySize, contextLength: 64 };
    using model = new SequenceClassification(bert(config, { random: new RandomStream(seed) }), { labels });
    console.log(`learning  ${train.length} sentences, ${heldOut.length} held out: ${labels.join(', ')}`);

    const always = mostFrequent(train.map((example) => example.label));
    const majority = heldOut.filter((example) => example.label === always).length / heldOut.length;
    const counting = countWords(train, heldOut);
    const trainer = new Trainer({
      model,
      task: textClassification({ tokenizer, labels, maxLength: config.contextLength }),
      args: {
        learningRate: 5e-4,
        numTrainEpochs: epochs,
        perDeviceTrainBatchSize: 32,
        perDeviceEvalBatchSize: 64,
        warmupRatio: 0.1,
        weightDecay: 0.01,
        groupByLength: true,
        evalStrategy: 'epoch',
        seed,
      },
      trainDataset: train,
      evalDataset: heldOut,
      callbacks: [
        progressBar(),
        htmlReport(`${out}/report.html`, {
          title: 'Sentence classification with BERT',
          baselines: {
            [`always ${always}`]: { accuracy: majority },
            'counting words': { accuracy: counting },
          },
        }),
      ],
      signal,
    });
    await trainer.train();
    if (signal.aborted) return;
    await savePretrained(`${out}/model`, { spec: bert, config, model });
    await writeTextFile(`${out}/model/tokenizer.json`, JSON.stringify(tokenizer));

    if (data === undefined) {
      const predictions = await trainer.predict(BY_HAND);
      const rows = BY_HAND.map((example, i) => [
        example.text,
        `${example.label}`,
        `${predictions[i]!.label}`,
      ]);
      printTable(['written by hand', 'label', 'predicted'], rows);
    }
    const { accuracy } = await trainer.evaluate();
    printTable(
      ['held out', 'BERT', 'counting words', `always ${always}`],
      [['accuracy', accuracy!, counting, majority]],
    );
  },
);

/** Labelled sentences of a file, a tenth of them held out. */
async function ownSentences(
  file: string,
  names: { readonly text: string; readonly label: string },
  columns: string | undefined,
  seed: number,
): Promise<{ train: readonly TextExample[]; heldOut: readonly TextExample[] }> {
  const rows = readRows(file, {
    ...(!/\.(csv|jsonl|ndjson|parquet)$/.test(file) && { format: 'tsv' }),
    ...(columns !== undefined && { header: columns.split(',') }),
  });
  const { train, test } = splitExamples(await readAll(textExamples(rows, names)), { test: 0.1, seed });
  return { train, heldOut: test };
}
