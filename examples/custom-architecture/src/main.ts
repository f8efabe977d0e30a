// An architecture of one's own: the encoder of encoder.ts, which no package ships, learns to find the two brackets that do
// not belong together. Then another head on the same encoder, frozen, tells rows with a mistake from those without.
import { RandomStream } from '@tenon/core';
import { labelNames, readAll, splitExamples, type TextExample } from '@tenon/data';
import { readRows, textExamples } from '@tenon/data/files';
import { mostFrequent, printTable, runExample } from '@tenon/example-kit';
import { SequenceClassification, TokenClassification } from '@tenon/heads';
import { trainWordLevel } from '@tenon/tokenizers/training';
import { Trainer, type TrainingArguments, textClassification, tokenTagging } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { htmlReport } from '@tenon/trainers/report';
import { type Brackets, bracketRows } from './brackets.ts';
import { NeighbourEncoder } from './encoder.ts';

await runExample(
  {
    purpose: 'An encoder that no package ships, under two of the heads that one does.',
    data: 'sentences of your own to classify: TSV, CSV or JSONL with the columns text and label',
    options: { epochs: { text: 'passes over the rows', value: 12, short: 1 } },
  },
  async ({ data, epochs, seed, short, out, signal }) => {
    const random = new RandomStream(seed);
    const rows = bracketRows(short ? 400 : 8000, short ? 6 : 12, new RandomStream(seed, 1));
    const own =
      data === undefined
        ? undefined
        : await readAll(textExamples(readRows(data), { text: 'text', label: 'label' }));
    const texts = (own ?? rows.map(asText)).map(({ text }) => text);
    const tokenizer = await trainWordLevel(texts, {
      vocabularySize: 8000,
      specialTokens: ['[PAD]', '[UNK]'],
      unknownToken: '[UNK]',
      preTokenizer: { type: 'WhitespaceSplit' },
    });
    const size = { vocabularySize: tokenizer.vocabularySize, hiddenSize: 64, layers: 3, heads: 4 };
    const encoder = new NeighbourEncoder(size, random);
    const args: TrainingArguments = {
      learningRate: 2e-3,
      numTrainEpochs: epochs,
      perDeviceTrainBatchSize: 64,
      perDeviceEvalBatchSize: 128,
      lrSchedulerType: 'cosine',
      warmupRatio: 0.05,
      evalStrategy: 'epoch',
      groupByLength: true,
      seed,
    };
    const shared = { callbacks: [progressBar()], signal };

    if (own === undefined) {
      const { train, test } = splitExamples(rows, { test: 0.1, seed });
      const tags = ['right', 'wrong'];
      const finder = new TokenClassification(encoder, { labels: tags });
      const trainer = new Trainer({
        model: finder,
        task: tokenTagging({ tokenizer, tags, maxLength: 32 }),
        args,
        trainDataset: train,
        evalDataset: test,
        ...shared,
        callbacks: [
          progressBar(),
          htmlReport(`${out}/report.html`, { title: 'Brackets, found by an encoder of our own' }),
        ],
      });
      await trainer.train();
      if (signal.aborted) return;
      const found = await trainer.predict(test);
      const right = test.filter(({ tags: expected }, i) =>
        expected.every((tag, t) => tag === found[i]!.tags[t]),
      );
      const shown = test.flatMap(({ label }, i) => (label === 'broken' ? [i] : [])).slice(0, 4);
      for (const i of shown) {
        const { words } = test[i]!;
        console.log(`\n  ${words.join('')}\n  ${underlined(found[i]!.tags)}`);
      }
      const nothing = test.filter(({ label }) => label === 'balanced').length;
      printTable(
        ['held out', 'ours', 'never a mistake'],
        [['rows with every bracket right', right.length / test.length, nothing / test.length]],
      );
    }

    // The second head: on the same encoder, of which nothing is trained any more; or on a new one, on sentences.
    const { train, test } = splitExamples(own ?? rows.map(asText), { test: 0.1, seed });
    const labels = labelNames(train);
    const judging: TrainingArguments =
      own === undefined ? { ...args, numTrainEpochs: short ? 1 : 3, freeze: /^backbone[.]/ } : args;
    const judge = new SequenceClassification(encoder, { labels });
    const trainer = new Trainer({
      model: judge,
      task: textClassification({ tokenizer, labels, maxLength: own === undefined ? 32 : 128 }),
      args: judging,
      trainDataset: train,
      evalDataset: test,
      ...shared,
    });
    await trainer.train();
    if (signal.aborted) return;
    const { accuracy } = await trainer.evaluate();
    const always = mostFrequent(train.map(({ label }) => label));
    const majority = test.filter(({ label }) => label === always).length / test.length;
    printTable(
      ['held out', 'ours', `always ${always}`],
      [['accuracy of the second head', accuracy!, majority]],
    );
  },
);

function asText({ words, label }: Brackets): TextExample {
  return { text: words.join(' '), label };
}

function underlined(tags: readonly string[]): string {
  return tags.map((tag) => (tag === 'wrong' ? '^' : ' ')).join('');
}
