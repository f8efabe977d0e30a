// Kind "model": a forward pass, the loss, gradients and training runs of a class of Hugging Face with random weights.
//
// Which tensors, layers, batches and settings a case has comes from its files; what its class is, from `classes.ts`.

import type { Encoded } from '@tenon/core';
import type { KeyValueCache } from '@tenon/layers';
import { valueAndGradients } from '@tenon/optim';
import { dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Comparison } from '../comparison.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase, GoldenTensors } from '../golden-case.ts';
import { CLASSES } from '../hugging-face/classes.ts';
import type { LoadedModel, ModelClass } from '../hugging-face/model-class.ts';
import { atTokens, type GoldenInput, readInput } from '../model-inputs.ts';
import { compareTraining } from '../training-run.ts';

/** The cases of one model. */
export function huggingFace(family: string): GoldenFamily {
  return {
    family,
    knows: (kind) => kind === 'model',
    async run(golden, { comparison }) {
      const name = golden.facts.string('cls');
      const modelClass = CLASSES[name];
      if (modelClass === undefined) {
        comparison.skipped = `skipped: the class ${name} is not known yet`;
        return;
      }
      const model = await modelClass.load(golden.modelFolder);
      try {
        await compareForward(golden, modelClass, model, comparison);
        if (golden.has('leftpad.json')) await compareLeftPadding(golden, modelClass, model, comparison);
        await compareGradients(golden, model, comparison);
        await modelClass.compareMore?.(golden, model, comparison);
      } finally {
        model.dispose();
      }
      if (golden.has('train.json')) await compareTraining(golden, modelClass, comparison);
    },
  };
}

/** Hidden states, attention weights, outputs of the head, the cache after a pass over the whole input, and the loss. */
async function compareForward(
  golden: GoldenCase,
  modelClass: ModelClass,
  model: LoadedModel,
  comparison: Comparison,
): Promise<void> {
  const input = readInput(await golden.json('inputs.json'));
  const expected = golden.tensors('golden.safetensors');
  try {
    const unread = input.others.filter((name) => !modelClass.labels.includes(name));
    comparison.unknown.push(...unread.map((name) => `inputs.json: ${name}`));
    compareOutputs('', modelClass, model, input, expected, comparison);
    if (expected.has('past.0.key')) compareCache(model, input, expected, comparison);
    if (golden.facts.has('loss')) compareLoss(golden, modelClass, model, input, comparison);
  } finally {
    input.dispose();
  }
}

function compareOutputs(
  prefix: string,
  { comparesPadding = false }: ModelClass,
  model: LoadedModel,
  input: GoldenInput,
  expected: GoldenTensors,
  comparison: Comparison,
): void {
  const encoded = model.backbone.encode(input.model, { hiddenStates: true, attentions: true });
  const outputs = tidy(() => model.outputs(input));
  const compare = (name: string, tensor: Tensor | undefined, timeAxis?: number): void => {
    if (tensor === undefined) {
      comparison.fail(`${prefix}${name}: expected a tensor, got none`);
      return;
    }
    const got = { values: tensor.dataSync(), shape: tensor.shape };
    // Ours has [B, ...] where a golden with choices has [N, choices, ...]: the same values in the same order.
    const golden = { values: expected.take(name).values, shape: tensor.shape };
    const [ours, theirs] =
      timeAxis === undefined || comparesPadding
        ? [got.values, golden.values]
        : [atTokens(got, timeAxis, input), atTokens(golden, timeAxis, input)];
    comparison.numbers(prefix + name, ours, theirs);
  };
  for (const name of expected.names) {
    const [kind, layer] = name.split('.');
    if (kind === 'hidden_states') compare(name, encoded.hiddenStates?.[Number(layer)], 1);
    else if (kind === 'attentions') compare(name, encoded.attentions?.[Number(layer)], 2);
    else if (name === 'last_hidden_state') compare(name, encoded.lastHidden, 1);
    else if (name === 'pooler_output') compare(name, encoded.pooled);
    else if (outputs[name] !== undefined) compare(name, outputs[name], timeAxisOf(outputs[name], input));
  }
  dispose(outputs);
  disposeEncoded(encoded);
}

/** Scores of tokens are [B, T, …], those of sequences [B, …]. */
function timeAxisOf({ shape }: Tensor, { shape: [B, T] }: GoldenInput): number | undefined {
  return shape[0] === B && shape[1] === T ? 1 : undefined;
}

function disposeEncoded({ lastHidden, pooled, hiddenStates = [], attentions = [] }: Encoded): void {
  for (const tensor of [lastHidden, pooled, ...hiddenStates, ...attentions]) tensor?.dispose();
}

/** Keys and values through the cache: one pass over the whole input into an empty state of just that size. */
function compareCache(
  { backbone }: LoadedModel,
  input: GoldenInput,
  expected: GoldenTensors,
  comparison: Comparison,
): void {
  const state = backbone.initialState!(...input.shape) as KeyValueCache;
  disposeEncoded(backbone.encode(input.model, { state }));
  for (let layer = 0; expected.has(`past.${layer}.key`); layer++) {
    const { keys, values } = state.read(layer);
    for (const [name, tensor] of [
      ['key', keys],
      ['value', values],
    ] as const) {
      const golden = { values: expected.take(`past.${layer}.${name}`).values, shape: tensor.shape };
      const got = { values: tensor.dataSync(), shape: tensor.shape };
      comparison.numbers(`past.${layer}.${name}`, atTokens(got, 2, input), atTokens(golden, 2, input));
      tensor.dispose();
    }
  }
  state.dispose();
}

/** The loss and its parts. */
function compareLoss(
  { facts }: GoldenCase,
  { parts: names, settings = [] }: ModelClass,
  { objective }: LoadedModel,
  input: GoldenInput,
  comparison: Comparison,
): void {
  if (objective === undefined) {
    comparison.unknown.push(`loss of ${facts.string('cls')}`);
    return;
  }
  const { loss, parts = {} } = objective(input)(false);
  comparison.number('loss', loss.dataSync()[0]!, facts.number('loss'));
  const scalars = facts.has('scalars') ? facts.object('scalars') : undefined;
  for (const name of scalars?.names ?? []) {
    if (settings.includes(name)) continue;
    const part = parts[names[name] ?? ''];
    if (part === undefined) comparison.unknown.push(`meta.json, scalars: ${name}`);
    else comparison.number(name, part.dataSync()[0]!, scalars!.number(name));
  }
  dispose([loss, ...Object.values(parts)]);
}

async function compareLeftPadding(
  golden: GoldenCase,
  modelClass: ModelClass,
  model: LoadedModel,
  comparison: Comparison,
): Promise<void> {
  const input = readInput(await golden.json('leftpad.json'));
  try {
    const expected = golden.tensors('leftpad.safetensors');
    compareOutputs('leftpad ', modelClass, model, input, expected, comparison);
    comparison.leftOut.push('padded positions');
  } finally {
    input.dispose();
  }
}

async function compareGradients(
  golden: GoldenCase,
  { parameters, objective }: LoadedModel,
  comparison: Comparison,
): Promise<void> {
  if (objective === undefined || !golden.has('grads.safetensors')) return;
  const input = readInput(await golden.json('inputs.json'));
  const expected = golden.tensors('grads.safetensors');
  const run = objective(input);
  const { value, gradients } = valueAndGradients(() => run(true).loss, parameters);
  for (const [name, { size }] of parameters) {
    const got = gradients.get(name)?.dataSync() ?? new Float32Array(size); // none where the loss does not depend on it
    if (expected.has(name)) comparison.numbers(`gradient ${name}`, got, expected.take(name).values);
    else comparison.fail(`gradient ${name}: expected it in grads.safetensors, got none there`);
  }
  dispose([value, ...gradients.values()]);
  input.dispose();
}
