import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertStateDict,
  type Backbone,
  type ModelSpec,
  type StateDict,
  type TaskLayout,
  type TaskModel,
  ZeroStream,
} from '@tenon/core';
import { recoverFolder } from '../durable/write-folder.ts';
import { openSafetensors } from '../open-safetensors.ts';
import { checkpointNames, fromCheckpoint, isHeadPath, type SplitCheckpoint, taskLayout } from './names.ts';
import { readConfig } from './read-config.ts';
import { weightsFile } from './weights-file.ts';

export interface LoadedBackbone<Config, Body extends Backbone> {
  readonly backbone: Body;
  readonly config: Config;
}

export interface LoadedTaskModel<Config, Model extends TaskModel> {
  readonly model: Model;
  readonly config: Config;
  /** The head's parameters that the checkpoint, made for another task, does not have: they keep their first values. */
  readonly fresh: readonly string[];
}

export interface HeadOptions<Body extends Backbone, Model extends TaskModel> {
  /** Puts a head on the backbone: `(backbone) => new CausalLM(backbone)`. */
  readonly head: (backbone: Body) => Model;
}

/**
 * Loads a model from a folder that `savePretrained` or Hugging Face's transformers has written:
 * `config.json` and `model.safetensors`. The weights come from disk one at a time.
 *
 * Without `head` it gives the backbone, whatever head the checkpoint has. With it, the head is loaded too;
 * where the checkpoint was made for another task, the head stays as it was made and `fresh` says so.
 *
 * @param spec the model, `gpt2` for instance; the checkpoint must be of its type.
 * @throws {TenonError} when a file is missing, damaged or of another model.
 * @throws {StateDictError} naming every missing, unexpected and mis-shaped tensor of the file at once.
 */
export function fromPretrained<Config, Body extends Backbone>(
  spec: ModelSpec<Config, Body>,
  folder: string,
): Promise<LoadedBackbone<Config, Body>>;
export function fromPretrained<Config, Body extends Backbone, Model extends TaskModel>(
  spec: ModelSpec<Config, Body>,
  folder: string,
  options: HeadOptions<Body, Model>,
): Promise<LoadedTaskModel<Config, Model>>;
export async function fromPretrained<Config, Body extends Backbone, Model extends TaskModel>(
  spec: ModelSpec<Config, Body>,
  folder: string,
  options?: HeadOptions<Body, Model>,
): Promise<LoadedBackbone<Config, Body> | LoadedTaskModel<Config, Model>> {
  if (!existsSync(folder)) await recoverFolder(folder);
  const { json, architecture } = await readConfig(join(folder, 'config.json'), spec.modelType);
  const config = spec.parseConfig(json);
  const path = await weightsFile(folder);
  using file = openSafetensors(path);
  const backbone = spec(config, { random: new ZeroStream() });
  let made: Backbone | TaskModel = backbone;
  try {
    const checkpoint = fromCheckpoint(spec, config, file.weights);
    if (options === undefined) {
      fill(path, backbone, undefined, checkpoint, false);
      return { backbone, config };
    }
    const model = options.head(backbone);
    made = model;
    const layout = taskLayout(spec, model);
    const fresh = fill(path, model, layout, checkpoint, architecture === layout.architecture);
    return { model, config, fresh };
  } catch (error) {
    made.dispose();
    throw error;
  }
}

/**
 * Sets a model's parameters from a checkpoint.
 *
 * @param layout where the head's parameters are in the checkpoint; absent for a backbone.
 * @param sameTask the checkpoint was made for this head: it must fit exactly.
 * @returns the paths of the head's parameters that the checkpoint of another task lacks.
 */
function fill(
  file: string,
  model: Backbone | TaskModel,
  layout: TaskLayout | undefined,
  { body, rest, prefix }: SplitCheckpoint,
  sameTask: boolean,
): string[] {
  const names = checkpointNames(model, layout, prefix);
  const wanted = new Set(names.values());
  const found: StateDict = new Map();
  for (const [name, stored] of body) found.set(prefix + name, stored);
  for (const [name, stored] of rest) if (sameTask || wanted.has(name)) found.set(name, stored);

  const isFresh = (path: string, name: string): boolean =>
    layout !== undefined && !sameTask && isHeadPath(path) && !found.has(name);
  const fresh = [...names].filter(([path, name]) => isFresh(path, name)).map(([path]) => path);
  const parameters = model.parameters();
  const loaded = [...names].filter(([path]) => !fresh.includes(path));
  assertStateDict(new Map(loaded.map(([path, name]) => [name, parameters.get(path)!])), found, file);

  const weights = model.stateDict();
  for (const [path, name] of loaded) weights.set(path, found.get(name)!);
  model.loadStateDict(weights);
  return fresh;
}
