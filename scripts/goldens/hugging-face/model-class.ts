// How a class of Hugging Face (`BertForPreTraining`) is run here: a spec, a head, and what its inputs and outputs are called.
import { join } from 'node:path';
import { fromPretrained } from '@tenon/checkpoints';
import type {
  Backbone,
  ModelSpec,
  Objective,
  ObjectiveValue,
  Parameter,
  TaskModel,
  TaskModelClass,
} from '@tenon/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Comparison } from '../comparison.ts';
import { Facts } from '../facts.ts';
import type { GoldenCase } from '../golden-case.ts';
import type { GoldenInput } from '../model-inputs.ts';

/** What a class gives besides hidden states and attention weights, by the names of the goldens. */
type Outputs = Readonly<Record<string, Tensor>>;

/** A model with a golden's weights. */
export interface LoadedModel {
  readonly backbone: Backbone;
  /** The parameters under the checkpoint's names. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  outputs(input: GoldenInput): Outputs;
  /** Takes the labels out of an input, and gives what runs the model on them; absent for a model without a head. */
  readonly objective?: (input: GoldenInput) => (training: boolean) => ObjectiveValue;
  dispose(): void;
}

/** What float32 cannot follow in a training run: parameters whose true gradient is zero, so that Adam amplifies rounding. */
export interface Noise {
  /** For the report. */
  readonly what: string;
  /** Whether a value of a parameter is noise, by its index. */
  is(name: string, index: number, parameters: ReadonlyMap<string, Parameter>): boolean;
}

/** What all classes of one model have in common. */
export interface ModelTraits {
  /** Whether what is computed at padding is compared as well. @default false */
  readonly comparesPadding?: boolean;
  readonly noise?: Noise;
}

export interface ModelClass extends ModelTraits {
  /** The inputs that are read besides the model's own. */
  readonly labels: readonly string[];
  /** The goldens' names of partial losses, and the head's. */
  readonly parts: Readonly<Record<string, string>>;
  /** What stands among the goldens' partial losses and is none, but read by `head`. */
  readonly settings?: readonly string[];
  load(folder: string): Promise<LoadedModel>;
  /** Compares files that only this class has. */
  compareMore?(golden: GoldenCase, model: LoadedModel, comparison: Comparison): Promise<void>;
}

export interface HeadedOptions<Options, Model, Batch> extends ModelTraits {
  readonly labels: readonly string[];
  /** Options of the head that the case's `meta.json` decides. */
  head?(meta: Facts): Partial<Options>;
  readonly settings?: readonly string[];
  /** @param config the case's `config.json`, for what it says to Hugging Face's class alone. */
  batch(input: GoldenInput, model: Model, config: Facts): Batch;
  outputs(model: Model, input: GoldenInput, config: Facts): Outputs;
  readonly parts?: Readonly<Record<string, string>>;
  readonly compareMore?: NonNullable<ModelClass['compareMore']>;
}

/** A model with a head. */
export function headed<
  Config,
  Body extends Backbone,
  Options,
  Batch,
  Model extends TaskModel & Objective<Batch>,
>(
  spec: ModelSpec<Config, Body>,
  task: TaskModelClass<Body, Options, Model>,
  { batch, outputs, head, ...options }: HeadedOptions<Options, Model, Batch>,
): ModelClass {
  return {
    parts: {},
    ...options,
    async load(folder) {
      const config = await Facts.read(join(folder, 'config.json'));
      const settings = head?.(await Facts.read(join(folder, 'meta.json'))) ?? {};
      const { model } = await fromPretrained(spec, folder, { task, head: settings });
      return {
        backbone: model.backbone,
        parameters: checkpointParameters(spec, model),
        outputs: (input) => outputs(model, input, config),
        objective: (input) => {
          const made = batch(input, model, config);
          return (training) => model.loss(made, { training });
        },
        dispose: () => model.dispose(),
      };
    },
  };
}

/** A model without a head. */
export function bare<Config, Body extends Backbone>(
  spec: ModelSpec<Config, Body>,
  traits: ModelTraits = {},
): ModelClass {
  return {
    ...traits,
    labels: [],
    parts: {},
    async load(folder) {
      const { backbone } = await fromPretrained(spec, folder);
      return {
        backbone,
        parameters: backbone.parameters(),
        outputs: () => ({}),
        dispose: () => backbone.dispose(),
      };
    },
  };
}

/** The parameters of a task model under the names that its checkpoint has for them. */
export function checkpointParameters<Config>(
  { prefix, outside, tasks }: ModelSpec<Config>,
  model: TaskModel,
): Map<string, Parameter> {
  const head = tasks[model.task]!.head; // it was loaded by them
  const body = (name: string): string => (outside?.test(name) ? name : prefix + name);
  const nameOf = (path: string): string =>
    path.startsWith('backbone.') ? body(path.slice('backbone.'.length)) : (head[path] ?? path);
  return new Map([...model.parameters()].map(([path, value]) => [nameOf(path), value]));
}
