import {
  assertStateDict,
  type BaseModel,
  type ModelSpec,
  type StateDict,
  type TaskModel,
  type TaskModelClass,
} from '@tenon/core';
import type { HubOptions } from '../hub/options.ts';
import { pathInside } from '../names-inside.ts';
import { inBlocks } from '../read-blocks.ts';
import { readHeadSettings } from './head-settings.ts';
import { builtFor } from './limits.ts';
import {
  backbonePath,
  checkpointNames,
  fromCheckpoint,
  isHeadPath,
  isTaskModel,
  taskLayout,
} from './names.ts';
import { openWeights } from './open-weights.ts';
import { readConfig } from './read-config.ts';
import { sourceFolder } from './source-folder.ts';

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

export interface TaskOptions<Body extends BaseModel, Options, Model extends TaskModel> extends HubOptions {
  /** The class of the head, `SequenceClassification` for instance. */
  readonly task: TaskModelClass<Body, Options, Model>;
  /** Options of the head. What they leave open, labels for instance, `config.json` says. */
  readonly head?: Partial<Options>;
}

/**
 * Loads a model from a folder that `savePretrained` or Hugging Face's transformers has written, or by its name from
 * the Hugging Face hub: `config.json` and `model.safetensors`, in one file or sharded. The weights come from disk into
 * the arrays that the parameters keep. Those of float32 share blocks of up to 256 MB, each of which stays in memory
 * until the last of its parameters has been disposed of.
 *
 * Without `task` it gives the backbone, whatever head the checkpoint has. With it, the head is loaded too;
 * where the checkpoint was made for another task, the head stays as it was made and `fresh` says so.
 *
 * @param spec the model, `gpt2` for instance; the checkpoint must be of its type.
 * @param source a folder or, where there is none of that name, a repository on the hub: `openai-community/gpt2`. It is
 *   fetched into the cache that is shared with Python; `downloadSnapshot` of `@tenon/checkpoints/hub` says how.
 * @throws {TenonError} when a file is missing, damaged or of another model.
 * @throws {StateDictError} naming every missing, unexpected and mis-shaped tensor of the file at once.
 */
export function fromPretrained<Config, Body extends BaseModel, Options, Model extends TaskModel>(
  spec: ModelSpec<Config, Body>,
  source: string,
  options: TaskOptions<Body, Options, Model>,
): Promise<LoadedTaskModel<Config, Model>>;
export function fromPretrained<Config, Body extends BaseModel>(
  spec: ModelSpec<Config, Body>,
  source: string,
  options?: HubOptions,
): Promise<LoadedBackbone<Config, Body>>;
export async function fromPretrained<Config, Body extends BaseModel, Options, Model extends TaskModel>(
  spec: ModelSpec<Config, Body>,
  source: string,
  options: HubOptions & Partial<TaskOptions<Body, Options, Model>> = {},
): Promise<LoadedBackbone<Config, Body> | LoadedTaskModel<Config, Model>> {
  const { task, head } = options;
  const layout = task && taskLayout(spec, task.task);
  const folder = await sourceFolder(source, options);
  const { json, architecture } = await readConfig(await pathInside(folder, 'config.json'), spec.modelType);
  const config: Config = { ...spec.parseConfig(json), ...layout?.config };
  const sameTask = layout !== undefined && architecture === layout.architecture;
  using file = await openWeights(folder);
  const { weights, path } = file;
  const backbone = builtFor(spec, config, weights);
  let made: BaseModel | TaskModel = backbone;
  try {
    const checkpoint: Checkpoint<Config> = { spec, config, weights, path, sameTask };
    if (task === undefined) return { backbone, config, fresh: await fill(backbone, checkpoint) };
    const settings = { ...readHeadSettings(json, sameTask), ...head };
    const model = new task(backbone, settings as Options); // what is missing, the head itself asks for
    made = model;
    return { model, config, fresh: await fill(model, checkpoint) };
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
async function fill<Config>(model: BaseModel | TaskModel, checkpoint: Checkpoint<Config>): Promise<string[]> {
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
  // The backbone was made of zeros, since all of it was to be loaded: first values come from another one.
  using other = newInBody.length > 0 ? spec(config) : undefined;
  const first = other?.stateDict();
  for (const parameter of newInBody) weights.set(parameter, first!.get(backbonePath(model, parameter))!);
  model.loadStateDict(await inBlocks(weights));
  return [...lacking];
}
