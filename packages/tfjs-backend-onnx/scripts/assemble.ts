// Assembles the WebAssembly modules into the base64 strings that the sources import:
//   node scripts/run.mjs packages/tfjs-backend-onnx/scripts/assemble.ts   (from the repository's root)
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';
import { dropoutMaskWat } from './dropout-mask-wat.ts';

const source = new URL('../src/', import.meta.url);

const modules = {
  adamwBinary: {
    file: 'optimizer/adamw-binary.ts',
    from: 'adamw.wat',
    text: readFileSync(new URL('optimizer/adamw.wat', source), 'utf8'),
  },
  dropoutMaskBinary: {
    file: 'random/dropout-mask-binary.ts',
    from: 'scripts/dropout-mask-wat.ts',
    text: dropoutMaskWat,
  },
} as const;

/** A module in base64. */
export async function assemble(name: 'adamwBinary' | 'dropoutMaskBinary'): Promise<string> {
  const { from, text } = modules[name];
  const { parseWat } = await wabt();
  return Buffer.from(parseWat(from, text, { simd: true }).toBinary({}).buffer).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, { file, from }] of Object.entries(modules)) {
    const lines = [
      `// Written by scripts/assemble.ts from ${from}; do not edit.`,
      '',
      '/** The assembled module, in base64. */',
      `export const ${name}: string =`,
      `  '${await assemble(name as keyof typeof modules)}';`,
      '',
    ];
    writeFileSync(new URL(file, source), lines.join('\n'));
  }
}
