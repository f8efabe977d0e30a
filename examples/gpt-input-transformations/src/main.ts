// Pre-trains one small GPT on the texts of four tasks, then fine-tunes it on each of them by GPT's input transformations
// (Radford et al. 2018): a task becomes rows of tokens that a language model reads from left to right.
import { RandomStream } from '@tenon/core';
import { tokenWindows } from '@tenon/data';
import { fallingLoss, printTable, runExample } from '@tenon/example-kit';
import { CausalLM } from '@tenon/heads';
import { type GPTConfig, gpt, gptBase } from '@tenon/models';
import { trainBPE } from '@tenon/tokenizers/training';
import { Trainer } from '@tenon/trainers';
import { progressBar } from '@tenon/trainers/progress';
import { TASKS } from './data/examples.ts';
import { CONTEXT, lesson, SPECIAL_TOKENS } from './lessons.ts';
import { writeResults } from './results.ts';

await runExample(
  {
    purpose: 'One small GPT learns to classify, to tell what follows, to compare and to choose.',
    data: 'a table of your own (TSV, CSV, JSONL, Parquet) for one --task',
    options: {
      task: { text: 'one task instead of all four; with --data classification', choices: TASKS },
      columns: { text: 'columns of --data: texts, then the label, as in premise,hypothesis,label' },
      epochs: { text: 'passes over the examples of each task', value: 6, short: 4 },
      pretrainSteps: { text: 'updates as a language model before', value: 1000, short: 6, least: 0 },
    },
  },
  async (run) => {
    const { task, data, epochs, pretrainSteps, seed, out, signal } = run;
    const names = task ?? (data === undefined ? undefined : 'classification');
    const lessons = await Promise.all(
      TASKS.filter((name) => names === undefined || name === names).map((name) => lesson(name, run)),
    );

    // The language: a vocabulary with three tokens for the transformations, and a model that foretells the next token.
    const texts = lessons.flatMap(({ parts }) => parts.reading);
    const specialTokens = ['<unk>', ...Object.values(SPECIAL_TOKENS)];
    const tokenizer = await trainBPE(texts, { vocabularySize: 800, specialTokens });
    const config: GPTConfig = {
      ...gptBase,
      ...{
        vocabularySize: tokenizer.vocabularySize,
        contextLength: CONTEXT,
        hiddenSize: 96,
        layers: 3,
        heads: 4,
      },
      ...{ embeddingDropout: 0, attentionDropout: 0, residualDropout: 0, initializerRange: 0.1 },
    };
    const backbone = gpt(config, { random: new RandomStream(seed) });
    using model = new CausalLM(backbone);
    const { start, extract } = SPECIAL_TOKENS;
    const ids = tokenizer.encodeIds(texts.map((text) => `${start}${text}${extract}`).join(''), {
      allowedSpecial: 'all',
    });
    console.log(`texts     ${texts.length}, ${ids.length} tokens of ${tokenizer.vocabularySize}`);
    if (pretrainSteps > 0) {
      const trainer = new Trainer({
        model,
        args: {
          maxSteps: pretrainSteps,
          learningRate: 2e-3,
          lrSchedulerType: 'cosine',
          warmupRatio: 0.05,
          seed,
        },
        trainBatches: tokenWindows(ids, { length: CONTEXT, batchSize: 16, seed }),
        callbacks: [progressBar(), fallingLoss()],
        signal,
      });
      await trainer.train();
    }

    // The tasks: each starts from the language model's weights.
    const results = [];
    for (const each of lessons) {
      if (signal.aborted) return;
      console.log(
        `\n${each.name}: ${each.parts.train.length} examples, ${each.parts.heldOut.length} held out`,
      );
      using own = gpt(config);
      own.loadStateDict(backbone.stateDict());
      const learned = await each.learn({
        backbone: own,
        tokenizer,
        epochs,
        seed,
        callbacks: [progressBar(), fallingLoss()],
        signal,
      });
      for (const row of learned.rows) console.log(`  ${row}`);
      results.push({ ...each, ...learned });
    }
    if (signal.aborted) return;
    printTable(
      ['held out', 'examples', 'accuracy', 'most frequent answer'],
      results.map(({ name, parts, accuracy, baseline }) => [name, parts.heldOut.length, accuracy, baseline]),
    );
    await writeResults(`${out}/report.html`, results);
  },
);
