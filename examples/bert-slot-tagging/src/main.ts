// Slot tagging: a small BERT learns from nothing what each word of a travel command is. [CLS] a command [SEP] goes in, and a
// tag comes out of what BERT makes of the first piece of every word (Devlin et al. 2019, figure 4d).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { savePretrained, writeTextFile } from '@tenon/checkpoints';
import { RandomStream } from '@tenon/core';
import { readAll, splitExamples, type TaggedExample, tagNames } from '@tenon/data';
import { readSlots, readTagged } from '@tenon/data/files';
import { printTable, runExample, wordByWord } from '@tenon/example-kit';
import { TokenClassification } from '@tenon/heads';
import { bert, bertTiny } from '@tenon/models';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { Trainer, tokenTagging } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { htmlReport } from '@tenon/trainers/report';
import { BY_HAND, commands } from './data/commands.ts';

await runExample(
  {
    purpose: 'A small BERT learns from nothing to find where to, where from and when in a travel command.',
    data: 'a folder with train/ and valid/ of seq.in, seq.out and label (ATIS, SNIPS), or a CoNLL file',
    options: { epochs: { text: 'passes over the training commands', value: 8, short: 1 } },
  },
  async ({ data, epochs, seed, short, out, signal }) => {
    const { train, heldOut } =
      data === undefined
        ? commands(short ? { train: 400, heldOut: 100 } : { train: 4000, heldOut: 400 }, seed)
        : await ownCommands(data, seed);
    const tags = tagNames([...train, ...heldOut]);

    const tokenizer = await trainWordPiece(
      train.map(({ words }) => words.join(' ')),
      { vocabularySize: data === undefined ? 200 : 1500 },
    );
    const config = {
      ...bertTiny,
      heads: 4,
      vocabularySize: tokenizer.vocabularySize,
      contextLength: 64,
      pooler: false,
    };
    using model = new TokenClassification(bert(config, { random: new RandomStream(seed) }), { labels: tags });
    console.log(`learning  ${train.length} commands, ${heldOut.length} held out, ${tags.length} tags`);

    const task = tokenTagging({ tokenizer, tags, maxLength: config.contextLength });
    const baseline = task.metrics!(heldOut, wordByWord(train, heldOut));
    const trainer = new Trainer({
      model,
      task,
      args: {
        learningRate: 1e-3,
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
          title: 'Slot tagging with BERT',
          baselines: { 'word by word': baseline },
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
      for (const [i, { words }] of BY_HAND.entries()) {
        const slots = predictions[i]!.tags.map((tag) => (tag === 'O' ? 'other' : tag.slice(2)));
        printTable(words, [slots]);
      }
    }
    const { f1, accuracy } = await trainer.evaluate();
    printTable(
      ['held out', 'BERT', 'word by word'],
      [
        ['F1 of slots', f1!, baseline['f1']!],
        ['accuracy of words', accuracy!, baseline['accuracy']!],
      ],
    );
  },
);

/** Commands of a folder as ATIS and SNIPS have it, or of a file of which a tenth is held out. */
async function ownCommands(
  path: string,
  seed: number,
): Promise<{ train: readonly TaggedExample[]; heldOut: readonly TaggedExample[] }> {
  if (existsSync(join(path, 'train'))) {
    const [train, heldOut] = [readSlots(join(path, 'train')), readSlots(join(path, 'valid'))];
    return { train: await readAll(train), heldOut: await readAll(heldOut) };
  }
  const { train, test } = splitExamples(await readAll(readTagged(path)), { test: 0.1, seed });
  return { train, heldOut: test };
}
