// Three short runs of Trainers one after another, each going on from its last checkpoint: a masked language model with
// next-sentence prediction, a causal language model, and ELMo's, whose state is carried from batch to batch. It says `begun`
// when it has loaded and trains, and is killed from outside whenever that may be.
//   mortal-kinds.ts BACKEND FOLDER
import { join } from 'node:path';
import { type BatchSource, type Objective, RandomKey, RandomStream, type RecurrentState } from '@tenon/core';
import { type BackendChoice, useBackend } from '@tenon/core/backend';
import { bertPretrainingBatches, bidirectionalBatches, tokenWindows, wordVocabulary } from '@tenon/data';
import { BidirectionalLM, CausalLM, Pretraining } from '@tenon/heads';
import { bert, bertTiny, elmo, elmoSmall, gpt2, gpt2Small } from '@tenon/models';
import { bertTokenizer } from '@tenon/tokenizers';
import { metricsFile } from '../metrics-file.ts';
import { Trainer } from '../trainer.ts';
import { tellOutcome } from './mortality.ts';

const [backend, folder] = process.argv.slice(2) as [BackendChoice, string];
await useBackend(backend);
process.stdout.write('begun\n');

const WORDS = ['it', 'rains', 'a', 'lot', 'and', 'the', 'cat', 'sleeps'];
const sentences = Array.from({ length: 40 }, (_, i) => {
  const bits = new RandomKey(1, i).bits(7);
  return Array.from({ length: 3 + (bits[0]! % 4) }, (_, n) => WORDS[bits[n + 1]! % WORDS.length]!);
});

/** Trains to the end, from wherever an earlier process came to. */
async function train<Batch>(
  name: string,
  model: Objective<Batch>,
  trainBatches: BatchSource<Batch>,
  options: { readonly evalBatches: () => BatchSource<Batch>; readonly state?: () => RecurrentState },
): Promise<void> {
  const trainer = new Trainer({
    model,
    args: {
      outputDir: join(folder, name),
      learningRate: 0.01,
      lrSchedulerType: 'cosine',
      warmupSteps: 3,
      gradientAccumulationSteps: 2,
      maxSteps: 8,
      evalSteps: 3,
      saveSteps: 2,
      saveTotalLimit: 2,
      loggingSteps: 3,
      loadBestModelAtEnd: true,
      resumeFromCheckpoint: 'if-any',
    },
    trainBatches,
    callbacks: [metricsFile(join(folder, `${name}.jsonl`))],
    ...options,
  });
  tellOutcome(await trainer.train(), model);
}

const random = (): RandomStream => new RandomStream(7);
const epochs = Number.POSITIVE_INFINITY;
const size = { contextLength: 16, hiddenSize: 16, layers: 1, heads: 2 };
{
  const marks = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  const tokenizer = bertTokenizer({
    vocabulary: new Map([...marks, ...WORDS].map((word, id) => [word, id])),
  });
  const config = { ...bertTiny, ...size, feedForwardSize: 32, vocabularySize: marks.length + WORDS.length };
  const documents = Array.from({ length: 10 }, (_, i) => ({
    sentences: sentences.slice(4 * i, 4 * i + 4).map((words) => words.join(' ')),
  }));
  using model = new Pretraining(bert(config, { random: random() })); // dropout .1
  const rows = { tokenizer, maxLength: 16, batchSize: 4 };
  await train('masked', model, bertPretrainingBatches(documents, { ...rows, shuffle: true, epochs }), {
    evalBatches: () => bertPretrainingBatches(documents.slice(0, 3), { ...rows, seed: 9 }),
  });
}
{
  const ids = Int32Array.from(sentences.flat(), (word) => WORDS.indexOf(word));
  using model = new CausalLM(
    gpt2({ ...gpt2Small, ...size, vocabularySize: WORDS.length }, { random: random() }),
  );
  const windows = { length: 8, batchSize: 4 };
  await train('causal', model, tokenWindows(ids, windows), {
    evalBatches: () => tokenWindows(ids, { ...windows, order: 'sequential', limit: 2 }),
  });
}
{
  const vocabulary = wordVocabulary(sentences);
  const config = { ...elmoSmall, maxCharacters: 8, filters: [[1, 4], [2, 4]] as const, cellSize: 8, projectionSize: 4 }; // biome-ignore format: a table
  const body = elmo({ ...config, sentenceBoundaries: false }, { random: random() });
  using model = new BidirectionalLM(body, { vocabularySize: vocabulary.size });
  const stream = { vocabulary, maxCharacters: 8, batchSize: 2, length: 4, dropLast: true };
  await train('both-ways', model, bidirectionalBatches(sentences, { ...stream, epochs }), {
    evalBatches: () => bidirectionalBatches(sentences.slice(0, 4), stream),
    state: () => body.initialState(2),
  });
}
