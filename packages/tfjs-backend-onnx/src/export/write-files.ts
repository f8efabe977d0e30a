import { dataFile, type WrittenModel } from './write-model.ts';

/**
 * Writes a model and its weights. Whoever looks meanwhile, or after a crash, finds the files that were there
 * before, none, or the new ones, complete: never the model of one export and the weights of another.
 *
 * @returns the files written
 */
export function writeFiles(file: string, { model, data }: WrittenModel): string[] {
  // Not imported: this module is in browsers' bundles too.
  const fs = globalThis.process?.getBuiltinModule?.('node:fs');
  if (!fs)
    throw new Error(
      `exportOnnx: expected Node to write ${file}, got a browser. Leave out file: the bytes are returned.`,
    );
  const written: { readonly partial: string; readonly target: string }[] = [];
  const write = (target: string, parts: readonly Uint8Array[]): void => {
    const partial = `${target}.partial-${process.pid}`;
    written.push({ partial, target });
    const descriptor = fs.openSync(partial, 'w');
    try {
      for (const part of parts)
        for (let offset = 0; offset < part.length; ) offset += fs.writeSync(descriptor, part, offset);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  };
  try {
    if (data) write(dataFile(file), data);
    write(file, model.parts());
    if (data) fs.rmSync(file, { force: true });
    for (const { partial, target } of written) fs.renameSync(partial, target);
  } finally {
    for (const { partial } of written) fs.rmSync(partial, { force: true });
  }
  return written.map(({ target }) => target).reverse();
}
