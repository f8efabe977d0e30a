import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertStateDict,
  type Backbone,
  type ModelSpec,
  normal,
  RandomStream,
  type ReleaseLayout,
  type StateDict,
  type StoredTensor,
  type TaskModel,
  TenonError,
} from '@tenon/core';
import type { LoadedBackbone, LoadedTaskModel, TaskOptions } from '../hugging-face/from-pretrained.ts';
import { builtFor } from '../hugging-face/limits.ts';
import { isHeadPath } from '../hugging-face/names.ts';
import { readConfig } from '../hugging-face/read-config.ts';
import { openOpenAI } from './release.ts';

export interface OpenAIOptions<Config> {
  /**
   * What is to be other than in the files: dropout, or a larger vocabulary, whose further embeddings are drawn anew
   * (GPT's start, delimiter and extract tokens).
   */
  readonly config?: Partial<Config>;
}

type OpenAITask<Body extends Backbone, Options, Model extends TaskModel> = Pick<
  TaskOptions<Body, Options, Model>,
  'task' | 'head'
>;

/**
 * Loads a model from OpenAI's release files: `params_shapes.json` and `params_0.npy` to `params_9.npy`, in the
 * folder or in `model` below it. The weights come from disk one at a time.
 *
 * Its configuration is that of a `config.json` in the folder; where there is none, the sizes come from the shapes and
 * what they do not say, heads for instance, from the paper. A head is made as `fromPretrained` makes one; all of its
 * own parameters are `fresh`, since the files have none.
 *
 * @param spec the model, `gpt` for instance.
 * @throws {TenonError} when a file is missing or damaged, or the model has no such release.
 * @throws {StateDictError} naming every missing, unexpected and mis-shaped array at once.
 */
export function loadOpenAI<Config, Body extends Backbone>(
  spec: ModelSpec<Config, Body>,
  folder: string,
  options?: OpenAIOptions<Config>,
): Promise<LoadedBackbone<Config, Body>>;
export function loadOpenAI<Config, Body extends Backbone, Options, Model extends TaskModel>(
  spec: ModelSpec<Config, Body>,
  folder: string,
  options: OpenAIOptions<Config> & OpenAITask<Body, Options, Model>,
): Promise<LoadedTaskModel<Config, Model>>;
export async function loadOpenAI<Config, Body extends Backbone, Options, Model extends TaskModel>(
  spec: ModelSpec<Config, Body>,
  folder: string,
  options: OpenAIOptions<Config> & Partial<OpenAITask<Body, Options, Model>> = {},
): Promise<LoadedBackbone<Config, Body> | LoadedTaskModel<Config, Model>> {
  const { task, head } = options;
  const release = releaseOf(spec);
  const place = existsSync(join(folder, 'params_shapes.json')) ? folder : join(folder, 'model');
  using files = openOpenAI(place);
  const shapes = files.arrays.map(({ shape }) => shape);
  const found = await configIn(spec, folder);
  const decided = task && spec.tasks[task.task]?.config;
  const config: Config = { ...(found ?? release.config(shapes)), ...decided, ...options.config };
  const weights = named(release.names(config), files.arrays, place);

  const backbone = builtFor(spec, config, weights);
  let made: Backbone | TaskModel = backbone;
  try {
    growVocabulary(backbone, weights);
    assertStateDict(backbone.parameters(), weights, place);
    backbone.loadStateDict(weights);
    if (task === undefined) return { backbone, config, fresh: [] };
    const model = new task(backbone, { ...head } as Options); // what is missing, the head itself asks for
    made = model;
    const fresh = [...model.parameters().keys()].filter(isHeadPath);
    return { model, config, fresh };
  } catch (error) {
    made.dispose();
    throw error;
  }
}

function releaseOf<Config>({ release, modelType }: ModelSpec<Config>): ReleaseLayout<Config> {
  if (release !== undefined) return release;
  throw new TenonError({
    subject: 'loadOpenAI',
    expected: "a model of which there are OpenAI's files",
    got: modelType,
    advice: 'Load it with fromPretrained, or pass gpt.',
  });
}

async function configIn<Config>(spec: ModelSpec<Config>, folder: string): Promise<Config | undefined> {
  const path = join(folder, 'config.json');
  return existsSync(path) ? spec.parseConfig((await readConfig(path, spec.modelType)).json) : undefined;
}

/** The arrays under the model's names. A convolution of width 1, [1, in, out], is a matrix. */
function named(names: readonly string[], arrays: readonly StoredTensor[], place: string): StateDict {
  if (names.length !== arrays.length) {
    throw new TenonError({
      subject: join(place, 'params_shapes.json'),
      expected: `${names.length} arrays for this model`,
      got: String(arrays.length),
      advice: 'Check that config and release are of the same model.',
    });
  }
  return new Map(
    arrays.map((stored, i) => {
      const { shape } = stored;
      const isConvolution = shape.length === 3 && shape[0] === 1;
      return [names[i]!, isConvolution ? { ...stored, shape: shape.slice(1) } : stored];
    }),
  );
}

/** Where the model has more tokens than the files, its further embeddings are drawn as in a new model. */
function growVocabulary(backbone: Backbone, weights: StateDict): void {
  const { tokenEmbedding, headDefaults } = backbone;
  for (const [name, parameter] of backbone.parameters()) {
    const stored = weights.get(name);
    if (parameter !== tokenEmbedding || stored === undefined) continue;
    const [rows, columns] = parameter.shape as [number, number];
    const further = rows - (stored.shape[0] ?? rows);
    if (further <= 0 || stored.shape[1] !== columns) return;
    weights.set(name, {
      dtype: 'float32',
      shape: [rows, columns],
      fresh: true,
      read() {
        const values = new Float32Array(rows * columns);
        const draw = headDefaults?.weight ?? normal(0.02);
        values.set(stored.read());
        values.set(draw([further, columns], new RandomStream(42).next()), (rows - further) * columns);
        return values;
      },
    });
  }
}
