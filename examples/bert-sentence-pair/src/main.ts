// Sentence pairs: a small BERT learns from nothing whether a premise makes a hypothesis true, false, or says nothing of it.
// [CLS] premise [SEP] hypothesis [SEP] goes in, with token types 0 and 1 (Devlin et al. 2019, figure 4a).
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
import { BY_HAND, pairs } from './data/pairs.ts';

const options = {
  epochs: { text: 'passes over the training pairs', value: 10, short: 1 },
  text: { text: 'the column of your file with the premise', value: 'premise' },
  textPair: { text: 'the column with the hypothesis', value: 'hypothesis' },
  label: { text: 'the column with the label', value: 'label' },
} as const;

await runExample(
  {
    purpose: 'A small BERT learns from nothing what follows from a sentence, and what does not.',
    data: 'labelled pairs of your own: CSV, JSONL, Parquet, else TSV; a tenth is held out',
    options,
  },
  async ({ data, text, textPair, label, epochs, seed, short, out, signal }) => {
    const { train, heldOut } =
      data === undefined
        ? pairs(short ? { train: 600, heldOut: 99 } : { train: 12_000, heldOut: 600 }, seed)
        : await ownPairs(data, { text, textPair, label }, seed);
    const labels = labelNames([...train, ...heldOut]);

    const tokenizer = await trainWordPiece(
      train.flatMap((example) => [example.text, example.textPair!]),
      { vocabularySize: data === undefined ? 400 : 4000 },
    );
    const config = {
      ...bertTiny,
      heads: 4,
      vocabularySize: tokenizer.vocabularySize,
      contextLength: 64,
      dropout: 0, // no pair is seen often enough to be learned by heart
      attentionDropout: 0,
      initializerRange: 0.08, // 1 / √128: so narrow a BERT learns later from the 0.02 of the wide ones
    };
    using model = new SequenceClassification(bert(config, { random: new RandomStream(seed) }), { labels });
    console.log(`learning  ${train.length} pairs, ${heldOut.length} held out: ${labels.join(', ')}`);

    const always = mostFrequent(train.map((example) => example.label));
    const majority = heldOut.filter((example) => example.label === always).length / heldOut.length;
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
          title: 'Sentence pairs with BERT',
          baselines: { [`always ${always}`]: { accuracy: majority } },
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
      const rows = BY_HAND.map((pair, i) => [
        pair.text,
        pair.textPair!,
        `${pair.label}`,
        `${predictions[i]!.label}`,
      ]);
      printTable(['written by hand', 'hypothesis', 'label', 'predicted'], rows);
    }
    const { accuracy } = await trainer.evaluate();
    printTable(['held out', 'BERT', `always ${always}`], [['accuracy', accuracy!, majority]]);
  },
);

/** Labelled pairs of a file, a tenth of them held out. */
async function ownPairs(
  file: string,
  columns: { readonly text: string; readonly textPair: string; readonly label: string },
  seed: number,
): Promise<{ train: readonly TextExample[]; heldOut: readonly TextExample[] }> {
  const rows = readRows(file, !/\.(csv|jsonl|ndjson|parquet)$/.test(file) ? { format: 'tsv' } : {});
  const { train, test } = splitExamples(await readAll(textExamples(rows, columns)), { test: 0.1, seed });
  return { train, heldOut: test };
}
