// Trains an encoder–decoder Transformer (Vaswani et al. 2017) to write rows of letters backwards, and to translate a
// small language, and counts how many unseen texts come out exactly right.
import { parameterCount, RandomStream } from '@tenon/core';
import { runExample } from '@tenon/example-kit';
import { generate, withSource } from '@tenon/generation';
import { Seq2SeqLM } from '@tenon/heads';
import { type Transformer, transformer, transformerBase } from '@tenon/models';
import { adamW, chain, clipByGlobalNorm, warmupCosine } from '@tenon/optim';
import { train } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { END, PAD, type Pair, pairBatches, sourceInput, Vocabulary } from './pairs.ts';
import { splitPairs, type Task, tasks } from './tasks.ts';

interface Training {
  readonly steps: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Learns from most of the pairs, and says how many of the others come out exactly right. */
async function learn(task: Task, { steps, seed, signal }: Training): Promise<void> {
  const { training, unseen } = splitPairs(task.pairs);
  const vocabulary = new Vocabulary(task.pairs);
  const backbone = transformer(
    {
      ...transformerBase,
      vocabularySize: vocabulary.words.length,
      contextLength: 64,
      hiddenSize: 96,
      encoderLayers: 2,
      decoderLayers: 2,
      encoderHeads: 4,
      decoderHeads: 4,
      encoderFeedForwardSize: 256,
      decoderFeedForwardSize: 256,
      dropout: task.dropout,
      padTokenId: PAD,
      decoderStartTokenId: PAD,
      eosTokenId: END,
    },
    { random: new RandomStream(seed) },
  );
  using model = new Seq2SeqLM(backbone);
  console.log(`\n${task.name}: ${training.length} pairs to learn from, ${unseen.length} that are not among them
model     Transformer, 2 + 2 layers of 96, ${parameterCount(model)} parameters, ${vocabulary.words.length} words`);

  const learningRate = warmupCosine({ peak: 2e-3, warmupSteps: Math.ceil(steps / 10), totalSteps: steps });
  await train({
    objective: model,
    optimizer: chain(clipByGlobalNorm(1), adamW({ learningRate, beta2: 0.98 })),
    batches: pairBatches(training, vocabulary, 64, seed),
    steps,
    seed,
    callbacks: [progressBar()],
    signal,
  });
  if (signal.aborted) return;

  const written = await writeAll(backbone, unseen, vocabulary);
  const right = unseen.filter(({ target }, i) => written[i]!.join(' ') === target.join(' ')).length;
  for (const [i, { source, target }] of unseen.slice(0, 4).entries()) {
    const text = written[i]!.join(' ');
    console.log(
      `  ${source.join(' ')}\n    ${text}${text === target.join(' ') ? '' : `   (expected ${target.join(' ')})`}`,
    );
  }
  console.log(
    `${task.name}: ${right} of ${unseen.length} unseen texts exactly right, ${((100 * right) / unseen.length).toFixed(1)} %`,
  );
}

/** What the model writes from each source, always the most likely word. */
async function writeAll(
  model: Transformer,
  pairs: readonly Pair[],
  vocabulary: Vocabulary,
): Promise<string[][]> {
  const written: string[][] = [];
  for (let begin = 0; begin < pairs.length; begin += 100) {
    const input = sourceInput(pairs.slice(begin, begin + 100), vocabulary);
    using writer = withSource(model, input);
    const starts = Array.from({ length: input.inputIds.shape[0] }, () => [model.decoderStartTokenId]);
    const results = await generate(writer, starts, { greedy: true, maxNewTokens: 32, stopTokens: [END] });
    written.push(...results.map(({ tokens }) => vocabulary.text(tokens)));
    input.inputIds.dispose();
    input.attentionMask.dispose();
  }
  return written;
}

await runExample(
  {
    purpose: 'Trains a Transformer to write rows of letters backwards, and to translate a small language.',
    data: 'pairs of your own: a line each, source and target with a tab between, words with blanks',
    options: {
      task: { text: 'one of the two instead of both', choices: ['reverse', 'translate'] },
      steps: { text: 'updates of the weights for each task', value: 2000, short: 30 },
    },
    files: [],
  },
  async (run) => {
    for (const task of tasks(run)) if (!run.signal.aborted) await learn(task, run);
  },
);
