import { TenonError } from '@tenon/core';
import { WEIGHTS } from '../hugging-face/open-weights.ts';
import { readShardIndex, SHARD_INDEX } from '../hugging-face/shard-index.ts';
import type { HubOptions } from './options.ts';
import { openRepository, type Repository } from './repository.ts';

/**
 * Fetches what `fromPretrained` reads of a repository, and nothing else: the configurations, and the weights as safetensors.
 *
 * @returns the folder with the files.
 * @throws {TenonError} as `downloadSnapshot`, and when the weights are there only in another form.
 */
export async function downloadPretrained(name: string, options: HubOptions): Promise<string> {
  const repository = await openRepository(name, options);
  const { files, folder } = repository;
  const weights = [WEIGHTS, SHARD_INDEX].find((file) => files.includes(file));
  if (weights === undefined) throw noSafetensors(repository);
  await repository.fetch('config.json');
  if (files.includes('generation_config.json')) await repository.fetch('generation_config.json');
  await repository.fetch(weights);
  if (weights === SHARD_INDEX) {
    for (const shard of (await readShardIndex(folder)).keys()) await repository.fetch(shard);
  }
  return folder;
}

function noSafetensors({ name, files, folder }: Repository): TenonError {
  const others = files.filter((file) => /\.(bin|pt|h5|msgpack|ckpt|gguf|safetensors)$/.test(file));
  return new TenonError({
    subject: name,
    expected: `the weights as ${WEIGHTS}`,
    got: others.length > 0 ? others.join(', ') : `none in ${folder}`,
    advice:
      `Convert them in Python, AutoModel.from_pretrained('${name}').save_pretrained(folder), and load that folder; ` +
      "or look among the repository's pull requests for one that adds safetensors, and pass revision 'refs/pr/1'.",
  });
}
