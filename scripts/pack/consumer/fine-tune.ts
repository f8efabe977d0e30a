// Run where the packed packages are installed, as ESM and as CommonJS: a BERT reads a TSV file and is trained on it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@tenon/core/backend';
import { labelNames, readAll } from '@tenon/data';
import { readRows, textExamples } from '@tenon/data/files';
import { SequenceClassification } from '@tenon/heads';
import { bert, bertTiny } from '@tenon/models';
import { bertTokenizer } from '@tenon/tokenizers';
import { Trainer, textClassification } from '@tenon/trainers';

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'fine', 'dull', 'film'];

async function fineTune(folder: string): Promise<void> {
  const file = join(folder, 'reviews.tsv');
  writeFileSync(file, 'sentence\tlabel\na fine film\tpositive\na dull film\tnegative\n');
  const reviews = await readAll(textExamples(readRows(file), { text: 'sentence', label: 'label' }));
  const labels = labelNames(reviews);
  const tokenizer = bertTokenizer({ vocabulary: new Map(WORDS.map((word, id) => [word, id])) });
  using model = new SequenceClassification(bert({ ...bertTiny, vocabularySize: WORDS.length }), { labels });
  const trainer = new Trainer({
    model,
    task: textClassification({ tokenizer, labels, maxLength: 8 }),
    args: { outputDir: folder, maxSteps: 1, learningRate: 1e-3 },
    trainDataset: reviews,
    evalDataset: reviews,
  });
  const { step, checkpoint } = await trainer.train();
  const { evalLoss } = await trainer.evaluate();
  const [prediction] = await trainer.predict([{ text: 'a fine film' }]);
  if (step !== 1 || checkpoint === undefined || !(evalLoss < 1) || prediction?.scores.length !== 2) {
    throw new Error(`one step: got ${JSON.stringify({ step, checkpoint, evalLoss, prediction })}`);
  }
  console.log(`fine-tuned one step, loss ${evalLoss.toFixed(3)}`);
}

async function main(): Promise<void> {
  await useBackend('onnx');
  const folder = mkdtempSync(join(tmpdir(), 'tenon-fine-tune-'));
  try {
    await fineTune(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
