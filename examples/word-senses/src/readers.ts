// Three language models that learn from the same sentences, and the vector that each gives to a word in its sentence.
import { type Backbone, type BuildOptions, type ModelInput, type Module, RandomStream } from '@tenon/core';
import {
  bidirectionalBatches,
  type DataProcessor,
  elmoTagProcessor,
  maskedTokenBatches,
  type TaggedExample,
  tokenTagProcessor,
  tokenWindows,
  wordVocabulary,
} from '@tenon/data';
import { fallingLoss } from '@tenon/example-kit';
import { BidirectionalLM, CausalLM, MaskedLM } from '@tenon/heads';
import { bert, bertTiny, elmo, elmoSmall, gpt2, gpt2Small } from '@tenon/models';
import type { Tokenizer } from '@tenon/tokenizers';
import { trainWordPiece } from '@tenon/tokenizers/training';
import { Trainer } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { dispose } from '@tensorflow/tfjs-core';

const LENGTH = 20; // tokens of a row: each length is a graph of its own
const BATCH = 32;
const WIDTH = 96;

/** A word in its sentence. */
interface Word {
  readonly words: readonly string[];
  readonly place: number;
}

export interface Reader extends Disposable {
  readonly name: string;
  /** What the last layer makes of a word in each of some sentences, [N][C]. */
  vectors(of: readonly Word[]): Promise<number[][]>;
}

export interface Training {
  readonly steps: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** From both directions, each for itself: ELMo (Peters et al. 2018). */
export async function trainElmo(sentences: readonly string[][], training: Training): Promise<Reader> {
  const maxCharacters = 16;
  const filters = [
    [1, 16],
    [2, 32],
    [3, 48],
  ] as const; // prettier-ignore
  const config = { ...elmoSmall, maxCharacters, filters, cellSize: WIDTH, projectionSize: WIDTH / 2 };
  const vocabulary = wordVocabulary(sentences);
  const body = elmo({ ...config, sentenceBoundaries: false }, first(training));
  const model = new BidirectionalLM(body, { vocabularySize: vocabulary.size });
  const stream = { batchSize: BATCH, length: LENGTH, dropLast: true, epochs: Number.POSITIVE_INFINITY };
  await new Trainer({
    ...common(training),
    model,
    args: learning(training, 4e-3),
    trainBatches: bidirectionalBatches(sentences, { vocabulary, maxCharacters, ...stream }),
    tokens: () => BATCH * LENGTH,
    state: () => body.initialState(BATCH),
  }).train();
  const processor = elmoTagProcessor({ tags: ['O'], maxCharacters, padToMultipleOf: LENGTH });
  return readerOf('ELMo', model, processor, ['<S>', '</S>']);
}

/** From both directions at once: BERT (Devlin et al. 2019). */
export async function trainBert(sentences: readonly string[][], training: Training): Promise<Reader> {
  const tokenizer = await wordPieces(sentences);
  const size = { layers: 3, hiddenSize: WIDTH, heads: 4, feedForwardSize: 4 * WIDTH, contextLength: LENGTH };
  const config = { ...bertTiny, ...size, vocabularySize: tokenizer.vocabularySize, initializerRange: 0.1 };
  const model = new MaskedLM(bert({ ...config, pooler: false }, first(training)));
  const documents = sentences.map((words) => ({ sentences: [words.join(' ')] }));
  const order = { batchSize: BATCH, shuffle: true, seed: training.seed, epochs: Number.POSITIVE_INFINITY };
  await new Trainer({
    ...common(training),
    model,
    args: learning(training, 2e-3),
    trainBatches: maskedTokenBatches(documents, { tokenizer, maxLength: LENGTH, ...order }),
  }).train();
  return readerOf('BERT', model, pieces(tokenizer));
}

/** From left to right: GPT-2 (Radford et al. 2019). */
export async function trainGpt(sentences: readonly string[][], training: Training): Promise<Reader> {
  const tokenizer = await wordPieces(sentences);
  const size = { layers: 3, hiddenSize: WIDTH, heads: 4, contextLength: LENGTH };
  const config = { ...gpt2Small, ...size, vocabularySize: tokenizer.vocabularySize };
  const model = new CausalLM(gpt2(config, first(training)));
  const text = Int32Array.from(sentences.flatMap((words) => [...tokenizer.encode(words.join(' ')).ids]));
  await new Trainer({
    ...common(training),
    model,
    args: learning(training, 2e-3),
    trainBatches: tokenWindows(text, { length: LENGTH, batchSize: BATCH, seed: training.seed }),
  }).train();
  const processor = pieces(tokenizer);
  return readerOf('GPT', model, {
    ...processor,
    collate(features) {
      const { inputIds, attentionMask, tokenTypeIds, labels } = processor.collate(features);
      dispose([tokenTypeIds, labels]); // GPT tells no kinds of tokens apart
      return { inputIds, attentionMask };
    },
  });
}

const first = ({ seed }: Training): BuildOptions => ({ random: new RandomStream(seed) });
const common = ({ signal }: Training) => ({ callbacks: [progressBar(), fallingLoss()], signal });
const learning = ({ steps, seed }: Training, learningRate: number) =>
  ({ maxSteps: steps, learningRate, lrSchedulerType: 'cosine', warmupRatio: 0.1, seed }) as const;

const wordPieces = (sentences: readonly string[][]): Promise<Tokenizer> =>
  trainWordPiece(
    sentences.map((words) => words.join(' ')),
    { vocabularySize: 600 },
  );
const pieces = (tokenizer: Tokenizer) =>
  tokenTagProcessor({ tokenizer, tags: ['O'], maxLength: LENGTH, padToMultipleOf: LENGTH });

/** @param marks what has to stand around the words of a sentence */
function readerOf<Feature extends { readonly firstTokens: Int32Array }>(
  name: string,
  model: Module & { readonly backbone: Backbone },
  processor: DataProcessor<TaggedExample, Feature, ModelInput>,
  [begin, end]: readonly string[] = [],
): Reader {
  return {
    name,
    async vectors(of) {
      const features = of.flatMap(({ words }) =>
        processor.features({ words: begin === undefined ? words : [begin, ...words, end!] }),
      );
      const found: number[][] = [];
      for (let start = 0; start < of.length; start += BATCH) {
        const some = features.slice(start, start + BATCH);
        const batch = processor.collate(some);
        const { lastHidden } = model.backbone.encode(batch);
        const rows = await lastHidden.array(); // [B][T][C]
        for (const [i, { firstTokens }] of some.entries()) {
          const { place } = of[start + i]!;
          found.push(rows[i]![firstTokens[begin === undefined ? place : place + 1]!]!);
        }
        dispose([lastHidden, ...Object.values(batch)]);
      }
      return found;
    },
    [Symbol.dispose]: () => model.dispose(),
  };
}
