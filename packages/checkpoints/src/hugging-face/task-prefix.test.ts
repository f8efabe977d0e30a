// A task whose checkpoints have a prefix of their own: Llama's question answering.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CausalLM, QuestionAnswering } from '@tenon/heads';
import { llama, llama3_8B } from '@tenon/models';
import { leakFree, selectBackend } from '@tenon/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSafetensors } from '../open-safetensors.ts';
import { fromPretrained } from './from-pretrained.ts';
import { savePretrained } from './save-pretrained.ts';

const root = mkdtempSync(join(tmpdir(), 'tenon-prefix-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(() => selectBackend('cpu'));

const sizes = { vocabularySize: 7, contextLength: 5, hiddenSize: 8, feedForwardSize: 8, layers: 1, heads: 2, keyValueHeads: 1 }; // biome-ignore format: a table
const config = { ...llama3_8B, ...sizes, tieWordEmbeddings: true };
const valuesOf = (model: { parameters(): ReadonlyMap<string, { dataSync(): ArrayLike<number> }> }) =>
  [...model.parameters()].map(([name, value]) => [name, Array.from(value.dataSync())]);

test('is written under it, and read from there by the head, another head and the model alone', () =>
  leakFree(async () => {
    using model = new QuestionAnswering(llama(config));
    await savePretrained(root, { spec: llama, config, model });
    using file = openSafetensors(join(root, 'model.safetensors'));
    const names = [...file.weights.keys()];
    expect(names.filter((name) => !name.startsWith('transformer.'))).toEqual([
      'qa_outputs.weight',
      'qa_outputs.bias',
    ]);
    expect(names).toContain('transformer.layers.0.self_attn.q_proj.weight');

    const loaded = await fromPretrained(llama, root, { task: QuestionAnswering });
    using same = loaded.model;
    expect(loaded.fresh).toEqual([]);
    expect(valuesOf(same)).toEqual(valuesOf(model));
    const { backbone, fresh } = await fromPretrained(llama, root);
    using alone = backbone;
    expect(fresh).toEqual([]);
    expect(valuesOf(alone)).toEqual(valuesOf(model.backbone));
    const other = await fromPretrained(llama, root, { task: CausalLM });
    using causal = other.model;
    expect(valuesOf(causal.backbone)).toEqual(valuesOf(model.backbone));
  }));
