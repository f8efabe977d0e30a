// The part of gpt2/model that generates: greedy decoding, and the distributions that sampling draws from.

import type { Backbone } from '@tenon/core';
import { generate, type SamplingOptions, samplingProbabilities } from '@tenon/generation';
import type { Comparison } from '../comparison.ts';
import type { Facts } from '../facts.ts';
import type { GoldenCase } from '../golden-case.ts';

/** Names carry the settings: `greedy_max_length_25_no_eos`, `greedy_with_eos_2`, `warped_probs_temp0.5_topk5_topp0.9`. */
const GREEDY = /^greedy_(?:max_length_\d+_no_eos|with_eos_(?<eos>\d+))$/;
const WARPED = /^warped_probs_temp(?<temperature>[\d.]+)_topk(?<topK>\d+)_topp(?<topP>[\d.]+)$/;
const INPUTS = new Set(['prompt', 'warp_logits', 'notes']);

export async function compareGeneration(
  golden: GoldenCase,
  backbone: Backbone,
  comparison: Comparison,
): Promise<void> {
  const facts = await golden.json('generation.json');
  for (const name of facts.names) {
    const greedy = GREEDY.exec(name)?.groups;
    const warped = WARPED.exec(name)?.groups;
    if (greedy !== undefined) {
      const eos = greedy['eos'] === undefined ? undefined : Number(greedy['eos']);
      await compareGreedy(facts, name, eos, backbone, comparison);
    } else if (warped !== undefined) {
      const { temperature, topK, topP } = warped;
      const settings = { temperature: Number(temperature), topK: Number(topK), topP: Number(topP) };
      compareWarped(facts, name, settings, comparison);
    } else if (!INPUTS.has(name)) comparison.unknown.push(`generation.json: ${name}`);
  }
}

/** The expected rows say how long they go on; one that stopped is filled up with its end token. */
async function compareGreedy(
  facts: Facts,
  name: string,
  eos: number | undefined,
  backbone: Backbone,
  comparison: Comparison,
): Promise<void> {
  const prompts = facts.rows('prompt');
  const rows = facts.rows(name);
  const longest = Math.max(...rows.map((row, i) => row.length - prompts[i]!.length));
  const generated = await generate(backbone, prompts, {
    greedy: true,
    maxNewTokens: longest,
    ...(eos !== undefined && { stopTokens: [eos] }),
  });
  for (const [i, row] of rows.entries()) {
    const expected = row.slice(prompts[i]!.length);
    const end = eos === undefined ? -1 : expected.indexOf(eos);
    const until = end === -1 ? expected.length : end;
    comparison.integers(`${name} of prompt ${i}`, generated[i]!.tokens, expected.slice(0, until));
  }
}

/** What sampling draws from: the probabilities after temperature, top-k and top-p. */
function compareWarped(facts: Facts, name: string, options: SamplingOptions, comparison: Comparison): void {
  const rows = facts.rows('warp_logits');
  const got = rows.map((row) => [...samplingProbabilities(Float32Array.from(row), options)]);
  comparison.numbers(name, got.flat(), facts.rows(name).flat());
}
