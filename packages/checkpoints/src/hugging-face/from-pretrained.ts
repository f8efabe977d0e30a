import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertStateDict,
  type BaseModel,
  type ModelSpec,
  type StateDict,
  type TaskModel,
  type TaskModelClass,
  ZeroStream,
} from '@tenon/core';
import { recoverFolder } from '../durable/write-folder.ts';
import { openSafetensors } from '../open-safetensors.ts';
import { readHeadSettings } from './head-settings.ts';
import {
  backbonePath,
  checkpointNames,
  fromCheckpoint,
  isHeadPath,
  isTaskModel,
  taskLayout,
} from './names.ts';
import { readConfig } from './read-config.ts';
import { weightsFile } from './weights-file.ts';

interface Loaded<Config> {
  readonly config: Config;
  /** The parameters that the checkpoint, made for another task, does not have: they keep their first values. */
  readonly fresh: readonly string[];
}

export interface LoadedBackbone<Config, Body extends BaseModel> extends Loaded<Config> {
  readonly backbone: Body;
}

export interface LoadedTaskModel<Config, Model extends TaskModel> extends Loaded<Config> {
  readonly model: Model;
}

export interface TaskOptions<Body extends BaseModel, Options, Model extends TaskModel> {
  /** The class of the head, `SequenceClassification` for instance. */
  readonly task: TaskModelClass<Body, Options, Model>;
  /** Options of the head. What they leave open, labels for instance, `config.json` says. */
  readonly head?: Partial<Options>;
}

/**
 * Loads a model from a folder that `savePretrained` or Hugging Face's transformers has written:
 * `config.json` and `model.safetensors`. The weights come from disk one at a time.
 *
 * Without `task` it gives the backbone, whatever head the checkpoint has. With it, the head is loaded too;
 * where the checkpoint was made for another task, the head stays as it was made and `fresh` says so.
 *
 * @param spec the model, `gpt2` for instance; the checkpoint must be of its type.
 * @throws {TenonError} when a file is missing, damaged or of another model.
 * @throws {StateDictError} naming every missing, unexpected and mis-shaped tensor of the file at once.
 */
export function fromPretrained<Config, Body extends BaseModel>(
  spec: ModelSpec<Config, Body>,
  folder: string,
): Promise<LoadedBackbone<Config, Body>>;
export function fromPretrained<Config, Body extends BaseModel, Options, Model extends TaskModel>(
  spec: ModelSpec<Config, Body>,
  folder: string,
  options: TaskOptions<Body, Options, Model>,
): Promise<LoadedTaskModel<Config, Model>>;
export async function fromPretrained<Config, Body extends BaseModel, Options, Model extends TaskModel>(
  spec: ModelSpec<Config, Body>,
  folder: string,
  options?: TaskOptions<Body, Options, Model>,
): Promise<LoadedBackbone<Config, Body> | LoadedTaskModel<Config, Model>> {
  if (!existsSync(folder)) await recoverFolder(folder);
  const { json, architecture } = await readConfig(join(folder, 'config.json'), spec.modelType);
  const layout = options && taskLayout(spec, options.task.task);
  const config: Config = { ...spec.parseConfig(json), ...layout?.config };
  const sameTask = layout !== undefined && architecture === layout.architecture;
  const path = await weightsFile(folder);
  using file = openSafetensors(path);
  const backbone = spec(config, { random: new ZeroStream() });
  let made: BaseModel | TaskModel = backbone;
  try {
    const checkpoint: Checkpoint<Config> = { spec, config, weights: file.weights, path, sameTask };
    if (options === undefined) return { backbone, config, fresh: fill(backbone, checkpoint) };
    const settings = { ...readHeadSettings(json, sameTask), ...options.head };
    const model = new options.task(backbone, settings as Options); // what is missing, the head itself asks for
    made = model;
    return { model, config, fresh: fill(model, checkpoint) };
  } catch (error) {
    made.dispose();
    throw error;
  }
}

interface Checkpoint<Config> {
  readonly spec: ModelSpec<Config>;
  readonly config: Config;
  readonly weights: StateDict;
  readonly path: string;
  /** It was made for this head: the head must fit exactly. */
  readonly sameTask: boolean;
}

/**
 * Sets a model's parameters from a checkpoint.
 *
 * @returns the paths of the parameters that it lacks and may lack: the head's in a checkpoint of another task, and
 *   what the model's layout calls optional.
 */
function fill<Config>(model: BaseModel | TaskModel, checkpoint: Checkpoint<Config>): string[] {
  const { spec, config, path, sameTask } = checkpoint;
  const { body, rest, prefix } = fromCheckpoint(spec, config, checkpoint.weights);
  const names = checkpointNames(spec, model, prefix);
  const wanted = new Set(names.values());
  const isOptional = (name: string): boolean =>
    spec.optional?.test(name.startsWith(prefix) ? name.slice(prefix.length) : name) === true;
  const found: StateDict = new Map();
  for (const [name, stored] of body) if (wanted.has(name) || !isOptional(name)) found.set(name, stored);
  for (const [name, stored] of rest) if (wanted.has(name) || sameTask) found.set(name, stored);

  const isHead = (parameter: string): boolean => isTaskModel(model) && isHeadPath(parameter);
  const mayLack = (parameter: string, name: string): boolean =>
    isHead(parameter) ? !sameTask : isOptional(name);
  const fresh = [...names].filter(([parameter, name]) => !found.has(name) && mayLack(parameter, name));
  const lacking = new Set(fresh.map(([parameter]) => parameter));
  const loaded = [...names].filter(([parameter]) => !lacking.has(parameter));
  const parameters = model.parameters();
  assertStateDict(
    new Map(loaded.map(([parameter, name]) => [name, parameters.get(parameter)!])),
    found,
    path,
  );

  const weights = model.stateDict();
  for (const [parameter, name] of loaded) weights.set(parameter, found.get(name)!);
  const newInBody = [...lacking].filter((parameter) => !isHead(parameter));
  if (newInBody.length === 0) {
    model.loadStateDict(weights);
  } else {
    // The backbone was made of zeros, since all of it was to be loaded: first values come from another one.
    using other = spec(config);
    const first = other.stateDict();
    for (const parameter of newInBody) weights.set(parameter, first.get(backbonePath(model, parameter))!);
    model.loadStateDict(weights);
  }
  return [...lacking];
}
