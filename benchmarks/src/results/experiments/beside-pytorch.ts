// The same small BERT trained on the same rows of tokens with the same budget, here and in PyTorch.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TenonError } from '@tenon/core';
import type { TextExample } from '@tenon/data';
import { SequenceClassification } from '@tenon/heads';
import { Trainer, textClassification } from '@tenon/trainers';
import { publishedTokenizer } from '../../data-sets.ts';
import { findPyTorch, PYTORCH_ASLEEP } from '../../programs.ts';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { noWorseThanArm } from '../verdicts.ts';
import { scratchArguments, smallBert } from './bert-from-scratch.ts';

interface ClassificationData {
  readonly train: readonly TextExample[];
  readonly dev: readonly TextExample[];
}

export interface BesidePyTorchOptions {
  readonly name: string;
  readonly question: string;
  readonly vocabulary: 'uncased' | 'chinese';
  readonly labels: readonly string[];
  readonly maxLength: number;
  readonly epochs: number;
  readonly load: (data: string) => Promise<ClassificationData>;
}

export function besidePyTorch(options: BesidePyTorchOptions): Experiment {
  return {
    name: options.name,
    question: options.question,
    arms: { tenon: (context) => here(options, context), pytorch: (context) => there(options, context) },
    verdict: noWorseThanArm('pytorch', 'tenon', 'accuracy'),
  };
}

async function prepare({ vocabulary, labels, maxLength, load }: BesidePyTorchOptions, data: string) {
  const tokenizer = await publishedTokenizer(data, vocabulary);
  const task = textClassification({ tokenizer, labels, maxLength });
  return { tokenizer, task, ...(await load(data)) };
}

async function here(options: BesidePyTorchOptions, { seed, data, say }: ArmContext): Promise<Figures> {
  const { tokenizer, task, train, dev } = await prepare(options, data);
  const { labels, maxLength, epochs } = options;
  const backbone = smallBert(tokenizer.vocabularySize, seed, { contextLength: maxLength });
  using model = new SequenceClassification(backbone, { labels });
  const trainer = new Trainer({
    model,
    task,
    args: scratchArguments(seed, epochs),
    trainDataset: train,
    evalDataset: dev,
    callbacks: [{ onEvaluate: ({ metrics }) => say(JSON.stringify(metrics)) }],
  });
  const { evaluation } = await trainer.train();
  return { accuracy: evaluation!.metrics!['accuracy']! };
}

async function there(options: BesidePyTorchOptions, { seed, data, say }: ArmContext): Promise<Figures> {
  const { tokenizer, task, train, dev } = await prepare(options, data);
  const { labels, maxLength, epochs } = options;
  const rows = (examples: readonly TextExample[]) =>
    examples.flatMap((example) =>
      task.features(example).map(({ inputIds, tokenTypeIds }) => ({
        ids: [...inputIds],
        types: [...tokenTypeIds],
        label: labels.indexOf(String(example.label)),
      })),
    );
  const args = scratchArguments(seed, epochs);
  const request = {
    seed,
    labels: labels.length,
    config: {
      vocab_size: tokenizer.vocabularySize,
      hidden_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      intermediate_size: 128,
      max_position_embeddings: maxLength,
      hidden_dropout_prob: 0.1,
      attention_probs_dropout_prob: 0.1,
    },
    training: {
      epochs,
      batchSize: args.perDeviceTrainBatchSize,
      learningRate: args.learningRate,
      warmupSteps: args.warmupSteps,
      weightDecay: args.weightDecay,
      maxGradNorm: args.maxGradNorm,
      epsilon: 1e-8,
    },
    train: rows(train),
    dev: rows(dev),
  };
  const folder = await mkdtemp(join(tmpdir(), 'tenon-results-'));
  try {
    const file = join(folder, 'request.json');
    await writeFile(file, JSON.stringify(request));
    return await runPyTorch(file, say);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runPyTorch(file: string, say: (text: string) => void): Promise<Figures> {
  const program = findPyTorch(2)
    ?.programs('torch_classifier.py', file)
    .find(({ name }) => name === PYTORCH_ASLEEP);
  if (program === undefined) {
    throw new TenonError({
      subject: 'the arm pytorch',
      expected: 'a Python with PyTorch on the path',
      got: 'none',
      advice:
        'Install it (Debian: python3-torch libopenblas0-pthread), name one by TENON_PYTHON, or pass --arms tenon.',
    });
  }
  const child = spawn(program.command, program.args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...program.env },
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let last: { accuracy: number } | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line) as { accuracy: number }; // the peer writes nothing else
    say(line);
  }
  if ((await ended) === 0 && last !== undefined) return { accuracy: last.accuracy };
  throw new TenonError({
    subject: 'the arm pytorch',
    expected: 'an accuracy',
    got: 'a program that ended without',
    advice: 'What it printed above says why.',
  });
}
