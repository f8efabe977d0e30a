// Writes the same target again and again until it is killed:  endless-writer.ts file|folder TARGET
// Version n holds the value n in every place, so that a mixture of two versions would show.
import { join } from 'node:path';
import { writeFolder, writeSafetensors, writeTextFile } from '@tenon/checkpoints';
import { storedTensor } from '@tenon/core';

const [kind, target] = process.argv.slice(2) as ['file' | 'folder', string];

async function write(file: string, version: number): Promise<void> {
  const values = new Float32Array(200_000).fill(version);
  const weights = new Map(['a', 'b', 'c'].map((name) => [name, storedTensor(values, [values.length])]));
  await writeSafetensors(file, weights, { version: String(version) });
}

for (let version = 1; ; version++) {
  if (kind === 'file') await write(target, version);
  else {
    await writeFolder(target, async (folder) => {
      await write(join(folder, 'model.safetensors'), version);
      await writeTextFile(join(folder, 'version.txt'), String(version));
    });
  }
  process.stdout.write(`${version}\n`);
}
