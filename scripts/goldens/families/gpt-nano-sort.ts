// gpt2/real: really trained weights, every step of their first block as its author has published it, and what they sort.
import { fromPretrained } from '@tenon/checkpoints';
import { generate } from '@tenon/generation';
import { activation, mergeHeads, splitQueriesKeysValues } from '@tenon/layers';
import { type GPT2, gpt2 } from '@tenon/models';
import {
  add,
  matMul,
  mul,
  type Rank,
  reshape,
  slice,
  softmax,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Comparison } from '../comparison.ts';
import type { GoldenFamily } from '../family.ts';
import type { GoldenCase, GoldenTensors } from '../golden-case.ts';

export const gptNanoSort: GoldenFamily = {
  family: 'gpt2',
  knows: (kind) => kind === 'real',
  async run(golden, { comparison }) {
    const { backbone } = await fromPretrained(gpt2, golden.modelFolder);
    try {
      const partials = golden.tensors('published_partials.safetensors');
      tidy(() => {
        const steps = { ...firstBlock(backbone, partials), ...wholeModel(backbone, partials) };
        for (const [name, tensor] of Object.entries(steps)) compareStep(name, tensor, partials, comparison);
      });
      await compareSorting(golden, backbone, comparison);
    } finally {
      backbone.dispose();
    }
  },
};

function readIds(partials: GoldenTensors): Tensor2D {
  const { shape, values } = partials.take('idx');
  return tensor2d(Array.from(values), shape as [number, number], 'int32');
}

/** The steps of block 0, by the names that the author gave them. B texts, T tokens, C channels. */
function firstBlock(model: GPT2, partials: GoldenTensors): Record<string, Tensor> {
  const { hiddenSize: C, heads } = model.config;
  const block = model.h[0]!;
  const ids = readIds(partials);
  const [B, T] = ids.shape;
  const tok_emb = model.wte.forward(ids);
  const pos_emb = slice(model.wpe.weight, [0, 0], [T, C]);
  const x = reshape<Rank.R2>(add(tok_emb, pos_emb), [B * T, C]);
  const ln1 = block.ln_1.forward(x);
  const qkv = block.attn.c_attn.forward(ln1);
  const [q, k, v] = splitQueriesKeysValues(qkv, B, heads);
  const att = mul(matMul(q, k, false, true), 1 / Math.sqrt(C / heads));
  const attSm = model.encode({ inputIds: ids }, { attentions: true }).attentions![0]!;
  const y = mergeHeads(matMul(attSm, v));
  const yProj = block.attn.c_proj.forward(y);
  const attnResid = add<Tensor2D>(x, yProj);
  const ln2 = block.ln_2.forward(attnResid);
  const fc = block.mlp.c_fc.forward(ln2);
  const gelu = activation(model.config.activation)(fc);
  const mlp = block.mlp.c_proj.forward(gelu);
  const mlpResid = add(attnResid, mlp);
  return {
    tok_emb,
    pos_emb,
    x,
    ln1,
    qkv,
    q,
    k,
    v,
    att,
    attSm,
    y,
    yProj,
    attnResid,
    ln2,
    fc,
    gelu,
    mlp,
    mlpResid,
  };
}

function wholeModel(model: GPT2, partials: GoldenTensors): Record<string, Tensor> {
  const inputIds = readIds(partials);
  const { lastHidden } = model.encode({ inputIds });
  const lm_head = model.scorer.logits(lastHidden) as Tensor3D;
  // The last hidden states are those after the last norm: with one more layer the others are all before it.
  using deeper = gpt2({ ...model.config, layers: model.config.layers + 1 });
  deeper.loadStateDict(new Map([...deeper.stateDict(), ...model.stateDict()]));
  const { hiddenStates } = deeper.encode({ inputIds }, { hiddenStates: true });
  const blocks = hiddenStates!.slice(1, -1).map((states, i) => [`block${i}`, states] as const);
  return { ...Object.fromEntries(blocks), ln_f: lastHidden, lm_head, probs: softmax(lm_head) };
}

/** Scores that are masked are −∞ there; the softmax after them shows ours. */
function compareStep(name: string, tensor: Tensor, partials: GoldenTensors, comparison: Comparison): void {
  const { values } = partials.take(name);
  const got = tensor.dataSync();
  const finite = Array.from(values).flatMap((value, i) => (Number.isFinite(value) ? [i] : []));
  const pick = (all: ArrayLike<number>): number[] => finite.map((i) => all[i]!);
  if (got.length === values.length) comparison.numbers(name, pick(got), pick(values));
  else comparison.numbers(name, got, values);
}

async function compareSorting(golden: GoldenCase, model: GPT2, comparison: Comparison): Promise<void> {
  const rows = await golden.list('sorts.json');
  const prompts = rows.map((row) => row.numbers('input'));
  const generated = await generate(model, prompts, {
    greedy: true,
    maxNewTokens: rows[0]!.numbers('greedy').length,
  });
  comparison.integers(
    'sorted digits',
    generated.flatMap(({ tokens }) => [...tokens]),
    rows.flatMap((row) => row.numbers('greedy')),
  );
  const last = prompts[0]!.length - 1;
  const first = tidy(() => {
    const logits = model.scorer.logits(
      model.encode({ inputIds: tensor2d(prompts, undefined, 'int32') }).lastHidden,
    ) as Tensor3D;
    return slice(logits, [0, last, 0], [-1, 1, -1]).dataSync();
  });
  comparison.numbers(
    'first_step_logits',
    first,
    rows.flatMap((row) => row.numbers('first_step_logits')),
  );
}
