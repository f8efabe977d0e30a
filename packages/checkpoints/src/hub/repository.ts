import { join } from 'node:path';
import { type ListFileEntry, listFiles, modelInfo } from '@huggingface/hub';
import { TenonError } from '@tenon/core';
import { assertRelativeName } from '../names-inside.ts';
import { isCommit, RepositoryCache } from './cache.ts';
import { type Asked, UnreachableError, unreachable } from './errors.ts';
import { type HubOptions, type HubSettings, hubSettings } from './options.ts';
import { assertRepositoryName } from './repository-name.ts';
import { reasonOf, request } from './request.ts';
import { fetchBlob } from './transfer.ts';

/** One revision of a repository, on the hub or in the cache alone. */
export interface Repository {
  readonly name: string;
  /** Where its files are once they are fetched. */
  readonly folder: string;
  /** What there is to fetch. */
  readonly files: readonly string[];
  /** Puts a file into the folder. @returns its path */
  fetch(file: string): Promise<string>;
}

/**
 * Asks the hub which commit a revision is at and what it holds. Where the hub is away, or not to be asked, the cache answers.
 *
 * @throws {TenonError} when there is no such repository or revision, or the hub refuses it.
 */
export async function openRepository(name: string, options: HubOptions): Promise<Repository> {
  assertRepositoryName(name);
  const settings = await hubSettings(options);
  const cache = new RepositoryCache(settings.cacheDir, name);
  const cached = await cache.commitOf(settings.revision);
  const files = cached === undefined ? [] : await cache.files(cached);
  if (settings.offline) {
    if (cached === undefined || files.length === 0) throw notCached(name, settings);
    return fromCache(name, cache.snapshot(cached), files);
  }
  try {
    // With a copy at hand it does not pay to be patient.
    return await onHub(name, cache, files.length > 0 ? { ...settings, retries: 0 } : settings, settings);
  } catch (error) {
    if (cached === undefined || files.length === 0 || !(error instanceof UnreachableError)) throw error;
    console.warn(`${error.message} Until then it is what the cache has: ${cache.snapshot(cached)}.`);
    return fromCache(name, cache.snapshot(cached), files);
  }
}

async function onHub(
  name: string,
  cache: RepositoryCache,
  asking: HubSettings,
  settings: HubSettings,
): Promise<Repository> {
  const { endpoint, revision } = settings;
  const asked: Asked = { endpoint, name, revision, hasToken: settings.token !== undefined };
  const answering: typeof fetch = (url, init) => request(String(url), headersOf(init), asking, asked);
  const common = { hubUrl: endpoint, fetch: answering };
  const entries = new Map<string, ListFileEntry>();
  let commit: string;
  try {
    ({ sha: commit } = await modelInfo({ ...common, name, revision, additionalFields: ['sha'] }));
    if (!isCommit(String(commit))) throw new Error(`a commit called ${JSON.stringify(commit)}`);
    for await (const entry of listFiles({ ...common, repo: name, revision: commit, recursive: true })) {
      if (entry.type === 'file') entries.set(entry.path, entry);
    }
  } catch (error) {
    settings.signal?.throwIfAborted();
    if (error instanceof TenonError) throw error;
    throw unreachable(asked, `what is no answer (${reasonOf(error)})`, error);
  }
  await cache.rememberCommit(revision, commit);
  const folder = cache.snapshot(commit);
  return {
    name,
    folder,
    files: [...entries.keys()],
    async fetch(file) {
      assertRelativeName(name, file);
      const { size, checksum } = contentOf(name, entries.get(file) ?? missing(name, file, revision));
      const path = file.split('/').map(encodeURIComponent).join('/');
      const url = `${endpoint}/${name}/resolve/${commit}/${path}`;
      const blob = cache.blob(checksum);
      await fetchBlob({ url, size, checksum }, blob, settings, { ...asked, file });
      await cache.place(commit, file, blob);
      return join(folder, file);
    },
  };
}

function fromCache(name: string, folder: string, files: readonly string[]): Repository {
  return {
    name,
    folder,
    files,
    async fetch(file) {
      if (!files.includes(file)) throw missing(name, file, folder);
      return join(folder, file);
    },
  };
}

function headersOf(init: RequestInit | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  new Headers(init?.headers).forEach((value, name) => {
    headers[name] = value;
  });
  return headers;
}

/** Large files lie in LFS, which knows their sha256; of the others git knows the sha1. */
function contentOf(name: string, entry: ListFileEntry): { size: number; checksum: string } {
  const { size, oid: checksum } = entry.lfs ?? entry;
  if (Number.isSafeInteger(size) && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(checksum ?? '')) {
    return { size, checksum: checksum! };
  }
  throw new TenonError({
    subject: `${name}/${entry.path}`,
    expected: 'its size and checksum in the list of files',
    got: JSON.stringify({ size, checksum }),
    advice: 'HF_ENDPOINT may name what is no hub.',
  });
}

function missing(name: string, file: string, where: string): never {
  throw new TenonError({
    subject: `${name}/${file}`,
    expected: `a file of ${where}`,
    got: 'none of that name',
    advice: 'Check the revision; where the network is not used, fetch it once with the network.',
  });
}

function notCached(name: string, { revision, cacheDir }: HubSettings): TenonError {
  return new TenonError({
    subject: `${name} at ${revision}`,
    expected: `a copy in ${cacheDir}, as the network is not to be used`,
    got: 'none',
    advice: 'Fetch it once without localFilesOnly and HF_HUB_OFFLINE, or check cacheDir.',
  });
}
