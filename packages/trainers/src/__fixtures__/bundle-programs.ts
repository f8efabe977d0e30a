import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Bundles programs beside this file, with all that they import from source. @returns the folder of their `.mjs` files. */
export async function bundlePrograms(names: readonly string[]): Promise<string> {
  // Below the repository's own modules, where what is left out of the bundle is found.
  const cache = path('../../../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'tenon-programs-'));
  await build({
    entryPoints: names.map((name) => path(`${name}.ts`)),
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20', // the oldest that the packages are for
    format: 'esm',
    conditions: ['@tenon/source'],
    external: ['onnxruntime-node', 'onnxruntime-web'],
    plugins: [oneCore],
    outdir,
    outExtension: { '.js': '.mjs' },
    banner: {
      // For the CommonJS packages in the bundle.
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return outdir;
}

/** Leaves TensorFlow.js' core to Node, from which the cpu backend has it as well; single modules of it are bundled. */
const oneCore: Plugin = {
  name: 'one core',
  setup({ onResolve }) {
    onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, ({ path }) => ({ path, external: true }));
  },
};
