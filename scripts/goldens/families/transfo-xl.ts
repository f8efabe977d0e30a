// transfo_xl/model: segments of a text, one after the other with the memory between them, gradients and training runs.
// B batch, T time, M memory, C channels, L layers. The goldens have the time first: [T, B, …].
import { fromPretrained } from '@tenon/checkpoints';
import { defineModel, type ModelSpec, type Parameter } from '@tenon/core';
import type { ClusterOrder, SegmentMemory } from '@tenon/layers';
import { type TransformerXL, type TransformerXLConfig, transformerXL } from '@tenon/models';
import { createOptimizer, type GradientTransform, valueAndGradients } from '@tenon/optim';
import {
  addN,
  concat,
  logSoftmax,
  mean,
  type Rank,
  reshape,
  type Scalar,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { type Comparison, FLOAT64, TRAINING } from '../comparison.ts';
import type { Facts } from '../facts.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase, GoldenTensors } from '../golden-case.ts';
import { OPTIMIZERS } from '../optimizers.ts';

/** What a model reads, and what follows each of its tokens: int32 [B, T]. */
interface Segment {
  readonly inputIds: Tensor2D;
  readonly targets: Tensor2D;
}

export const transfoXL: GoldenFamily = {
  family: 'transfo_xl',
  knows: (kind) => kind === 'model',
  async run(golden, { comparison }) {
    const segments = await readSegments(golden);
    const model = await load(golden, 'original');
    try {
      compareSegments(model, segments, golden.tensors('golden.safetensors'), comparison);
      compareLosses('', model, segments, golden.facts.numbers('segment_losses'), comparison);
      compareGradients(golden, model, segments, comparison);
    } finally {
      model.dispose();
    }
    const others = golden.facts.object('cross_check_hf46');
    if (others.has('hf_segment_losses')) {
      const huggingFace = await load(golden, 'huggingFace');
      compareLosses('Hugging Face ', huggingFace, segments, others.numbers('hf_segment_losses'), comparison);
      huggingFace.dispose();
    }
    if (golden.has('train.json')) await compareTraining(golden, segments, comparison);
    for (const { inputIds, targets } of segments) {
      inputIds.dispose();
      targets.dispose();
    }
  },
};

/** The model of a case. Its file does not say in which order its clusters are. */
async function load(golden: GoldenCase, clusterOrder: ClusterOrder): Promise<TransformerXL> {
  const ordered: ModelSpec<TransformerXLConfig, TransformerXL> = defineModel(
    (config, options) => transformerXL({ ...config, clusterOrder }, options),
    transformerXL,
  );
  return (await fromPretrained(ordered, golden.modelFolder)).backbone;
}

/** The stream in segments, each target being the token after. */
async function readSegments(golden: GoldenCase): Promise<Segment[]> {
  const stream = (await golden.json('inputs.json')).rows('stream_time_major');
  const T = (await golden.json('config.json')).number('tgt_len');
  const rows = (start: number): Tensor2D =>
    tidy(() => transpose(tensor2d(stream.slice(start, start + T), undefined, 'int32')));
  return Array.from({ length: Math.floor((stream.length - 1) / T) }, (_, s) => ({
    inputIds: rows(s * T),
    targets: rows(s * T + 1),
  }));
}

const memoryFor = (model: TransformerXL, { inputIds }: Segment): SegmentMemory | undefined =>
  model.initialState?.(inputIds.shape[0]);

/** −log p of a segment's targets, [B, T]; the memory goes on. */
function nllOf(model: TransformerXL, lastHidden: Tensor3D, targets: Tensor2D): Tensor2D {
  const rows = reshape<Rank.R2>(lastHidden, [-1, model.hiddenSize]);
  const flat = reshape<Rank.R1>(targets, [targets.size]);
  return reshape(model.scorer.negativeLogLikelihood(rows, flat), targets.shape);
}

/** The mean loss of a segment. */
function lossOf(model: TransformerXL, { inputIds, targets }: Segment, memory?: SegmentMemory): Scalar {
  return tidy(() => {
    const { lastHidden } = model.encode({ inputIds }, memory ? { state: memory } : {});
    return mean(nllOf(model, lastHidden, targets));
  });
}

function compareSegments(
  model: TransformerXL,
  segments: readonly Segment[],
  expected: GoldenTensors,
  comparison: Comparison,
): void {
  const compare = (name: string, tensor: Tensor): void => {
    const timeFirst = transpose(tensor, [1, 0, ...tensor.shape.map((_, axis) => axis).slice(2)]);
    comparison.numbers(name, timeFirst.dataSync(), expected.take(name).values);
  };
  const state = memoryFor(model, segments[0]!);
  tidy(() => {
    const tops: Tensor3D[] = [];
    for (const [s, { inputIds, targets }] of segments.entries()) {
      const options = { hiddenStates: true, ...(state ? { state } : {}) };
      const { lastHidden, hiddenStates = [] } = model.encode({ inputIds }, options);
      // Where positions are added to the embeddings, the goldens have these without them.
      const embedded =
        model.config.positions === 'sinusoidal' ? model.word_emb.forward(inputIds) : hiddenStates[0]!;
      for (const [i, states] of [embedded, ...hiddenStates.slice(1)].entries())
        compare(`seg${s}.hidden.${i}`, states);
      compare(`seg${s}.nll`, nllOf(model, lastHidden, targets));
      compare(`seg${s}.logprobs`, logSoftmax(model.scorer.logits(lastHidden)));
      if (state === undefined) continue;
      // The original also keeps what the last layer gave, though no layer reads it.
      tops.push(lastHidden);
      const memories = [...model.layers.keys()].map((layer) => state.read(layer));
      for (const [i, memory] of [...memories, concat(tops, 1)].entries()) {
        const length = Math.min(state.length, state.memoryLength);
        compare(`seg${s}.mems.${i}`, slice(memory, [0, memory.shape[1] - length, 0]));
      }
    }
  });
  state?.dispose();
}

function compareLosses(
  title: string,
  model: TransformerXL,
  segments: readonly Segment[],
  expected: readonly number[],
  comparison: Comparison,
): void {
  const state = memoryFor(model, segments[0]!);
  const losses = segments.map((segment) => tidy(() => lossOf(model, segment, state).dataSync()[0]!));
  state?.dispose();
  comparison.numbers(`${title}segment losses`, losses, expected);
}

/** Of the sum of all segments' losses. No gradient goes through the memory. */
function compareGradients(
  golden: GoldenCase,
  model: TransformerXL,
  segments: readonly Segment[],
  comparison: Comparison,
): void {
  const expected = golden.tensors('grads.safetensors');
  const { value, gradients } = valueAndGradients(
    () =>
      tidy(() => {
        const state = memoryFor(model, segments[0]!);
        const losses = segments.map((segment) => lossOf(model, segment, state));
        state?.dispose();
        return addN(losses) as Scalar;
      }),
    underCheckpointNames(model),
  );
  comparison.number('loss', value.dataSync()[0]!, golden.facts.number('loss'));
  value.dispose();
  for (const [name, gradient] of gradients) {
    if (expected.has(name))
      comparison.numbers(`gradient ${name}`, gradient.dataSync(), expected.take(name).values);
    else comparison.fail(`gradient ${name}: expected it in grads.safetensors, got none there`);
    gradient.dispose();
  }
}

function underCheckpointNames(model: TransformerXL): Map<string, Parameter> {
  const { prefix, outside } = transformerXL;
  return new Map(
    [...model.parameters()].map(([name, value]) => [outside!.test(name) ? name : prefix + name, value]),
  );
}

async function compareTraining(
  golden: GoldenCase,
  segments: readonly Segment[],
  comparison: Comparison,
): Promise<void> {
  const runs = (await golden.json('train.json')).object('runs');
  for (const name of runs.names) {
    const run = runs.object(name);
    const order = 'step % n_segments; mems reset to empty when step % n_segments == 0';
    const rule = OPTIMIZERS[name];
    if (rule === undefined || run.string('segment_of_step') !== order) {
      comparison.unknown.push(`train.json: ${name}`);
      continue;
    }
    const model = await load(golden, 'original');
    await compareRun(run, rule(run), model, segments, comparison);
    const final = golden.tensors(`train_${name}_final.safetensors`);
    for (const [path, value] of underCheckpointNames(model)) {
      const isNoise = path.endsWith('.r_net.weight') ? noisyColumns(model.config) : () => false;
      const keep = (values: ArrayLike<number>): number[] =>
        Array.from(values).filter((_, i) => !isNoise(i % value.shape.at(-1)!));
      comparison.numbers(`after training ${path}`, keep(value.dataSync()), keep(final.take(path).values));
    }
    comparison.leftOut.push(SLOW_COSINES);
    model.dispose();
  }
}

const SLOW_COSINES =
  'after training the columns of r_net that project cosines of nearly 1 (a constant changes no attention weight: their true gradient is nearly zero, and Adam amplifies rounding noise)';

/** Columns of the cosines that differ by less than 0.01 over all distances that there are. */
function noisyColumns({
  hiddenSize,
  memoryLength,
  segmentLength,
}: TransformerXLConfig): (column: number) => boolean {
  const half = hiddenSize / 2;
  const angle = (column: number): number => (memoryLength + segmentLength) * 10_000 ** (1 - column / half);
  return (column) => column >= half && angle(column) < Math.acos(0.99);
}

async function compareRun(
  run: Facts,
  rule: GradientTransform,
  model: TransformerXL,
  segments: readonly Segment[],
  comparison: Comparison,
): Promise<void> {
  const parameters = underCheckpointNames(model);
  const optimizer = createOptimizer(rule, parameters);
  const seen = { losses: [] as number[], lr_used: [] as number[], grad_norm_before_clip: [] as number[] };
  let state: SegmentMemory | undefined;
  for (let step = 0; step < run.number('steps'); step++) {
    const segment = segments[step % segments.length]!;
    if (step % segments.length === 0) {
      state?.dispose();
      state = memoryFor(model, segment);
    }
    const { value, gradients } = valueAndGradients(() => lossOf(model, segment, state), parameters);
    const { learningRate, gradientNorm } = optimizer.update(gradients);
    for (const tensor of gradients.values()) tensor.dispose();
    seen.losses.push((await value.data())[0]!);
    seen.lr_used.push(learningRate!);
    seen.grad_norm_before_clip.push((await gradientNorm!.data())[0]!);
    value.dispose();
    gradientNorm!.dispose();
  }
  state?.dispose();
  optimizer.dispose();
  for (const [name, got] of Object.entries(seen))
    comparison.numbers(`training ${name}`, got, run.numbers(name), name === 'lr_used' ? FLOAT64 : TRAINING);
  const norms = run.object('final_param_norm');
  const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
  comparison.numbers(
    'training final_param_norm',
    norms.names.map((name) => norm(parameters.get(name)?.dataSync() ?? [Number.NaN])),
    norms.names.map((name) => norms.number(name)),
    TRAINING,
  );
}
