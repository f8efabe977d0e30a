// learning_curves/gpt2_char_<data set>: trains a character GPT-2 from scratch with the file's configuration. It
// passes when the validation loss in the end is at most the highest of the reference's runs.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RandomStream, TenonError } from '@tenon/core';
import { splitTokens, tokenWindows } from '@tenon/data';
import { CausalLM } from '@tenon/heads';
import { type GPT2Config, gpt2, gpt2Small } from '@tenon/models';
import { adamW, chain, clipByGlobalNorm, type GradientTransform, warmupCosine } from '@tenon/optim';
import { trainCharTokenizer } from '@tenon/tokenizers/training';
import { evaluate, train } from '@tenon/trainers';
import { Facts } from '../facts.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase } from '../golden-case.ts';

const KIND = /^gpt2_char_(?<dataSet>.+)$/;
const SPLIT = /train first (?<percent>\d+) %, val = first (?<windows>\d+) non-overlapping windows/;
const SEED = 1;

export const gpt2LearningCurve: GoldenFamily = {
  family: 'learning_curves',
  knows: (kind) => KIND.test(kind),
  async run(golden, { comparison, backend, data }) {
    if (data === undefined) {
      comparison.skipped = 'skipped: it trains on a data set, whose folder --data names';
    } else if (backend === 'cpu') {
      comparison.skipped = 'skipped: on this backend it would train for an hour; onnx runs it';
    } else {
      const loss = await validationLoss(golden, await readText(golden, data));
      comparison.atMost('validation loss', loss, highestLoss(golden));
    }
  },
};

/** The text of the data set that the kind is named after. */
async function readText(golden: GoldenCase, data: string): Promise<string> {
  const folder = join(data, KIND.exec(golden.kind)!.groups!['dataSet']!);
  const origin = await Facts.read(join(folder, 'ORIGIN.json'));
  return readFile(join(folder, origin.objects('files')[0]!.string('file')), 'utf8');
}

/** The reference's runs are lists of [iteration, validation loss]: the highest of their last losses. */
function highestLoss({ facts }: GoldenCase): number {
  const { shape, values } = facts.nested('runs');
  const perRun = values.length / shape[0]!;
  return Math.max(...values.filter((_, i) => i % perRun === perRun - 1));
}

/** Nats a character, after training with the case's configuration. */
async function validationLoss(golden: GoldenCase, text: string): Promise<number> {
  const config = golden.facts.object('config');
  const { percent, windows } = splitOf(golden.facts.string('data'));
  const tokenizer = await trainCharTokenizer(text);
  const parts = splitTokens(tokenizer.encodeIds(text), { validation: 1 - percent / 100 });
  const size = { length: config.number('block'), batchSize: config.number('batch') };

  const backbone = gpt2(modelConfig(config, tokenizer.vocabularySize), { random: new RandomStream(SEED) });
  using model = new CausalLM(backbone);
  await train({
    objective: model,
    optimizer: ruleOf(config.object('adamw')),
    batches: tokenWindows(parts.train, { ...size, seed: SEED }),
    steps: config.object('adamw').number('iters'),
    seed: SEED,
  });
  const validation = parts.validation.subarray(0, windows * size.length + 1);
  return (await evaluate(model, tokenWindows(validation, { ...size, order: 'sequential' }))).loss;
}

/** The data's description in words says how it is split. */
function splitOf(description: string): { percent: number; windows: number } {
  const groups = SPLIT.exec(description)?.groups;
  if (groups === undefined) {
    throw new TenonError({
      subject: 'learning curve, data',
      expected: '"train first N %, val = first N non-overlapping windows"',
      got: description,
      advice: 'Copy the golden again, or teach scripts/goldens/families/gpt2-learning-curve.ts this split.',
    });
  }
  return { percent: Number(groups['percent']), windows: Number(groups['windows']) };
}

function modelConfig(config: Facts, vocabularySize: number): GPT2Config {
  const dropout = config.number('dropout');
  return {
    ...gpt2Small,
    vocabularySize,
    contextLength: config.number('block'),
    hiddenSize: config.number('n_embd'),
    layers: config.number('n_layer'),
    heads: config.number('n_head'),
    embeddingDropout: dropout,
    attentionDropout: dropout,
    residualDropout: dropout,
  };
}

function ruleOf(adamw: Facts): GradientTransform {
  const [beta1, beta2] = adamw.numbers('betas');
  const only2D = adamw.boolean('decay_only_2d');
  const learningRate = warmupCosine({
    peak: adamw.number('lr'),
    end: adamw.number('min_lr'),
    warmupSteps: adamw.number('warmup'),
    totalSteps: adamw.number('iters'),
  });
  return chain(
    clipByGlobalNorm(adamw.number('clip')),
    adamW({
      learningRate,
      beta1: beta1!,
      beta2: beta2!,
      weightDecay: adamw.number('weight_decay'),
      decay: (_name, parameter) => !only2D || parameter.rank === 2,
    }),
  );
}
