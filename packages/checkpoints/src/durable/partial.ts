import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const active = new Set<string>();
let count = 0;

/**
 * A name beside the target for what is being written: `.model.safetensors.1234-1.partial`. In the same
 * folder, since only there a rename is one indivisible act. What killed writers left is removed first.
 */
export async function claimPartial(target: string): Promise<string> {
  await removeLeftovers(target);
  const path = join(dirname(target), `.${basename(target)}.${process.pid}-${++count}.partial`);
  active.add(path);
  return path;
}

/** Gives the name back and removes what may still lie there. */
export async function releasePartial(path: string): Promise<void> {
  active.delete(path);
  await rm(path, { recursive: true, force: true });
}

async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  const start = `.${basename(target)}.`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start)) continue;
    const pid = /^(\d+)-\d+\.partial$/.exec(name.slice(start.length))?.[1];
    const path = join(folder, name);
    if (pid !== undefined && !active.has(path) && !runsElsewhere(Number(pid))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Whether another process has this number: then it may still be writing. */
export function runsElsewhere(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
