// GPT, GPT-2 and GPT-3 with every head that fits: saved, loaded, and under which names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Backbone,
  type ModelSpec,
  RandomStream,
  type TaskModel,
  type TaskModelClass,
} from '@tenon/core';
import {
  CausalLM,
  DoubleHeads,
  MultipleChoice,
  QuestionAnswering,
  SequenceClassification,
  Similarity,
  TokenClassification,
  Value,
} from '@tenon/heads';
import { gpt, gpt2, gpt2Small, gpt3, gpt3Small, gptBase } from '@tenon/models';
import { leakFree, selectBackend } from '@tenon/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSafetensors } from '../open-safetensors.ts';
import { fromPretrained } from './from-pretrained.ts';
import { readConfig } from './read-config.ts';
import { savePretrained } from './save-pretrained.ts';

const root = mkdtempSync(join(tmpdir(), 'tenon-gpt-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(() => selectBackend('cpu'));

const sizes = { vocabularySize: 7, contextLength: 5, hiddenSize: 8, layers: 2, heads: 2 };
const random = (): RandomStream => new RandomStream(3);
const labels = ['no', 'perhaps', 'yes'];

const values = (model: TaskModel | Backbone): Record<string, number[]> =>
  Object.fromEntries([...model.parameters()].map(([name, value]) => [name, Array.from(value.dataSync())]));

const namesIn = (folder: string): string[] => {
  using file = openSafetensors(join(folder, 'model.safetensors'));
  return [...file.weights.keys()];
};

/** Saves and loads; gives the head's names in the file and the architecture. */
async function roundTrip<Config, Body extends Backbone, Options, Model extends TaskModel>(
  name: string,
  { spec, config }: { readonly spec: ModelSpec<Config, Body>; readonly config: Config },
  task: TaskModelClass<Body, Options, Model>,
  options: Options,
): Promise<{ heads: string[]; architecture: string | undefined }> {
  const folder = join(root, name);
  await leakFree(async () => {
    using model = new task(spec(config, { random: random() }), options);
    await savePretrained(folder, { spec, config, model });
    const loaded = await fromPretrained(spec, folder, { task });
    using copy = loaded.model;
    expect(loaded.fresh).toEqual([]);
    expect(values(copy)).toEqual(values(model));
    expect(copy.labels).toEqual(model.labels);
  });
  const { architecture } = await readConfig(join(folder, 'config.json'), spec.modelType);
  return { heads: namesIn(folder).filter((each) => !each.startsWith('transformer.')), architecture };
}

const linear = (name: string): string[] => [`${name}.weight`, `${name}.bias`];

describe.each([
  ['OpenAIGPT', { spec: gpt, config: { ...gptBase, ...sizes } }],
  ['GPT2', { spec: gpt2, config: { ...gpt2Small, ...sizes } }],
  ['GPT3', { spec: gpt3, config: { ...gpt3Small, ...sizes, attentionWindow: 2 } }],
] as const)('%s', (name, made) => {
  const model = made as { spec: ModelSpec<unknown, Backbone>; config: unknown }; // one of three, all the same here

  test('every head survives a round trip, under the names of the checkpoint', async () => {
    const run = <Options, Model extends TaskModel>(
      task: TaskModelClass<Backbone, Options, Model>,
      options: Options,
    ) => roundTrip(`${name}-${task.task}`, model, task, options);
    expect(await run(CausalLM, {})).toEqual({ heads: [], architecture: `${name}LMHeadModel` });
    expect(await run(DoubleHeads, {})).toEqual({
      heads: linear('multiple_choice_head.summary'),
      architecture: `${name}DoubleHeadsModel`,
    });
    expect(await run(SequenceClassification, { labels })).toEqual({
      heads: ['score.weight'],
      architecture: `${name}ForSequenceClassification`,
    });
    expect(await run(TokenClassification, { labels })).toEqual({
      heads: linear('classifier'),
      architecture: `${name}ForTokenClassification`,
    });
    expect((await run(QuestionAnswering, {})).heads).toEqual(linear('qa_outputs'));
    expect((await run(MultipleChoice, {})).heads).toEqual(linear('classifier'));
    expect((await run(Similarity, {})).heads).toEqual(linear('task_head.linear'));
    expect((await run(Value, {})).heads).toEqual(linear('v_head.summary'));
  });
});

describe('scores that are not tied to the embeddings', () => {
  const config = { ...gpt2Small, ...sizes, tieWordEmbeddings: false };
  const folder = join(root, 'untied');

  test('stand beside the backbone, and a head without them leaves them out', async () => {
    using model = new CausalLM(gpt2(config, { random: random() }));
    await savePretrained(folder, { spec: gpt2, config, model });
    expect(namesIn(folder).at(-1)).toBe('lm_head.weight');

    const loaded = await fromPretrained(gpt2, folder, { task: CausalLM });
    using copy = loaded.model;
    expect(loaded.fresh).toEqual([]);
    expect(values(copy)).toEqual(values(model));

    const classifier = await fromPretrained(gpt2, folder, {
      task: SequenceClassification,
      head: { labels: 2 },
    });
    using other = classifier.model;
    expect(classifier.fresh).toEqual(['classifier.weight']);
    expect([...other.parameters().keys()]).not.toContain('backbone.lm_head.weight');
  });

  test('are drawn anew where a checkpoint lacks them', async () => {
    const bare = join(root, 'bare');
    using tied = gpt2({ ...config, tieWordEmbeddings: true }, { random: random() });
    await savePretrained(bare, { spec: gpt2, config, model: tied });
    const { model, fresh } = await fromPretrained(gpt2, bare, { task: CausalLM });
    expect(fresh).toEqual(['backbone.lm_head.weight']);
    expect(values(model)['backbone.lm_head.weight']!.every((value) => value !== 0)).toBe(true);
    expect(values(model.backbone)['wte.weight']).toEqual(values(tied)['wte.weight']);
    model.dispose();
  });
});
