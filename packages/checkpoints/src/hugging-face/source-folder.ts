import { existsSync } from 'node:fs';
import { recoverFolder } from '../durable/write-folder.ts';
import type { HubOptions } from '../hub/options.ts';
import { isRepositoryName } from '../hub/repository-name.ts';

/**
 * The folder of a model: the one given or, where there is none and the name could be a repository's, what is fetched from the hub.
 *
 * @throws {TenonError} when the hub does not give it.
 */
export async function sourceFolder(source: string, options: HubOptions): Promise<string> {
  if (!existsSync(source)) await recoverFolder(source);
  if (existsSync(source) || !isRepositoryName(source)) return source;
  // Only whoever uses the hub loads its client.
  const { downloadPretrained } = await import('../hub/download-pretrained.ts');
  return downloadPretrained(source, options);
}
