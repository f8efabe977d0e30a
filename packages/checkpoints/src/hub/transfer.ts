import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TenonError } from '@tenon/core';
import { saveError } from '../durable/save-error.ts';
import { fileSize } from './cache.ts';
import { claim, release } from './claim.ts';
import { type Asked, unreachable } from './errors.ts';
import type { HubSettings } from './options.ts';
import { pause, reasonOf, request } from './request.ts';

/** A file to be fetched, as the repository lists it. */
export interface RemoteFile {
  readonly url: string;
  readonly size: number;
  /** sha256 of the content (64 digits), or git's sha1 of a blob with it (40). */
  readonly checksum: string;
}

/**
 * Fetches a file to `blob`, unless it is there: beside it first, going on where an earlier attempt ended, and into its
 * place when its checksum is right.
 *
 * @throws {TenonError} when the hub cannot be reached or refuses, the content is not what it should be, or the disk is full.
 */
export async function fetchBlob(
  remote: RemoteFile,
  blob: string,
  settings: HubSettings,
  asked: Asked,
): Promise<void> {
  const { size } = remote;
  const told = (received: number): void => settings.progress({ file: asked.file!, received, total: size });
  if ((await fileSize(blob)) === size) return told(size);
  try {
    await mkdir(dirname(blob), { recursive: true });
    for (;;) {
      const partial = await claim(blob, settings.signal);
      if (partial === undefined) return told(size);
      try {
        const handle = await open(partial, 'r+');
        try {
          await new Transfer(remote, handle, partial, settings, asked, told).run();
          await handle.sync();
        } finally {
          await handle.close();
        }
        if (await moved(partial, blob)) return;
      } finally {
        await release(partial);
      }
    }
  } catch (error) {
    throw saveError(blob, error);
  }
}

/** @returns `false` when the file is gone: a download on another machine with the same cache took it for left over. */
async function moved(partial: string, blob: string): Promise<boolean> {
  try {
    await rename(partial, blob);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** One file on its way. */
class Transfer {
  readonly #remote: RemoteFile;
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #settings: HubSettings;
  readonly #asked: Asked;
  readonly #told: (received: number) => void;
  #received = 0;
  #hash: Hash;

  constructor(
    remote: RemoteFile,
    handle: FileHandle,
    path: string,
    settings: HubSettings,
    asked: Asked,
    told: (received: number) => void,
  ) {
    this.#remote = remote;
    this.#handle = handle;
    this.#path = path;
    this.#settings = settings;
    this.#asked = asked;
    this.#told = told;
    this.#hash = newHash(remote);
  }

  async run(): Promise<void> {
    const resumed = await this.#takeUp();
    await this.#fetchRest();
    if (this.#isRight()) return;
    await this.#startOver();
    // What an earlier attempt left may have been spoilt by a crash: that is worth one more.
    if (resumed) {
      await this.#fetchRest();
      if (this.#isRight()) return;
      await this.#startOver();
    }
    throw this.#damaged(`the content with checksum ${this.#remote.checksum}`, 'another one');
  }

  /** Reads what is there already. @returns whether there was something */
  async #takeUp(): Promise<boolean> {
    const found = (await fileSize(this.#path)) ?? 0;
    if (found > this.#remote.size) {
      await this.#startOver();
      return false;
    }
    for await (const chunk of createReadStream(this.#path)) this.#hash.update(chunk as Buffer);
    this.#received = found;
    this.#told(found);
    return found > 0;
  }

  async #startOver(): Promise<void> {
    await this.#handle.truncate(0);
    this.#received = 0;
    this.#hash = newHash(this.#remote);
  }

  /** Goes on after every cut; a cut counts only if nothing has come since the one before. */
  async #fetchRest(): Promise<void> {
    const { retries } = this.#settings;
    for (let failures = 0; this.#received < this.#remote.size; ) {
      const before = this.#received;
      const body = await this.#body();
      const cut = await this.#receive(body);
      if (this.#received === this.#remote.size) return;
      failures = this.#received > before ? 1 : failures + 1;
      if (failures > retries) throw unreachable(this.#asked, `a connection that ends early (${cut})`);
      await pause(failures, this.#settings);
    }
  }

  /** The rest of the content, or the whole where the server does not know about parts. */
  async #body(): Promise<ReadableStream<Uint8Array>> {
    // What is compressed on the way has no bytes to count.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (this.#received > 0) headers['range'] = `bytes=${this.#received}-`;
    const response = await request(this.#remote.url, headers, this.#settings, this.#asked);
    const isRest =
      response.status === 206 &&
      response.headers.get('content-range')?.startsWith(`bytes ${this.#received}-`);
    if (this.#received > 0 && !isRest) {
      await this.#startOver();
      if (response.status !== 200) {
        await response.body?.cancel();
        return this.#body();
      }
    }
    if (response.body === null) throw this.#damaged(`${this.#remote.size} bytes`, 'none');
    return response.body;
  }

  /** @returns why it ended: at the end of the file, or before */
  async #receive(body: ReadableStream<Uint8Array>): Promise<string> {
    const { signal, timeout } = this.#settings;
    const reader = body.getReader();
    const end = (reason: unknown): void => void reader.cancel(reason).catch(() => {});
    const abort = (): void => end(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      for (;;) {
        const timer = setTimeout(() => end(new Error('too slow')), timeout);
        const { done, value } = await reader.read().finally(() => clearTimeout(timer));
        signal?.throwIfAborted();
        if (done) return `after ${this.#received} of ${this.#remote.size} bytes`;
        if (this.#received + value.length > this.#remote.size) {
          end('too long');
          throw this.#damaged(`${this.#remote.size} bytes`, 'more');
        }
        await this.#write(value);
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof TenonError || isOfSystem(error)) throw error;
      return reasonOf(error);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        done,
        bytes.length - done,
        this.#received + done,
      );
      done += bytesWritten;
    }
    this.#hash.update(bytes);
    this.#received += bytes.length;
    this.#told(this.#received);
  }

  #isRight(): boolean {
    return this.#hash.digest('hex') === this.#remote.checksum;
  }

  #damaged(expected: string, got: string): TenonError {
    const { name, file } = this.#asked;
    return new TenonError({
      subject: `${name}/${file}`,
      expected,
      got,
      advice: 'It was changed on the way: fetch it again, over another network if it happens again.',
    });
  }
}

function newHash({ checksum, size }: RemoteFile): Hash {
  return checksum.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Errors of the disk, not of the network. */
function isOfSystem(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== undefined && syscall === 'write' && code !== 'EPIPE' && code !== 'ECONNRESET';
}
