import {
  type BaseModel,
  type ModelLayout,
  type Module,
  type StateDict,
  type Task,
  type TaskLayout,
  type TaskModel,
  TenonError,
} from '@tenon/core';

/** The field of a task model that holds its backbone, as it stands in the paths of its parameters. */
const BACKBONE = 'backbone.';

export function isTaskModel(model: Module): model is TaskModel {
  return 'task' in model && 'backbone' in model;
}

/** Whether a parameter of a task model is the head's own. */
export function isHeadPath(path: string): boolean {
  return !path.startsWith(BACKBONE);
}

/** A parameter of the backbone by its path in the backbone itself. */
export function backbonePath(model: BaseModel | TaskModel, path: string): string {
  return isTaskModel(model) ? path.slice(BACKBONE.length) : path;
}

/**
 * How a model writes a task down.
 *
 * @throws {TenonError} when the model file does not say.
 */
export function taskLayout<Config>(spec: ModelLayout<Config>, task: Task): TaskLayout<Config> {
  const layout = spec.tasks[task];
  if (layout !== undefined) return layout;
  throw new TenonError({
    subject: `tasks of ${spec.modelType}`,
    expected: Object.keys(spec.tasks).join(', ') || 'none',
    got: task,
    advice: `Add the task's architecture and names to the layout of ${spec.modelType}.`,
  });
}

/** Where a parameter of the backbone stands in a checkpoint that has `prefix` before most of them. */
function bodyName<Config>({ outside }: ModelLayout<Config>, name: string, prefix: string): string {
  return outside?.test(name) ? name : prefix + name;
}

/** The paths of a model's parameters and their names in a checkpoint that has `prefix` before the backbone's. */
export function checkpointNames<Config>(
  spec: ModelLayout<Config>,
  model: BaseModel | TaskModel,
  prefix: string,
): Map<string, string> {
  const paths = [...model.parameters().keys()];
  if (!isTaskModel(model)) return new Map(paths.map((path) => [path, bodyName(spec, path, prefix)]));
  const { head } = taskLayout(spec, model.task);
  const nameOf = (path: string): string =>
    isHeadPath(path) ? (head[path] ?? path) : bodyName(spec, path.slice(BACKBONE.length), prefix);
  return new Map(paths.map((path) => [path, nameOf(path)]));
}

/** From a model's parameters to the names and layouts of its checkpoint. */
export function toCheckpoint<Config>(
  spec: ModelLayout<Config>,
  config: Config,
  model: BaseModel | TaskModel,
): StateDict {
  const unsanitized = (backbone: BaseModel): StateDict => {
    const weights = backbone.stateDict();
    return spec.unsanitize?.(weights, config) ?? weights;
  };
  if (!isTaskModel(model)) return unsanitized(model);

  const checkpoint: StateDict = new Map();
  const { prefix = spec.prefix } = taskLayout(spec, model.task);
  for (const [name, stored] of unsanitized(model.backbone)) {
    checkpoint.set(bodyName(spec, name, prefix), stored);
  }
  const names = checkpointNames(spec, model, prefix);
  for (const [path, stored] of model.stateDict()) {
    if (isHeadPath(path)) checkpoint.set(names.get(path)!, stored);
  }
  return checkpoint;
}

/** A checkpoint's tensors under its own names. */
export interface SplitCheckpoint {
  /** The backbone's, in its layouts. */
  readonly body: StateDict;
  readonly rest: StateDict;
  /** What stands before most of the backbone's names: the layout's prefix, a task's, or nothing in a file without a head. */
  readonly prefix: string;
}

/** The way back: takes the prefix off where the file has it, and lets the model sort out its own differences. */
export function fromCheckpoint<Config>(
  spec: ModelLayout<Config>,
  config: Config,
  weights: StateDict,
): SplitCheckpoint {
  const prefix =
    prefixesOf(spec).find((one) => [...weights.keys()].some((name) => name.startsWith(one))) ?? '';
  const stripped: StateDict = new Map();
  const outside = new Set<string>(headNames(spec)); // also what sanitize gives a head's name to
  for (const [name, stored] of weights) {
    if (name.startsWith(prefix)) stripped.set(name.slice(prefix.length), stored);
    else {
      stripped.set(name, stored);
      if (!spec.outside?.test(name)) outside.add(name);
    }
  }
  const body: StateDict = new Map();
  const rest: StateDict = new Map();
  for (const [name, stored] of spec.sanitize?.(stripped, config) ?? stripped) {
    if (outside.has(name)) rest.set(name, stored);
    else body.set(bodyName(spec, name, prefix), stored);
  }
  return { body, rest, prefix };
}

/** What may stand before the backbone's names: the layout's own first. */
function prefixesOf<Config>({ prefix, tasks }: ModelLayout<Config>): string[] {
  return [prefix, ...Object.values(tasks).flatMap((task) => task.prefix ?? [])];
}

function headNames<Config>({ tasks }: ModelLayout<Config>): string[] {
  return Object.values(tasks).flatMap(({ head }) => Object.values(head));
}
