import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TenonError } from '@tenon/core';

const NAME = 'model.safetensors';

/**
 * Where a checkpoint's weights lie.
 *
 * @throws {TenonError} when there are none, or only in a form that is not read.
 */
export async function weightsFile(folder: string): Promise<string> {
  const names = await readdir(folder);
  if (names.includes(NAME)) return join(folder, NAME);
  const others = names.filter((name) =>
    /\.(safetensors|safetensors\.index\.json|bin|pt|h5|msgpack)$/.test(name),
  );
  throw new TenonError({
    subject: folder,
    expected: `the weights as ${NAME}`,
    got: others.length > 0 ? others.join(', ') : 'none',
    advice: "In Python, transformers writes it: model.save_pretrained(folder, max_shard_size='100GB').",
  });
}
