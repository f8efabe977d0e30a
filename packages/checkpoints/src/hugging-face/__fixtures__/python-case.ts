// How a model goes to Python and comes from there.
import {
  type BaseModel,
  type HeadSettings,
  type ModelInput,
  type ModelSpec,
  type Module,
  RandomStream,
  type TaskModel,
  type TaskModelClass,
} from '@tenon/core';
import { type Rank, reshape, type Tensor, type Tensor2D, tensor, tidy } from '@tensorflow/tfjs-core';
import { fromPretrained } from '../from-pretrained.ts';
import { savePretrained } from '../save-pretrained.ts';

/** Whole numbers, nested as a tensor's. */
type Nested = number | readonly Nested[];
/** What transformers is called with, by its own names. */
type Inputs = Readonly<Record<string, Nested>>;
/** Numbers by the names that transformers gives them. */
export type Outputs = Readonly<Record<string, readonly number[]>>;

export interface Case {
  readonly title: string;
  readonly inputs: Inputs;
  /** What `config.json` says about the head. */
  readonly settings: HeadSettings;
  /** Makes a random model, saves it, and computes. */
  save(folder: string): Promise<Outputs>;
  /** Loads a model, and computes. */
  load(folder: string): Promise<{ fresh: readonly string[]; settings: HeadSettings; outputs: Outputs }>;
}

/** Of the inputs: what a model reads, and the labels of whatever rank. */
interface Given {
  readonly input: ModelInput;
  int32<T extends Tensor>(name: string): T;
}

export type Compute<Model> = (model: Model, given: Given) => Readonly<Record<string, Tensor>>;

/** int32 [..., T] as [B, T]: transformers has an axis for choices. */
const rowsOf = (value: Nested): Tensor2D => {
  const all = int32(value);
  return reshape<Rank.R2>(all, [-1, all.shape.at(-1)!]);
};
const int32 = (value: Nested): Tensor => tensor(value as number[], undefined, 'int32');

function outputsOf<Model extends Module>(model: Model, inputs: Inputs, compute: Compute<Model>): Outputs {
  return tidy(() => {
    const { input_ids, attention_mask, token_type_ids } = inputs;
    const input: ModelInput = {
      inputIds: rowsOf(input_ids!),
      ...(attention_mask === undefined ? {} : { attentionMask: rowsOf(attention_mask) }),
      ...(token_type_ids === undefined ? {} : { tokenTypeIds: rowsOf(token_type_ids) }),
    };
    const given: Given = { input, int32: <T extends Tensor>(name: string) => int32(inputs[name]!) as T };
    const named = Object.entries(compute(model, given));
    return Object.fromEntries(named.map(([name, values]) => [name, Array.from(values.dataSync())]));
  });
}

const random = () => ({ random: new RandomStream(3) });

/** A model without a head. */
export function backbone<Config, Body extends BaseModel>(
  spec: ModelSpec<Config, Body>,
  config: Config,
  inputs: Inputs,
  compute: Compute<Body>,
): Case {
  return {
    title: spec.architecture!,
    inputs,
    settings: {},
    async save(folder) {
      using model = spec(config, random());
      await savePretrained(folder, { spec, config, model });
      return outputsOf(model, inputs, compute);
    },
    async load(folder) {
      const loaded = await fromPretrained(spec, folder);
      using model = loaded.backbone;
      return { fresh: loaded.fresh, settings: {}, outputs: outputsOf(model, inputs, compute) };
    },
  };
}

interface TaskParts<Config, Body extends BaseModel, Options, Model extends TaskModel> {
  readonly spec: ModelSpec<Config, Body>;
  readonly config: Config;
  readonly task: TaskModelClass<Body, Options, Model>;
  readonly head: Options & HeadSettings;
  readonly inputs: Inputs;
  readonly compute: Compute<Model>;
  /** What is special about it. */
  readonly variant?: string;
}

/** A model with a head. */
export function task<Config, Body extends BaseModel, Options, Model extends TaskModel>(
  parts: TaskParts<Config, Body, Options, Model>,
): Case {
  const { spec, task, head, inputs, compute, variant } = parts;
  const layout = spec.tasks[task.task]!;
  const config: Config = { ...parts.config, ...layout.config };
  const { labels, problemType } = head;
  return {
    title: variant ? `${layout.architecture}, ${variant}` : layout.architecture,
    inputs,
    settings: { ...(labels && { labels }), ...(problemType && { problemType }) },
    async save(folder) {
      using model = new task(spec(config, random()), { ...head, ...random() });
      await savePretrained(folder, { spec, config, model });
      return outputsOf(model, inputs, compute);
    },
    async load(folder) {
      const { model: loaded, fresh } = await fromPretrained(spec, folder, { task });
      using model = loaded;
      const { labels, problemType } = model;
      const settings = { ...(labels && { labels }), ...(problemType && { problemType }) };
      return { fresh, settings, outputs: outputsOf(model, inputs, compute) };
    },
  };
}
