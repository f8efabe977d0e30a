import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { getHFHubCachePath, HUB_URL } from '@huggingface/hub';
import { TenonError } from '@tenon/core';

/** How far one file has come. */
export interface DownloadProgress {
  /** Its name in the repository. */
  readonly file: string;
  /** Bytes that are there, those of an earlier attempt included. */
  readonly received: number;
  /** Bytes of the whole file. */
  readonly total: number;
}

export interface HubOptions {
  /** A branch, a tag or a commit. @default 'main' */
  readonly revision?: string;
  /**
   * The cache, laid out as Python's huggingface_hub has it, so that both share their files.
   * @default HF_HUB_CACHE, or `hub` in HF_HOME, or `~/.cache/huggingface/hub`
   */
  readonly cacheDir?: string;
  /** An access token, for private and gated repositories; `false` for none. @default HF_TOKEN, or what `hf auth login` stored */
  readonly token?: string | false;
  /** Called whenever bytes of a file have come. */
  readonly progress?: (progress: DownloadProgress) => void;
  /** Uses what is in the cache and no network. @default whether HF_HUB_OFFLINE is set */
  readonly localFilesOnly?: boolean;
  /** Ends the download. What has come is kept, and the next one goes on from there. */
  readonly signal?: AbortSignal;
  /** How often in a row a request may fail. @default 5 */
  readonly retries?: number;
  /** Milliseconds without a byte after which a connection counts as cut. @default 30000 */
  readonly timeout?: number;
}

/** The options with what the environment says where they are silent. */
export interface HubSettings {
  readonly endpoint: string;
  readonly revision: string;
  readonly cacheDir: string;
  readonly token: string | undefined;
  readonly progress: (progress: DownloadProgress) => void;
  readonly offline: boolean;
  readonly signal: AbortSignal | undefined;
  readonly retries: number;
  readonly timeout: number;
}

export async function hubSettings(options: HubOptions): Promise<HubSettings> {
  return {
    endpoint: (process.env['HF_ENDPOINT'] || HUB_URL).replace(/\/+$/, ''),
    revision: options.revision ?? 'main',
    cacheDir: options.cacheDir ?? getHFHubCachePath(),
    token: await accessToken(options.token),
    progress: options.progress ?? (() => {}),
    offline: options.localFilesOnly ?? (isOn('HF_HUB_OFFLINE') || isOn('TRANSFORMERS_OFFLINE')),
    signal: options.signal,
    retries: options.retries ?? 5,
    timeout: options.timeout ?? 30_000,
  };
}

function isOn(variable: string): boolean {
  return /^(1|on|yes|true)$/i.test(process.env[variable] ?? '');
}

/** In the order in which Python's huggingface_hub looks. */
async function accessToken(given: string | false | undefined): Promise<string | undefined> {
  if (given === false) return undefined;
  if (given !== undefined) return checked('token', given);
  if (isOn('HF_HUB_DISABLE_IMPLICIT_TOKEN')) return undefined;
  for (const variable of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) {
    const value = process.env[variable]?.trim();
    if (value) return checked(variable, value);
  }
  const home = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'huggingface');
  const path = process.env['HF_TOKEN_PATH'] ?? join(process.env['HF_HOME'] ?? home, 'token');
  const stored = (await readFile(path, 'utf8').catch(() => '')).trim();
  return stored === '' ? undefined : checked(path, stored);
}

/** What cannot stand in a header would fail later and show the token in the message. */
function checked(subject: string, token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new TenonError({
    subject,
    expected: 'an access token such as hf_abc',
    got: 'one with spaces or signs that no token has',
    advice: 'Copy it anew from the settings of your account.',
  });
}
