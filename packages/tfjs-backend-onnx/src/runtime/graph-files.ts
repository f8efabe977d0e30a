import type { Schedule } from '../graph/schedule.ts';

let written = 0;

/** `TENON_ONNX_GRAPHS=FOLDER` writes every graph that is compiled to a file there, for a viewer such as Netron. */
export function writeGraphFile(bytes: Uint8Array, { operations }: Schedule): void {
  const folder = globalThis.process?.env['TENON_ONNX_GRAPHS'];
  if (!folder) return;
  const fs = process.getBuiltinModule('node:fs');
  const path = process.getBuiltinModule('node:path');
  fs.mkdirSync(folder, { recursive: true });
  // The last operation says best what the graph is for.
  const number = String(++written).padStart(4, '0');
  const name = `${number}-${operations.at(-1)?.kernel ?? 'empty'}-${operations.length}-operations.onnx`;
  fs.writeFileSync(path.join(folder, name), bytes);
}
