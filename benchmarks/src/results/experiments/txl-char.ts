import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSafetensors } from '@tenon/checkpoints';
import { type BatchSource, RandomStream } from '@tenon/core';
import { type SegmentBatch, segmentBatches, splitTokens } from '@tenon/data';
import { CausalLM } from '@tenon/heads';
import { type TransformerXL, transformerXL, transformerXLEnwik8 } from '@tenon/models';
import { chain, clipByGlobalNorm, type Schedule, scaleByAdam, scaleByLearningRate } from '@tenon/optim';
import { trainCharTokenizer } from '@tenon/tokenizers/training';
import { train } from '@tenon/trainers';
import type { ArmContext, Experiment, Figures } from '../experiment.ts';
import { noWorseThan } from '../verdicts.ts';
import { askPeer } from './peer.ts';

/** learning_curves/txl_char_tinyshakespeare: with a memory of 64 its seeds end at 2.190, 2.168 and 2.196, without at 2.195 and 2.188. */
const WORST = 2.19557806968689;

const STEPS = 900;
const EVERY = 300;
const CLIP = 0.25;
const LENGTH = 32;
const TRAINING_STREAMS = 16;
/** The validation's first 1,600 places of 8 streams. */
const VALIDATION = { streams: 8, segments: 50 };

/**
 * The reference notes "warm-up × cosine to 0". Both factors count from 1: an Adam whose first update has a rate of 0 is at
 * 2.455 after 300 updates from the first weights of seed 0, where the reference is at 2.409.
 */
const rate: Schedule = (step) =>
  1e-3 * Math.min(1, (step + 1) / 100) * 0.5 * (1 + Math.cos((Math.PI * (step + 1)) / STEPS));

async function characters({ data }: ArmContext) {
  const text = await readFile(join(data, 'tinyshakespeare', 'input.txt'), 'utf8');
  const tokenizer = await trainCharTokenizer(text);
  const { vocabularySize } = tokenizer;
  return { vocabularySize, ...splitTokens(tokenizer.encodeIds(text), { validation: 0.1 }) };
}

const configOf = (vocabularySize: number, memoryLength: number) => ({
  ...transformerXLEnwik8,
  vocabularySize,
  hiddenSize: 64,
  embeddingSize: 64,
  layers: 3,
  heads: 4,
  headSize: 16,
  feedForwardSize: 256,
  dropout: 0,
  attentionDropout: 0,
  memoryLength,
  segmentLength: LENGTH,
});

/** What peers/torch_transformer_xl.py reads. */
function requestOf(config: ReturnType<typeof configOf>, seed: number, folder: string) {
  return {
    seed,
    weights: join(folder, 'weights.safetensors'),
    config: {
      vocabulary_size: config.vocabularySize,
      hidden_size: config.hiddenSize,
      inner_size: config.feedForwardSize,
      layers: config.layers,
      heads: config.heads,
      head_size: config.headSize,
      memory_length: config.memoryLength,
    },
  };
}

/** From the weights that the reference's programs draw from this seed. */
async function fromReference(memoryLength: number, context: ArmContext): Promise<Figures> {
  const text = await characters(context);
  const config = configOf(text.vocabularySize, memoryLength);
  using backbone = transformerXL(config);
  let weights = '';
  await askPeer({
    script: 'torch_transformer_xl.py',
    request: async (folder) => {
      const request = requestOf(config, context.seed, folder);
      weights = request.weights;
      return request;
    },
    onEnd: () => {
      using file = openSafetensors(weights);
      backbone.loadStateDict(file.weights);
    },
  });
  return await trained(backbone, text, context);
}

/** From weights of our own draw. */
async function fromOwn(memoryLength: number, context: ArmContext): Promise<Figures> {
  const text = await characters(context);
  const config = configOf(text.vocabularySize, memoryLength);
  using backbone = transformerXL(config, { random: new RandomStream(context.seed) });
  return await trained(backbone, text, context);
}

async function trained(
  backbone: TransformerXL,
  text: Awaited<ReturnType<typeof characters>>,
  { seed, say }: ArmContext,
): Promise<Figures> {
  const model = new CausalLM(backbone);
  const carried = backbone.config.memoryLength > 0 && {
    // A model with a memory has a state.
    state: ({ inputIds }: SegmentBatch) => backbone.initialState(inputIds.shape[0], Number.POSITIVE_INFINITY),
  };
  const segmentsOf = (ids: Int32Array, streams: number, epochs: number) =>
    segmentBatches(ids, { batchSize: streams, length: LENGTH, epochs });
  const { evaluation } = await train({
    objective: model,
    optimizer: chain(clipByGlobalNorm(CLIP), scaleByAdam(), scaleByLearningRate(rate)),
    batches: segmentsOf(text.train, TRAINING_STREAMS, Number.POSITIVE_INFINITY),
    steps: STEPS,
    seed,
    evaluation: {
      batches: () => firstOf(segmentsOf(text.validation, VALIDATION.streams, 1), VALIDATION.segments),
      every: EVERY,
    },
    callbacks: [{ onEvaluate: ({ step, loss }) => say(JSON.stringify({ step, loss })) }],
    ...carried,
  });
  return { loss: evaluation!.loss };
}

function firstOf<Batch>(source: BatchSource<Batch>, count: number): BatchSource<Batch> {
  let taken = 0;
  return {
    next: async () => (taken++ < count ? await source.next() : undefined),
    position: () => source.position(),
    seek: (position) => source.seek(position),
  };
}

/** The same model in PyTorch, which reproduces the reference's curves to the third digit. */
async function there(memoryLength: number, context: ArmContext): Promise<Figures> {
  const { vocabularySize, train, validation } = await characters(context);
  const { loss } = await askPeer({
    script: 'torch_transformer_xl.py',
    request: async (folder) => ({
      ...requestOf(configOf(vocabularySize, memoryLength), context.seed, folder),
      training: {
        streams: TRAINING_STREAMS,
        length: LENGTH,
        clip: CLIP,
        rates: Array.from({ length: STEPS }, (_, step) => rate(step)),
      },
      validation: VALIDATION,
      every: EVERY,
      texts: { train: [...train], validation: [...validation] },
    }),
    say: context.say,
  });
  return { loss: loss! };
}

export const txlChar: Experiment = {
  name: 'txl-char',
  question: 'Does Transformer-XL reach the reference on the characters of tinyshakespeare (nats)?',
  arms: {
    memory64: (context) => fromReference(64, context),
    memory0: (context) => fromReference(0, context),
    'pytorch-memory64': (context) => there(64, context),
    'pytorch-memory0': (context) => there(0, context),
    'own-memory64': (context) => fromOwn(64, context),
  },
  verdict: noWorseThan(WORST, 'memory64', 'loss', 'lower'),
};
