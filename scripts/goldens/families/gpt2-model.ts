// gpt2/model: a forward pass, gradients, a training run and generation of a GPT-2 with random weights.
//
// Which tensors, layers, batches and settings a case has comes from its files. A head that does not exist yet
// (GPT2DoubleHeadsModel's multiple choice) leaves its tensors, the loss and the gradients among what is not known.

import { fromPretrained } from '@tenon/checkpoints';
import type { Encoded, Parameter } from '@tenon/core';
import { CausalLM } from '@tenon/heads';
import type { KeyValueCache } from '@tenon/layers';
import { gpt2 } from '@tenon/models';
import { valueAndGradients } from '@tenon/optim';
import { type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { compareTraining, type Trained } from '../adamw-run.ts';
import type { Comparison } from '../comparison.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase, GoldenTensors } from '../golden-case.ts';
import { atTokens, type GoldenInput, readInput } from '../model-inputs.ts';
import { compareGeneration } from './gpt2-generation.ts';

const KEY_BIAS =
  'the key third of attn.c_attn.bias after training, and its norm (its true gradient is zero: Adam amplifies rounding noise)';

export const gpt2Model: GoldenFamily = {
  family: 'gpt2',
  knows: (kind) => kind === 'model',
  async run(golden, { comparison }) {
    const { model } = await fromPretrained(gpt2, golden.modelFolder, { task: CausalLM });
    try {
      await compareForward(golden, model, comparison);
      if (golden.has('leftpad.json')) await compareLeftPadding(golden, model, comparison);
      if (golden.facts.string('cls') === 'GPT2LMHeadModel') {
        await compareGradients(golden, model, comparison);
        if (golden.has('generation.json')) await compareGeneration(golden, model.backbone, comparison);
      } else comparison.unknown.push(`loss of ${golden.facts.string('cls')}`);
    } finally {
      model.dispose();
    }
    if (golden.facts.string('cls') === 'GPT2LMHeadModel' && golden.has('train.json')) {
      await compareTraining(golden, () => startTraining(golden), comparison);
      comparison.leftOut.push(KEY_BIAS);
    }
  },
};

/** Hidden states, attention weights, logits, the cache after a pass over the whole input, and the loss. */
async function compareForward(golden: GoldenCase, model: CausalLM, comparison: Comparison): Promise<void> {
  const input = readInput(await golden.json('inputs.json'));
  const expected = golden.tensors('golden.safetensors');
  try {
    compareEncoded('', model, input, expected, comparison);
    if (expected.has('past.0.key')) compareCache(model, input, expected, comparison);
    const loss = lossName(golden);
    if (loss !== undefined && input.batch.labels !== undefined) {
      const { loss: value } = model.loss({ ...input.batch, labels: input.batch.labels }, { training: false });
      comparison.number(loss.name, take(value)[0]!, loss.expected);
    }
  } finally {
    input.dispose();
  }
}

/** The language model's loss: the case's own, or its share of a double head's. */
function lossName({ facts }: GoldenCase): { name: string; expected: number } | undefined {
  if (facts.string('cls') === 'GPT2LMHeadModel') return { name: 'loss', expected: facts.number('loss') };
  const scalars = facts.object('scalars');
  return scalars.has('lm_loss') ? { name: 'lm_loss', expected: scalars.number('lm_loss') } : undefined;
}

function compareEncoded(
  prefix: string,
  model: CausalLM,
  input: GoldenInput,
  expected: GoldenTensors,
  comparison: Comparison,
): void {
  const encoded = model.backbone.encode(input.batch, { hiddenStates: true, attentions: true });
  const logits = tidy(() => model.backbone.scorer!.logits(encoded.lastHidden));
  const compare = (name: string, tensor: Tensor | undefined, timeAxis: number): void => {
    if (tensor === undefined) {
      comparison.fail(`${prefix}${name}: expected a tensor, got none`);
      return;
    }
    const got = { values: tensor.dataSync(), shape: tensor.shape };
    // Ours has [B, ...] where a golden with choices has [N, choices, ...]: the same values in the same order.
    const golden = { values: expected.take(name).values, shape: tensor.shape };
    comparison.numbers(prefix + name, atTokens(got, timeAxis, input), atTokens(golden, timeAxis, input));
  };
  for (const name of expected.names) {
    const [kind, layer] = name.split('.');
    if (kind === 'hidden_states') compare(name, encoded.hiddenStates?.[Number(layer)], 1);
    else if (kind === 'attentions') compare(name, encoded.attentions?.[Number(layer)], 2);
    else if (name === 'logits') compare(name, logits, 1);
    else if (name === 'last_hidden_state') compare(name, encoded.lastHidden, 1);
  }
  logits.dispose();
  disposeEncoded(encoded);
}

function disposeEncoded({ lastHidden, hiddenStates = [], attentions = [] }: Encoded): void {
  for (const tensor of new Set<Tensor>([lastHidden, ...hiddenStates, ...attentions])) tensor.dispose();
}

/** Keys and values through the cache: one pass over the whole input into an empty state of just that size. */
function compareCache(
  model: CausalLM,
  input: GoldenInput,
  expected: GoldenTensors,
  comparison: Comparison,
): void {
  const state = model.backbone.initialState!(...input.shape) as KeyValueCache;
  disposeEncoded(model.backbone.encode(input.batch, { state }));
  for (let layer = 0; expected.has(`past.${layer}.key`); layer++) {
    const { keys, values } = state.read(layer);
    for (const [name, tensor] of [
      ['key', keys],
      ['value', values],
    ] as const) {
      const golden = { values: expected.take(`past.${layer}.${name}`).values, shape: tensor.shape };
      const got = { values: take(tensor), shape: tensor.shape };
      comparison.numbers(`past.${layer}.${name}`, atTokens(got, 2, input), atTokens(golden, 2, input));
    }
  }
  state.dispose();
}

async function compareLeftPadding(
  golden: GoldenCase,
  model: CausalLM,
  comparison: Comparison,
): Promise<void> {
  const input = readInput(await golden.json('leftpad.json'));
  try {
    compareEncoded('leftpad ', model, input, golden.tensors('leftpad.safetensors'), comparison);
    comparison.leftOut.push('padded positions');
  } finally {
    input.dispose();
  }
}

async function compareGradients(golden: GoldenCase, model: CausalLM, comparison: Comparison): Promise<void> {
  if (!golden.has('grads.safetensors')) return;
  const input = readInput(await golden.json('inputs.json'));
  const expected = golden.tensors('grads.safetensors');
  const { parameters, loss } = trained(model);
  const { value, gradients } = valueAndGradients(() => loss(input.batch), parameters);
  for (const [name, gradient] of gradients) {
    if (expected.has(name))
      comparison.numbers(`gradient ${name}`, gradient.dataSync(), expected.take(name).values);
    else comparison.fail(`gradient ${name}: expected it in grads.safetensors, got none there`);
    gradient.dispose();
  }
  value.dispose();
  input.dispose();
}

/** The parameters under the checkpoint's names, and the loss. */
function trained(model: CausalLM): Trained {
  const backbone = [...model.backbone.parameters()];
  const parameters = new Map<string, Parameter>(backbone.map(([name, value]) => [gpt2.prefix + name, value]));
  return {
    parameters,
    loss: ({ labels, ...input }): Scalar =>
      model.loss({ ...input, labels: labels! }, { training: true }).loss,
    isNoise: (name, index, size) =>
      name.endsWith('.attn.c_attn.bias') && Math.floor((3 * index) / size) === 1,
  };
}

async function startTraining(golden: GoldenCase): Promise<Trained & { dispose(): void }> {
  const { model } = await fromPretrained(gpt2, golden.modelFolder, { task: CausalLM });
  return { ...trained(model), dispose: () => model.dispose() };
}

/** The values of a tensor that is not needed any more. */
function take(tensor: Tensor): ArrayLike<number> {
  const values = tensor.dataSync();
  tensor.dispose();
  return values;
}
