import { readFile } from 'node:fs/promises';
import { type Json, TenonError } from '@tenon/core';
import { readObject } from './read-object.ts';

export interface CheckpointConfig {
  readonly json: { readonly [key: string]: Json };
  /** The first of `architectures`: what the checkpoint was trained as. */
  readonly architecture: string | undefined;
}

/**
 * Reads a `config.json` and checks that it is one of this model type.
 *
 * @throws {TenonError} when it is missing, no JSON, or that of another model.
 */
export async function readConfig(path: string, modelType: string): Promise<CheckpointConfig> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new TenonError(
      {
        subject: path,
        expected: 'the configuration of a model',
        got: (error as Error).message,
        advice: 'Pass a folder that savePretrained or transformers has written.',
      },
      { cause: error },
    );
  });
  const json = readObject(path, text);
  const { model_type: found, architectures } = json;
  if (found !== modelType) {
    throw new TenonError({
      subject: path,
      expected: `model_type "${modelType}"`,
      got: JSON.stringify(found) ?? 'none',
      advice: 'Load it with the spec of its own model.',
    });
  }
  const architecture = Array.isArray(architectures) ? architectures[0] : undefined;
  return { json, architecture: typeof architecture === 'string' ? architecture : undefined };
}
