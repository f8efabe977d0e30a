import { readFile } from 'node:fs/promises';
import { assertStateDict, type Backbone, type ModelSpec, TenonError } from '@tenon/core';
import type { LoadedBackbone } from '../hugging-face/from-pretrained.ts';
import { builtFor } from '../hugging-face/limits.ts';
import { readObject } from '../hugging-face/read-object.ts';
import { openHDF5 } from './open-hdf5.ts';

/** The two files of a release. */
export interface BilmFiles {
  /** Path of options.json. */
  readonly options: string;
  /** Path of the weights in HDF5. */
  readonly weights: string;
}

export interface LoadBilmOptions<Config> {
  /** What is to be other than in the options: dropout, or no sentence boundaries. */
  readonly config?: Partial<Config>;
}

/**
 * Loads ELMo from the files of bilm-tf and of AllenNLP's releases. The weights come from disk one at a time. Heads go
 * on the backbone as on any other, with `MixedLayers` of `@tenon/layers` between them.
 *
 * @param spec the model, `elmo`.
 * @throws {TenonError} when a file is missing or damaged, or the options are of another model.
 * @throws {StateDictError} naming every missing, unexpected and mis-shaped tensor at once.
 */
export async function loadBilm<Config, Body extends Backbone>(
  spec: ModelSpec<Config, Body>,
  files: BilmFiles,
  { config: changes }: LoadBilmOptions<Config> = {},
): Promise<LoadedBackbone<Config, Body>> {
  const config: Config = { ...spec.parseConfig(await readOptions(files.options)), ...changes };
  using file = await openHDF5(files.weights);
  // Building comes first: it refuses impossible sizes.
  const backbone = builtFor(spec, config, file.weights);
  try {
    const weights = spec.sanitize?.(file.weights, config) ?? file.weights;
    assertStateDict(backbone.parameters(), weights, files.weights);
    backbone.loadStateDict(weights);
    return { backbone, config, fresh: [] };
  } catch (error) {
    backbone.dispose();
    throw error;
  }
}

async function readOptions(path: string): Promise<ReturnType<typeof readObject>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new TenonError(
      {
        subject: path,
        expected: "bilm's options",
        got: (error as Error).message,
        advice: 'Pass the path of options.json, which comes with the weights.',
      },
      { cause: error },
    );
  });
  return readObject(path, text);
}
