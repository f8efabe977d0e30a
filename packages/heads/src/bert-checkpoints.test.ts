// Every head of BERT in a folder of Hugging Face: names, settings, old files, and the reference's numbers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromPretrained, openSafetensors, savePretrained, writeSafetensors } from '@tenon/checkpoints';
import { RandomStream, type StateDict, storedTensor, type TaskModel } from '@tenon/core';
import { type BertConfig, bert, bertTiny } from '@tenon/models';
import { expectClose, goldenCase, namedGradients, selectBackend, testBackends } from '@tenon/testing';
import { type Scalar, type Tensor1D, type Tensor2D, tensor, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MaskedLM } from './masked-lm.ts';
import { MultipleChoice } from './multiple-choice.ts';
import { NextSentence } from './next-sentence.ts';
import { Pretraining } from './pretraining.ts';
import { QuestionAnswering } from './question-answering.ts';
import { SequenceClassification } from './sequence-classification.ts';
import { TokenClassification } from './token-classification.ts';

const config: BertConfig = {
  ...bertTiny,
  vocabularySize: 11,
  contextLength: 8,
  hiddenSize: 8,
  feedForwardSize: 12,
  layers: 1,
};
const withoutPooler = { ...config, pooler: false };
const PREDICTIONS = ['dense.weight', 'dense.bias', 'LayerNorm.weight', 'LayerNorm.bias']
  .map((name) => `cls.predictions.transform.${name}`)
  .concat('cls.predictions.bias');
const NEXT = ['cls.seq_relationship.weight', 'cls.seq_relationship.bias'];
const CLASSIFIER = ['classifier.weight', 'classifier.bias'];

/** Each head, the architecture it is saved under, and the names of its own weights. */
const heads: [() => TaskModel, string, string[]][] = [
  [() => new MaskedLM(bert(withoutPooler)), 'BertForMaskedLM', PREDICTIONS],
  [() => new NextSentence(bert(config)), 'BertForNextSentencePrediction', NEXT],
  [() => new Pretraining(bert(config)), 'BertForPreTraining', [...PREDICTIONS, ...NEXT]],
  [
    () => new SequenceClassification(bert(config), { labels: 3 }),
    'BertForSequenceClassification',
    CLASSIFIER,
  ],
  [
    () => new TokenClassification(bert(withoutPooler), { labels: 4 }),
    'BertForTokenClassification',
    CLASSIFIER,
  ],
  [
    () => new QuestionAnswering(bert(withoutPooler)),
    'BertForQuestionAnswering',
    ['qa_outputs.weight', 'qa_outputs.bias'],
  ],
  [() => new MultipleChoice(bert(config)), 'BertForMultipleChoice', CLASSIFIER],
];

let folder: string;
beforeAll(() => selectBackend('cpu'));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenon-bert-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const save = (model: TaskModel): Promise<void> => savePretrained(folder, { spec: bert, config, model });
const configFile = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
const valuesOf = (weights: StateDict): Map<string, ArrayLike<number>> =>
  new Map([...weights].map(([name, stored]) => [name, Array.from(stored.read())]));

test.each(heads.map((head) => [head[1], ...head] as const))(
  '%s has the names of its checkpoint',
  async (_, make, architecture, own) => {
    using model = make();
    await save(model);
    expect(configFile()).toMatchObject({ model_type: 'bert', architectures: [architecture] });
    using file = openSafetensors(join(folder, 'model.safetensors'));
    const names = [...file.weights.keys()];
    expect(names.filter((name) => !name.startsWith('bert.')).sort()).toEqual([...own].sort());
    expect(names).toContain('bert.encoder.layer.0.attention.self.query.weight');
  },
);

describe('a classifier', () => {
  const labels = ['negative', 'neutral', 'positive'];

  test('comes back with its labels, its problem and its weights', async () => {
    const made = { labels, problemType: 'multiLabelClassification', random: new RandomStream(9) } as const;
    using model = new SequenceClassification(bert(config), made);
    await save(model);
    expect(configFile()).toMatchObject({
      id2label: { 0: 'negative', 1: 'neutral', 2: 'positive' },
      label2id: { neutral: 1 },
      problem_type: 'multi_label_classification',
    });
    const loaded = await fromPretrained(bert, folder, { task: SequenceClassification });
    using again = loaded.model;
    expect([again.labels, again.problemType, loaded.fresh]).toEqual([labels, 'multiLabelClassification', []]);
    expect(valuesOf(again.stateDict())).toEqual(valuesOf(model.stateDict()));
  });

  test('on a checkpoint of another task is new, and so is a pooler that the checkpoint lacks', async () => {
    using model = new MaskedLM(bert(withoutPooler));
    await save(model);
    const { model: made, fresh } = await fromPretrained(bert, folder, {
      task: SequenceClassification,
      head: { labels },
    });
    using classifier = made;
    expect(fresh).toEqual([
      'backbone.pooler.dense.weight',
      'backbone.pooler.dense.bias',
      'classifier.weight',
      'classifier.bias',
    ]);
    const values = valuesOf(classifier.stateDict());
    for (const name of ['backbone.pooler.dense.weight', 'classifier.weight']) {
      expect(
        Array.from(values.get(name)!).some((value) => value !== 0),
        name,
      ).toBe(true);
    }
    expect(values.get('backbone.embeddings.LayerNorm.weight')).toEqual(
      valuesOf(model.stateDict()).get('backbone.embeddings.LayerNorm.weight'),
    );
  });

  test('of tokens leaves out the pooler that a checkpoint has', async () => {
    using model = new Pretraining(bert(config));
    await save(model);
    const { model: made, config: used } = await fromPretrained(bert, folder, {
      task: TokenClassification,
      head: { labels },
    });
    using classifier = made;
    expect(used.pooler).toBe(false);
    expect([...classifier.parameters().keys()].filter((name) => name.includes('pooler'))).toEqual([]);
  });
});

test('an old file is read: names of TensorFlow, buffers, and second copies of tied weights', async () => {
  using model = new Pretraining(bert(config));
  await save(model);
  const file = join(folder, 'model.safetensors');
  const old: StateDict = new Map();
  {
    using opened = openSafetensors(file);
    for (const [name, stored] of opened.weights) {
      const values = Float32Array.from(stored.read());
      const renamed = name
        .replace('LayerNorm.weight', 'LayerNorm.gamma')
        .replace('LayerNorm.bias', 'LayerNorm.beta');
      old.set(renamed, storedTensor(values, stored.shape));
    }
  }
  const words = old.get('bert.embeddings.word_embeddings.weight')!;
  old.set('cls.predictions.decoder.weight', words);
  old.set('cls.predictions.decoder.bias', old.get('cls.predictions.bias')!);
  old.set(
    'bert.embeddings.position_ids',
    storedTensor(
      Int32Array.from({ length: 8 }, (_, i) => i),
      [1, 8],
    ),
  );
  await writeSafetensors(file, old);
  const { model: loaded, fresh } = await fromPretrained(bert, folder, { task: Pretraining });
  using again = loaded;
  expect(fresh).toEqual([]);
  expect(valuesOf(again.stateDict())).toEqual(valuesOf(model.stateDict()));

  const { num_labels: _, ...rest } = configFile();
  writeFileSync(join(folder, 'config.json'), JSON.stringify(rest));
  using bare = (await fromPretrained(bert, folder)).backbone;
  expect(valuesOf(bare.stateDict()).get('embeddings.LayerNorm.weight')).toEqual(
    valuesOf(model.stateDict()).get('backbone.embeddings.LayerNorm.weight'),
  );
});

describe.each(testBackends())('against the reference on %s', (backend) => {
  beforeAll(() => selectBackend(backend));
  const golden = goldenCase(
    fileURLToPath(new URL('../../models/src/__fixtures__/bert-pretraining', import.meta.url)),
  );
  const inputs = golden.json('inputs.json') as Record<string, number[] | number[][]>;
  const ids = (name: string): Tensor2D => tensor(inputs[name]!, undefined, 'int32') as Tensor2D;
  const batch = () => ({
    inputIds: ids('input_ids'),
    attentionMask: ids('attention_mask'),
    tokenTypeIds: ids('token_type_ids'),
    labels: ids('labels'),
    nextSentenceLabels: tensor(inputs['next_sentence_label']!, undefined, 'int32') as Tensor1D,
  });

  test('pretraining: scores, losses and the gradient of every parameter', async () => {
    const { model: loaded } = await fromPretrained(bert, golden.folder, { task: Pretraining });
    using model = loaded;
    const numbers = golden.tensors('golden.safetensors');
    const meta = golden.json('meta.json') as { loss: number; scalars: Record<string, number> };
    tidy(() => {
      const { maskedLM, nextSentence } = model.logits(batch());
      expectClose('words', maskedLM.dataSync(), numbers.get('prediction_logits')!.values);
      expectClose('next', nextSentence.dataSync(), numbers.get('seq_relationship_logits')!.values);
      const { loss, parts } = model.loss(batch(), { training: false });
      const got = [loss, parts!['maskedLM']!, parts!['nextSentence']!].map((value) => value.dataSync()[0]!);
      const { mlm_loss, nsp_loss } = meta.scalars;
      expectClose('losses', got, [meta.loss, mlm_loss!, nsp_loss!], { absolute: 1e-6, relative: 1e-5 });
    });
    const expected = golden.tensors('grads.safetensors');
    const head = bert.tasks.pretraining!.head;
    const gradients = namedGradients(
      model,
      () => tidy(() => model.loss(batch(), { training: true }).loss) as Scalar,
    );
    expect(gradients.size).toBe(expected.size);
    for (const [path, gradient] of gradients) {
      const name = head[path] ?? path.replace('backbone.', bert.prefix);
      expectClose(name, gradient.dataSync(), expected.get(name)!.values);
      gradient.dispose();
    }
  });
});
