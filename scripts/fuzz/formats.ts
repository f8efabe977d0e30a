// What is mutated. A new format is one more entry.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromPretrained, openSafetensors, savePretrained, writeSafetensors } from '@tenon/checkpoints';
import { loadBilm, writeHDF5 } from '@tenon/checkpoints/bilm';
import { loadOpenAI } from '@tenon/checkpoints/openai';
import {
  type Backbone,
  type ModelSpec,
  type StateDict,
  type StoredDtype,
  storedTensor,
  type TaskModel,
  type TaskModelClass,
} from '@tenon/core';
import { CausalLM, SequenceClassification } from '@tenon/heads';
import {
  bert,
  bertTiny,
  bilmWeights,
  elmo,
  elmoSmall,
  gpt,
  gpt2,
  gpt2Small,
  gptBase,
  transformerXL,
  transformerXLEnwik8,
} from '@tenon/models';
import type { TextPart } from './mutate.ts';

export interface Format {
  readonly name: string;
  /** Makes whole files in the folder. @returns the names of those that are mutated */
  prepare(folder: string): Promise<readonly string[]>;
  /** Where a file has text. */
  text?(file: Buffer, name: string): TextPart | undefined;
  /** Reads what is in the folder, all of it. */
  load(folder: string): Promise<void>;
}

const wholeText = (file: Buffer): TextPart => ({ begin: 0, end: file.length });

const DTYPES: readonly StoredDtype[] = ['float32', 'float16', 'bfloat16', 'int64', 'uint32', 'bool'];

const safetensors: Format = {
  name: 'safetensors',
  async prepare(folder) {
    const weights: StateDict = new Map();
    for (const [i, dtype] of DTYPES.entries()) {
      const size = 6 * (i + 1);
      const values = dtype.includes('float')
        ? new Float32Array(size).fill(1.5)
        : new Int32Array(size).fill(1);
      weights.set(`layer.${i}.weight`, { ...storedTensor(values, [2, 3, i + 1]), dtype });
    }
    await writeSafetensors(join(folder, 'a.safetensors'), weights, { format: 'pt' });
    return ['a.safetensors'];
  },
  text: (file) => ({
    begin: 8,
    end: 8 + Number(file.readBigUInt64LE()),
    resize: (changed, length) => void changed.writeBigUInt64LE(BigInt(length)),
  }),
  async load(folder) {
    using file = openSafetensors(join(folder, 'a.safetensors'));
    for (const stored of file.weights.values()) stored.read();
  },
};

const small = { vocabularySize: 20, hiddenSize: 8, layers: 2, heads: 2 };
const smallGPT2 = { ...gpt2Small, ...small, contextLength: 8 };
const smallBert = { ...bertTiny, ...small, contextLength: 8, feedForwardSize: 16 };
const smallGPT = { ...gptBase, ...small, contextLength: 8 };
const smallXL = {
  ...transformerXLEnwik8,
  ...small,
  embeddingSize: 8,
  headSize: 4,
  feedForwardSize: 16,
  memoryLength: 8,
  segmentLength: 8,
  cutoffs: [10],
  embeddingDivisor: 2,
  tieProjections: [false, true],
};
const smallELMo = {
  ...elmoSmall,
  maxCharacters: 6,
  characterEmbeddingSize: 4,
  filters: [
    [1, 4],
    [2, 4],
  ] as const,
  cellSize: 8,
  projectionSize: 4,
};

const shardIndex: Format = {
  name: 'shard-index',
  async prepare(folder) {
    using model = gpt2(smallGPT2);
    await savePretrained(folder, { spec: gpt2, config: smallGPT2, model, maxShardSize: 2000 });
    return ['model.safetensors.index.json'];
  },
  text: wholeText,
  async load(folder) {
    using model = (await fromPretrained(gpt2, folder)).backbone;
    model.stateDict();
  },
};

/** `config.json` beside the weights of a small model, with a head where one is given. */
function configOf<Config, Body extends Backbone>(
  name: string,
  spec: ModelSpec<Config, Body>,
  config: Config,
  task?: TaskModelClass<Backbone, { labels: readonly string[] }, TaskModel>,
): Format {
  return {
    name: `config-${name}`,
    async prepare(folder) {
      const backbone = spec(config);
      using model = task ? new task(backbone, { labels: ['bad', 'good'] }) : backbone;
      await savePretrained(folder, { spec, config, model });
      return ['config.json'];
    },
    text: wholeText,
    async load(folder) {
      if (task) (await fromPretrained(spec, folder, { task })).model.dispose();
      else (await fromPretrained(spec, folder)).backbone.dispose();
    },
  };
}

/** OpenAI's release: numbers in npy files, and their shapes. */
const npy: Format = {
  name: 'npy',
  async prepare(folder) {
    using model = gpt(smallGPT);
    const weights = model.stateDict();
    const arrays = gpt.release!.names(smallGPT).map((name) => weights.get(name)!);
    const values = Buffer.concat(arrays.map(({ read }) => Buffer.from(Float32Array.from(read()).buffer)));
    const half = 4 * Math.floor(values.length / 8);
    for (const [i, piece] of [values.subarray(0, half), values.subarray(half)].entries()) {
      const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${piece.length / 4},), }`.padEnd(
        117,
      );
      const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
      start.writeUInt16LE(header.length + 1, 8);
      writeFileSync(
        join(folder, `params_${i}.npy`),
        Buffer.concat([start, Buffer.from(`${header}\n`), piece]),
      );
    }
    writeFileSync(join(folder, 'params_shapes.json'), JSON.stringify(arrays.map(({ shape }) => shape)));
    return ['params_0.npy', 'params_1.npy', 'params_shapes.json'];
  },
  text: (file, name) =>
    name.endsWith('.json')
      ? wholeText(file)
      : {
          begin: 10,
          end: 10 + file.readUInt16LE(8),
          resize: (changed, length) => void changed.writeUInt16LE(length, 8),
        },
  async load(folder) {
    (await loadOpenAI(gpt, folder, { config: { heads: 2 } })).backbone.dispose();
  },
};

/** bilm's release: weights in HDF5, and options. */
const hdf5: Format = {
  name: 'hdf5',
  async prepare(folder) {
    using model = elmo(smallELMo);
    await writeHDF5(join(folder, 'weights.hdf5'), bilmWeights(model.stateDict(), smallELMo));
    writeFileSync(join(folder, 'options.json'), JSON.stringify(elmo.formatConfig(smallELMo)));
    return ['weights.hdf5', 'weights.hdf5', 'weights.hdf5', 'options.json'];
  },
  text: (file, name) => (name.endsWith('.json') ? wholeText(file) : undefined),
  async load(folder) {
    const files = { options: join(folder, 'options.json'), weights: join(folder, 'weights.hdf5') };
    (await loadBilm(elmo, files)).backbone.dispose();
  },
};

export const FORMATS: readonly Format[] = [
  safetensors,
  shardIndex,
  configOf('bert', bert, smallBert, SequenceClassification),
  configOf('gpt2', gpt2, smallGPT2, CausalLM),
  configOf('gpt', gpt, smallGPT),
  configOf('transformer-xl', transformerXL, smallXL),
  configOf('elmo', elmo, smallELMo),
  npy,
  hdf5,
];
