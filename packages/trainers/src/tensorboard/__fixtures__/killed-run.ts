import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, run } from '../../__fixtures__/tiny-run.ts';
import { tensorBoard } from '../index.ts';

/** A run of 20 steps that is killed after 13, while it writes, and goes on from its checkpoint of step 10. */
export async function killedRun(): Promise<string> {
  const folder = join(newFolder(), 'runs', 'tiny');
  const checkpoints = { folder: newFolder(), every: 5 };
  const kill = { onStepEnd: ({ step }: { step: number }) => { if (step === 13) throw new Error('killed'); } }; // biome-ignore format: short
  await run({ logEvery: 1, checkpoints, callbacks: [tensorBoard(folder), kill] }).catch(() => undefined);
  appendFileSync(
    join(folder, readdirSync(folder)[0]!),
    Uint8Array.of(40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7),
  );
  await run({ logEvery: 1, checkpoints: { ...checkpoints, resume: true }, callbacks: [tensorBoard(folder)] });
  return folder;
}
