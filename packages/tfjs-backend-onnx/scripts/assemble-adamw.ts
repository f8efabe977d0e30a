// Assembles src/optimizer/adamw.wat into src/optimizer/adamw-binary.ts:
//   node scripts/run.mjs packages/tfjs-backend-onnx/scripts/assemble-adamw.ts   (from the repository's root)
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const folder = new URL('../src/optimizer/', import.meta.url);

/** The module in adamw.wat, in base64. */
export async function assembleAdamW(): Promise<string> {
  const { parseWat } = await wabt();
  const module = parseWat('adamw.wat', readFileSync(new URL('adamw.wat', folder), 'utf8'), { simd: true });
  return Buffer.from(module.toBinary({}).buffer).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = [
    '// Written by scripts/assemble-adamw.ts from adamw.wat; do not edit.',
    '',
    '/** The assembled module, in base64. */',
    'export const adamwBinary: string =',
    `  '${await assembleAdamW()}';`,
    '',
  ];
  writeFileSync(new URL('adamw-binary.ts', folder), lines.join('\n'));
}
