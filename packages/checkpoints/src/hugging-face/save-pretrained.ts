import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModel, Json, ModelLayout, TaskModel } from '@tenon/core';
import { saveError } from '../durable/save-error.ts';
import { writeTextFile } from '../durable/write-file.ts';
import { formatHeadSettings } from './head-settings.ts';
import { isTaskModel, taskLayout, toCheckpoint } from './names.ts';
import { saveWeights } from './save-weights.ts';
import { byteCount } from './shards.ts';

export interface PretrainedParts<Config> {
  /** What the model was built by: `gpt2`. */
  readonly spec: ModelLayout<Config>;
  readonly config: Config;
  /** A backbone, or one with a head. */
  readonly model: BaseModel | TaskModel;
  /** The content of generation_config.json; left out where absent. */
  readonly generationConfig?: { readonly [key: string]: Json };
  /**
   * Weights of more bytes are written as several files and `model.safetensors.index.json`: a number, or `5GB`. A tensor that is
   * larger has a file of its own.
   * @default '50GB', as in transformers
   */
  readonly maxShardSize?: string | number;
}

/**
 * Writes a model as a folder that Hugging Face's transformers loads: `model.safetensors`,
 * `generation_config.json` where given, and `config.json` last. Weights that are tied are written once.
 * No file is ever half-written, and other files in the folder, the tokenizer's for instance, stay; the weights of an
 * older save go.
 *
 * @throws {TenonError} when the model's layout does not know the task, or with the system's reason, a full
 *   disk for instance; then what was there is kept.
 */
export async function savePretrained<Config>(folder: string, parts: PretrainedParts<Config>): Promise<void> {
  const { spec, config, model, generationConfig, maxShardSize = '50GB' } = parts;
  const limit = byteCount(maxShardSize);
  const architecture = isTaskModel(model) ? taskLayout(spec, model.task).architecture : spec.architecture;
  const json = {
    ...spec.formatConfig(config),
    ...(isTaskModel(model) ? formatHeadSettings(model) : {}),
    ...(architecture === undefined ? {} : { architectures: [architecture] }),
    model_type: spec.modelType,
  };
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw saveError(folder, error);
  });
  await saveWeights(folder, toCheckpoint(spec, config, model), limit);
  if (generationConfig !== undefined) {
    await writeTextFile(join(folder, 'generation_config.json'), formatJson(generationConfig));
  }
  await writeTextFile(join(folder, 'config.json'), formatJson(json));
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
