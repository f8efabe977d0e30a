import {
  type Backbone,
  type ModelLayout,
  type Module,
  type StateDict,
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

/**
 * How a model writes its task down.
 *
 * @throws {TenonError} when the model file does not say.
 */
export function taskLayout<Config>(spec: ModelLayout<Config>, { task }: TaskModel): TaskLayout {
  const layout = spec.tasks[task];
  if (layout !== undefined) return layout;
  throw new TenonError({
    subject: `tasks of ${spec.modelType}`,
    expected: Object.keys(spec.tasks).join(', ') || 'none',
    got: task,
    advice: `Add the task's architecture and names to the layout of ${spec.modelType}.`,
  });
}

/** The paths of a model's parameters and their names in a checkpoint that has `prefix` before the backbone's. */
export function checkpointNames(
  model: Backbone | TaskModel,
  layout: TaskLayout | undefined,
  prefix: string,
): Map<string, string> {
  const nameOf = (path: string): string => {
    if (layout === undefined) return prefix + path;
    return isHeadPath(path) ? (layout.head[path] ?? path) : prefix + path.slice(BACKBONE.length);
  };
  return new Map([...model.parameters().keys()].map((path) => [path, nameOf(path)]));
}

/** From a model's parameters to the names and layouts of its checkpoint. */
export function toCheckpoint<Config>(
  spec: ModelLayout<Config>,
  config: Config,
  model: Backbone | TaskModel,
): StateDict {
  const unsanitized = (backbone: Backbone): StateDict => {
    const weights = backbone.stateDict();
    return spec.unsanitize?.(weights, config) ?? weights;
  };
  if (!isTaskModel(model)) return unsanitized(model);

  const checkpoint: StateDict = new Map();
  for (const [name, stored] of unsanitized(model.backbone)) checkpoint.set(spec.prefix + name, stored);
  const names = checkpointNames(model, taskLayout(spec, model), spec.prefix);
  for (const [path, stored] of model.stateDict()) {
    if (isHeadPath(path)) checkpoint.set(names.get(path)!, stored);
  }
  return checkpoint;
}

/** A checkpoint's tensors under the backbone's names, and what is not the backbone's under its own. */
export interface SplitCheckpoint {
  readonly body: StateDict;
  readonly rest: StateDict;
  /** What stood before the backbone's names: the layout's prefix, or nothing in a file without a head. */
  readonly prefix: string;
}

/** The way back: takes the prefix off where the file has it, and lets the model sort out its own differences. */
export function fromCheckpoint<Config>(
  spec: ModelLayout<Config>,
  config: Config,
  weights: StateDict,
): SplitCheckpoint {
  const prefix = [...weights.keys()].some((name) => name.startsWith(spec.prefix)) ? spec.prefix : '';
  const stripped: StateDict = new Map();
  const outside = new Set<string>(prefix === '' ? headNames(spec) : []);
  for (const [name, stored] of weights) {
    if (name.startsWith(prefix)) stripped.set(name.slice(prefix.length), stored);
    else {
      stripped.set(name, stored);
      outside.add(name);
    }
  }
  const body: StateDict = new Map();
  const rest: StateDict = new Map();
  for (const [name, stored] of spec.sanitize?.(stripped, config) ?? stripped) {
    (outside.has(name) ? rest : body).set(name, stored);
  }
  return { body, rest, prefix };
}

function headNames<Config>({ tasks }: ModelLayout<Config>): string[] {
  return Object.values(tasks).flatMap(({ head }) => Object.values(head));
}
