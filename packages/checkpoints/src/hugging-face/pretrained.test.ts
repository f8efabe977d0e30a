import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Backbone,
  defineModel,
  type Encoded,
  type HeadSettings,
  type Json,
  type ModelSpec,
  Module,
  normal,
  type Parameter,
  parameter,
  RandomStream,
  type StateDict,
  type Task,
  type TaskModel,
  transposed,
} from '@tenon/core';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { tensor3d } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSafetensors } from '../open-safetensors.ts';
import { writeSafetensors } from '../write-safetensors.ts';
import { fromPretrained } from './from-pretrained.ts';
import { savePretrained } from './save-pretrained.ts';

interface TinyConfig {
  readonly size: number;
  readonly pooler: boolean;
}

/**
 * A model without use, whose checkpoint has another layout: `dense` transposed, and a mask that is no parameter.
 * Its output matrix stands beside the prefix, and not every task has its pooler.
 */
class Tiny extends Module implements Backbone {
  readonly hiddenSize: number;
  readonly embed: Parameter;
  readonly dense: Parameter;
  readonly output: Parameter;
  readonly pooler?: Parameter;
  constructor({ size, pooler }: TinyConfig, random: RandomStream) {
    super();
    this.hiddenSize = size;
    this.embed = parameter([5, size], normal(1), random);
    this.dense = parameter([size, 3], normal(1), random);
    this.output = parameter([2], normal(1), random);
    if (pooler) this.pooler = parameter([3], normal(1), random);
  }
  encode(): Encoded {
    return { lastHidden: tensor3d([], [0, 0, this.hiddenSize]) };
  }
}

const turned = (weights: StateDict): StateDict =>
  new Map(
    [...weights]
      .filter(([name]) => name !== 'mask')
      .map(([name, stored]) => [name, name === 'dense' ? transposed(stored) : stored]),
  );

const tiny: ModelSpec<TinyConfig, Tiny> = defineModel(
  (config: TinyConfig, { random = new RandomStream(1) } = {}) => new Tiny(config, random),
  {
    modelType: 'tiny',
    architecture: 'TinyModel',
    prefix: 'tiny.',
    outside: /^output$/,
    optional: /^pooler$/,
    parseConfig: (json: Json): TinyConfig => ({ size: Number((json as { d: Json }).d), pooler: true }),
    formatConfig: ({ size }) => ({ model_type: 'tiny', d: size }),
    sanitize: turned,
    unsanitize: turned,
    tasks: {
      sequenceClassification: {
        architecture: 'TinyForSequenceClassification',
        head: { 'out.weight': 'classifier.weight' },
      },
      tokenClassification: {
        architecture: 'TinyForTokenClassification',
        head: { 'out.weight': 'tagger.weight' },
        config: { pooler: false },
      },
    },
  },
);

abstract class Head extends Module implements TaskModel {
  abstract readonly task: Task;
  readonly backbone: Backbone;
  readonly labels: readonly string[];
  readonly out: { readonly weight: Parameter } & Module;
  constructor(backbone: Backbone, { labels = ['a', 'b'] }: HeadSettings = {}) {
    super();
    this.backbone = backbone;
    this.labels = labels;
    this.out = new Linear(new RandomStream(9));
  }
}

class Classifier extends Head {
  static readonly task = 'sequenceClassification';
  readonly task = Classifier.task;
}

class Tagger extends Head {
  static readonly task = 'tokenClassification';
  readonly task = Tagger.task;
}

class Questioner extends Head {
  static readonly task = 'questionAnswering';
  readonly task = Questioner.task;
}

class Linear extends Module {
  readonly weight: Parameter;
  constructor(random: RandomStream) {
    super();
    this.weight = parameter([2, 3], normal(1), random);
  }
}

const config: TinyConfig = { size: 4, pooler: true };
const classifier = (backbone: Backbone) => new Classifier(backbone);

/** Other weights than a fresh model has. */
const trained = () => tiny(config, { random: new RandomStream(77) });

const values = (module: Module) => [...module.stateDict()].map(([name, { read }]) => [name, [...read()]]);

describe.each(testBackends())('%s', (backend) => {
  let folder: string;
  beforeAll(() => selectBackend(backend));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenon-pretrained-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a backbone is saved under its own names and loaded again', async () => {
    using model = trained();
    await savePretrained(folder, { spec: tiny, config, model, generationConfig: { eos_token_id: 2 } });
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toEqual({
      model_type: 'tiny',
      d: 4,
      architectures: ['TinyModel'],
    });
    expect(readFileSync(join(folder, 'generation_config.json'), 'utf8')).toBe('{\n  "eos_token_id": 2\n}\n');
    using file = openSafetensors(join(folder, 'model.safetensors'));
    expect(file.metadata).toEqual({ format: 'pt' });
    expect([...file.weights].map(([name, { shape }]) => [name, shape])).toEqual([
      ['embed', [5, 4]],
      ['dense', [3, 4]],
      ['output', [2]],
      ['pooler', [3]],
    ]);

    const loaded = await fromPretrained(tiny, folder);
    using backbone = loaded.backbone;
    expect(loaded.config).toEqual(config);
    expect(values(backbone)).toEqual(values(model));
  });

  test('a model with a head is saved under the names of its task and loaded again', async () => {
    using model = classifier(trained());
    await savePretrained(folder, { spec: tiny, config, model });
    expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toEqual({
      model_type: 'tiny',
      d: 4,
      architectures: ['TinyForSequenceClassification'],
      id2label: { 0: 'a', 1: 'b' },
      label2id: { a: 0, b: 1 },
    });
    using file = openSafetensors(join(folder, 'model.safetensors'));
    expect([...file.weights.keys()]).toEqual([
      'tiny.embed',
      'tiny.dense',
      'output',
      'tiny.pooler',
      'classifier.weight',
    ]);

    const loaded = await fromPretrained(tiny, folder, { task: Classifier });
    using again = loaded.model;
    expect(loaded.fresh).toEqual([]);
    expect(values(again)).toEqual(values(model));
    using backbone = (await fromPretrained(tiny, folder)).backbone;
    expect(values(backbone)).toEqual(values(model.backbone));
  });

  test('another head on the same checkpoint is new, and the result says so', async () => {
    using model = classifier(trained());
    await savePretrained(folder, { spec: tiny, config, model });
    const loaded = await fromPretrained(tiny, folder, { task: Tagger });
    using other = loaded.model;
    expect(loaded.fresh).toEqual(['out.weight']);
    expect(loaded.config).toEqual({ size: 4, pooler: false });
    expect(values(other.backbone)).toEqual(values(model.backbone).filter(([name]) => name !== 'pooler'));
  });

  test('what a task lacks of the backbone is new where another task wants it', async () => {
    const withoutPooler = { ...config, pooler: false };
    using model = new Tagger(tiny(withoutPooler, { random: new RandomStream(77) }));
    await savePretrained(folder, { spec: tiny, config: withoutPooler, model });
    const tagger = await fromPretrained(tiny, folder, { task: Tagger });
    tagger.model.dispose();
    expect(tagger.fresh).toEqual([]);
    const loaded = await fromPretrained(tiny, folder, { task: Classifier });
    using other = loaded.model;
    expect(loaded.fresh).toEqual(['backbone.pooler', 'out.weight']);
    using first = tiny(config);
    expect(other.backbone.stateDict().get('pooler')!.read()).toEqual(first.stateDict().get('pooler')!.read());
    using backbone = (await fromPretrained(tiny, folder)).backbone;
    expect(values(backbone)).toEqual(values(other.backbone));
  });

  test('labels come from the file, and from the options before that', async () => {
    using model = new Classifier(trained(), { labels: ['no', 'yes', 'perhaps'] });
    await savePretrained(folder, { spec: tiny, config, model });
    using again = (await fromPretrained(tiny, folder, { task: Classifier })).model;
    expect(again.labels).toEqual(['no', 'yes', 'perhaps']);
    const head = { labels: ['nein', 'ja', 'vielleicht'] };
    using other = (await fromPretrained(tiny, folder, { task: Classifier, head })).model;
    expect(other.labels).toEqual(head.labels);
  });

  test('a head fits on a checkpoint without one', async () => {
    using model = trained();
    await savePretrained(folder, { spec: tiny, config, model });
    const loaded = await fromPretrained(tiny, folder, { task: Classifier });
    using task = loaded.model;
    expect(loaded.fresh).toEqual(['out.weight']);
    expect(values(task.backbone)).toEqual(values(model));
  });

  test('everything that does not fit is named at once, under the names of the file', async () => {
    using model = classifier(trained());
    await savePretrained(folder, { spec: tiny, config, model });
    const path = join(folder, 'model.safetensors');
    const weights = new Map(model.stateDict());
    const odd = weights.get('out.weight')!;
    await writeSafetensors(
      path,
      new Map([
        ['tiny.mask', odd],
        ['tiny.embed', odd],
        ['tiny.extra', odd],
        ['other', odd],
      ]),
    );
    await expect(fromPretrained(tiny, folder, { task: Classifier })).rejects.toThrow(
      `${path}: expected exactly the parameters of the model in their shapes, got missing tiny.dense, output, classifier.weight; unexpected tiny.extra, other; tiny.embed of shape [2, 3] instead of [5, 4].`,
    );
  });

  test('nothing leaks, whether it fits or not', async () => {
    using model = classifier(trained());
    await leakFree(async () => {
      await savePretrained(folder, { spec: tiny, config, model });
      (await fromPretrained(tiny, folder, { task: Classifier })).model.dispose();
      await writeSafetensors(join(folder, 'model.safetensors'), new Map());
      await expect(fromPretrained(tiny, folder, { task: Classifier })).rejects.toThrow('missing');
    });
  });

  test('a task that the model file does not know is refused before anything is written', async () => {
    using model = new Questioner(trained());
    await expect(savePretrained(folder, { spec: tiny, config, model })).rejects.toThrow(
      "tasks of tiny: expected sequenceClassification, tokenClassification, got questionAnswering. Add the task's architecture and names to the layout of tiny.",
    );
  });
});

describe('folders that are no checkpoint of this model', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenon-foreign-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const config = (text: string) => writeFileSync(join(folder, 'config.json'), text);

  test('without config.json', async () => {
    const path = join(folder, 'config.json');
    await expect(fromPretrained(tiny, folder)).rejects.toThrow(
      `${path}: expected the configuration of a model, got ENOENT`,
    );
    await expect(fromPretrained(tiny, join(folder, 'none'))).rejects.toThrow('got ENOENT');
  });

  test('with a damaged or foreign config.json', async () => {
    config('{"model_type": "ti');
    await expect(fromPretrained(tiny, folder)).rejects.toThrow('config.json: expected a JSON object, got ');
    config('[]');
    await expect(fromPretrained(tiny, folder)).rejects.toThrow(
      'config.json: expected a JSON object, got [].',
    );
    config('{"model_type": "bert"}');
    await expect(fromPretrained(tiny, folder)).rejects.toThrow(
      'config.json: expected model_type "tiny", got "bert". Load it with the spec of its own model.',
    );
  });

  test('with no weights, or in another form', async () => {
    config('{"model_type": "tiny", "d": 4}');
    await expect(fromPretrained(tiny, folder)).rejects.toThrow(
      `${folder}: expected the weights as model.safetensors, got none.`,
    );
    writeFileSync(join(folder, 'pytorch_model.bin'), '');
    await expect(fromPretrained(tiny, folder)).rejects.toThrow(
      'got pytorch_model.bin. In Python, transformers writes it',
    );
  });

  test('with damaged weights', async () => {
    config('{"model_type": "tiny", "d": 4}');
    writeFileSync(join(folder, 'model.safetensors'), 'not a safetensors file');
    await expect(fromPretrained(tiny, folder)).rejects.toThrow(
      'The file is damaged or no safetensors file: fetch or save it again.',
    );
  });
});
