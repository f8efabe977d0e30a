// Assembles a GPT-2 from installed parts, trains it on a text, and writes with it.
import { fromPretrained } from '@tenon/checkpoints';
import { parameterCount, RandomStream } from '@tenon/core';
import { useBackend } from '@tenon/core/backend';
import { tokenWindows } from '@tenon/data';
import { CausalLM } from '@tenon/heads';
import { type GPT2Config, gpt2, gpt2Small } from '@tenon/models';
import { adamW, chain, clipByGlobalNorm, warmupCosine } from '@tenon/optim';
import { interruptSignal, metricsFile, train } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { checkShortRun } from './check-short-run.ts';
import { finish } from './finish.ts';
import { HELP, readCommand, type SampleCommand, type TrainCommand } from './options.ts';
import { exitCode, runProgram } from './program.ts';
import { Run } from './run-folder.ts';
import { ngramBaseline } from './scores.ts';
import { readText } from './text.ts';
import { END_OF_TEXT, loadVocabulary, tokenize, vocabulary } from './tokens.ts';
import { printable, samples, write } from './writing.ts';

async function pretrain(command: TrainCommand): Promise<number> {
  using signal = interruptSignal();
  using run = new Run(command);
  const { settings } = run;
  const { context, batch, steps, seed, dropout, learningRate } = settings;
  const backend = await useBackend(command.backend);

  // The text, as tokens of a byte-BPE vocabulary that is learned from it.
  const text = readText(settings);
  const tokenizer = await vocabulary(run, text);
  const tokens = tokenize(text, tokenizer, settings);
  const baseline = ngramBaseline(tokens, tokenizer.vocabularySize);

  // The model: GPT-2 in a smaller size, and a head that predicts the next token.
  const endOfText = tokenizer.tokenToId(END_OF_TEXT)!;
  const config: GPT2Config = {
    ...gpt2Small,
    vocabularySize: tokenizer.vocabularySize,
    contextLength: context,
    hiddenSize: settings.width,
    layers: settings.layers,
    heads: settings.heads,
    embeddingDropout: dropout,
    attentionDropout: dropout,
    residualDropout: dropout,
    bosTokenId: endOfText,
    eosTokenId: endOfText,
  };
  const backbone = gpt2(config, { random: new RandomStream(seed) });
  using model = new CausalLM(backbone);

  const progress = progressBar();
  progress.print(`text      ${text.origin}, ${tokens.train.length} tokens
baseline  ${baseline.name}: validation loss ${baseline.loss.toFixed(3)}
model     GPT-2, ${settings.layers} layers of ${settings.width}, ${parameterCount(model)} parameters
backend   ${backend.description}`);

  await run.begin(text, tokenizer);
  const every = Math.ceil(steps / 8);
  const warmupSteps = Math.ceil(steps / 20);
  const result = await train({
    objective: model,
    optimizer: chain(
      clipByGlobalNorm(1),
      adamW({
        learningRate: warmupCosine({
          peak: learningRate,
          warmupSteps,
          totalSteps: steps,
          start: learningRate / (warmupSteps + 1), // so that the first step learns something too
        }),
        weightDecay: 0.1,
        beta2: 0.99,
        decay: (_, parameter) => parameter.rank > 1,
      }),
    ),
    batches: tokenWindows(tokens.train, { length: context, batchSize: batch, seed }),
    steps,
    seed,
    evaluation: {
      batches: () =>
        tokenWindows(tokens.validation, {
          length: context,
          batchSize: tokens.evaluationBatch,
          order: 'sequential',
        }),
      every,
    },
    checkpoints: { folder: run.path('checkpoints'), every, resume: run.hasCheckpoints },
    identity: run.identity(text),
    callbacks: [
      progress,
      metricsFile(run.path('metrics')),
      samples({
        model: backbone,
        tokenizer,
        file: run.path('metrics'),
        prompt: settings.prompt ?? text.prompt,
        seed,
        steps,
        print: progress.print,
      }),
    ],
    signal,
  });

  await finish({ run, text, tokens, baseline, model, config, result, backend: backend.description });
  if (result.stopped === 'interrupted') return exitCode(signal);
  if (command.short) checkShortRun(run);
  return 0;
}

async function sample(command: SampleCommand): Promise<number> {
  using signal = interruptSignal();
  await useBackend(command.backend);
  const tokenizer = loadVocabulary(`${command.folder}/tokenizer.json`);
  const { backbone } = await fromPretrained(gpt2, command.folder);
  using model = backbone;
  await write(model, tokenizer, {
    ...command,
    signal,
    onText: (piece) => process.stdout.write(printable(piece)),
  });
  process.stdout.write('\n');
  return exitCode(signal);
}

await runProgram(async () => {
  const command = readCommand(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      console.log(HELP);
      return 0;
    case 'train':
      return await pretrain(command);
    case 'sample':
      return await sample(command);
  }
});
