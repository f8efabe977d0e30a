import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Keeps a report as JSON under `benchmarks/results`, which git ignores, and says where. */
export async function writeResultFile(name: string, report: object): Promise<void> {
  const folder = fileURLToPath(new URL('../results', import.meta.url));
  const file = join(folder, `${name}-${new Date().toISOString().replaceAll(':', '-')}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`written to ${file}`);
}
