// The same small BERT trained on the same rows of tokens with the same budget, here and in PyTorch.
import { join } from 'node:path';
import { writeSafetensors } from '@tenon/checkpoints';
import { type BertTextFeature, batches, type TextExample } from '@tenon/data';
import { SequenceClassification } from '@tenon/heads';
import { warmupLinear } from '@tenon/optim';
import {
  type TextClassification,
  Trainer,
  type TrainingArguments,
  textClassification,
} from '@tenon/trainers';
import { dispose } from '@tensorflow/tfjs-core';
import { publishedTokenizer } from '../../data-sets.ts';
import type { ArmContext, Experiment, Figures, Outcome } from '../experiment.ts';
import { noWorseThanArm, short } from '../verdicts.ts';
import { scratchArguments, smallBert } from './bert-from-scratch.ts';
import { askPeer } from './peer.ts';

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

/** What dropout drops in PyTorch: its own draw, or, place by place, what it drops here. */
type Dropout = 'own' | 'shared';

/**
 * Both sides start from the same weights and see the same batches; `pytorch` draws its own dropout. With `pytorch-masks` nothing
 * is left in which the two may differ, so that it has to come to the same figure.
 */
export function besidePyTorch(options: BesidePyTorchOptions): Experiment {
  return {
    name: options.name,
    question: options.question,
    arms: {
      tenon: (context) => here(options, context),
      pytorch: (context) => there(options, 'own', context),
      'pytorch-masks': (context) => there(options, 'shared', context),
    },
    verdict: (outcome) => `${noWorseThanArm('pytorch', 'tenon', 'accuracy')(outcome)}; ${sameMasks(outcome)}`,
  };
}

function sameMasks({ tenon, 'pytorch-masks': shared }: Outcome): string {
  const apart = tenon!.map(({ accuracy }, i) => Math.abs(accuracy! - shared![i]!['accuracy']!));
  const same = apart.filter((difference) => difference === 0).length;
  return `with the same dropout PyTorch comes to the same in ${same} of ${apart.length} seeds, elsewhere within ${short(Math.max(...apart))}`;
}

async function prepare(options: BesidePyTorchOptions, { data, seed }: ArmContext) {
  const { vocabulary, labels, maxLength, load } = options;
  const tokenizer = await publishedTokenizer(data, vocabulary);
  const task = textClassification({ tokenizer, labels, maxLength });
  const backbone = smallBert(tokenizer.vocabularySize, seed, { contextLength: maxLength });
  const model = new SequenceClassification(backbone, { labels });
  return { task, model, config: backbone.config, ...(await load(data)) };
}

async function here(options: BesidePyTorchOptions, context: ArmContext): Promise<Figures> {
  const { task, model, train, dev } = await prepare(options, context);
  const { seed, say } = context;
  using _ = model;
  const trainer = new Trainer({
    model,
    task,
    args: scratchArguments(seed, options.epochs),
    trainDataset: train,
    evalDataset: dev,
    callbacks: [{ onEvaluate: ({ metrics }) => say(JSON.stringify(metrics)) }],
  });
  const { evaluation } = await trainer.train();
  return { accuracy: evaluation!.metrics!['accuracy']! };
}

async function there(options: BesidePyTorchOptions, dropout: Dropout, context: ArmContext): Promise<Figures> {
  const { accuracy } = await askPeer({
    script: 'torch_classifier.py',
    request: (folder) => requestOf(options, dropout, context, join(folder, 'weights.safetensors')),
    say: context.say,
  });
  return { accuracy: accuracy! };
}

/** What peers/torch_classifier.py reads. The first weights are left in `weights`. */
async function requestOf(
  options: BesidePyTorchOptions,
  dropout: Dropout,
  context: ArmContext,
  weights: string,
): Promise<object> {
  const { task, model, config, train, dev } = await prepare(options, context);
  using _ = model;
  await writeSafetensors(weights, model.stateDict());
  const args = scratchArguments(context.seed, options.epochs);
  const featuresOf = (examples: readonly TextExample[]) =>
    examples.flatMap((example) => task.features(example));
  const rowsOf = (features: readonly BertTextFeature[]) =>
    features.map(({ inputIds, tokenTypeIds, label }) => ({
      ids: [...inputIds],
      types: [...tokenTypeIds],
      label,
    }));
  const features = featuresOf(train);
  const epochs = await plannedBatches(features, task, args);
  return {
    seed: context.seed,
    weights,
    dropout,
    config: {
      num_hidden_layers: config.layers,
      num_attention_heads: config.heads,
      hidden_dropout_prob: config.dropout,
      attention_probs_dropout_prob: config.attentionDropout,
    },
    training: { weightDecay: args.weightDecay, maxGradNorm: args.maxGradNorm, epsilon: 1e-8 },
    rates: plannedRates(args, epochs.flat().length),
    epochs,
    train: rowsOf(features),
    dev: rowsOf(featuresOf(dev)),
  };
}

/** Which rows the Trainer takes together, and to which length it pads them, epoch by epoch. */
async function plannedBatches(
  features: readonly BertTextFeature[],
  task: TextClassification,
  args: TrainingArguments,
) {
  const places = new Map(features.map((feature, place) => [feature, place]));
  const planned: { readonly rows: readonly number[]; readonly length: number }[] = [];
  const source = batches(features, {
    batchSize: args.perDeviceTrainBatchSize!,
    epochs: args.numTrainEpochs!,
    seed: args.seed!,
    shuffle: true,
    collate(together) {
      const { inputIds, ...others } = task.collate(together);
      dispose([inputIds, ...Object.values(others)]);
      return { rows: together.map((feature) => places.get(feature)!), length: inputIds.shape[1] };
    },
  });
  for (let batch = await source.next(); batch !== undefined; batch = await source.next()) planned.push(batch);
  const { batchesPerEpoch } = source;
  return Array.from({ length: args.numTrainEpochs! }, (_, epoch) =>
    planned.slice(epoch * batchesPerEpoch!, (epoch + 1) * batchesPerEpoch!),
  );
}

/** The Trainer's rates: linear, and the first update has its share already. */
function plannedRates({ learningRate: peak, warmupSteps }: TrainingArguments, totalSteps: number): number[] {
  const start = peak! / (warmupSteps! + 1);
  const schedule = warmupLinear({ peak: peak!, warmupSteps: warmupSteps!, totalSteps, start });
  return Array.from({ length: totalSteps }, (_, step) => schedule(step));
}
