import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Ends this process as `kill -9` does: nothing is flushed, nothing cleaned up. */
export function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/**
 * Makes the process die just before its n-th change of the file system (`file`), or in the middle of the
 * n-th piece that it writes (`piece`), whoever asks for it.
 */
export function dieAt(kind: 'file' | 'piece', n: number): void {
  const left = { file: n, piece: n };
  const counted =
    <A extends unknown[], R>(change: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (kind === 'file' && --left.file === 0) die();
      return await change(...args);
    };
  const { open } = fs;
  fs.mkdir = counted(fs.mkdir) as typeof fs.mkdir;
  fs.rename = counted(fs.rename);
  fs.rm = counted(fs.rm);
  fs.open = counted(async (...args: Parameters<typeof open>) => {
    const handle = await open(...args);
    if (kind === 'piece') tearPiece(handle, left);
    return handle;
  });
  syncBuiltinESMExports();
}

function tearPiece(handle: FileHandle, left: { piece: number }): void {
  const write = handle.writeFile.bind(handle);
  handle.writeFile = async (data, options) => {
    if (--left.piece === 0) {
      const bytes = data as Uint8Array;
      await write(bytes.subarray(0, bytes.length >> 1), options);
      die();
    }
    await write(data, options);
  };
}
