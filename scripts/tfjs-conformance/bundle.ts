import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../workspace.ts';

/**
 * Bundles tfjs-core's specs, both backends and the program that runs them (`specs.ts`) into one file. TensorFlow.js
 * comes in once, as ES modules: its tests import files that its bundle for Node does not offer.
 */
export async function bundleSpecs(file: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, 'scripts', 'tfjs-conformance', 'specs.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@tenon/source'],
    mainFields: ['module', 'main'],
    external: ['jasmine-core', 'onnxruntime-node', 'onnxruntime-web'],
    // tfjs-core's package.json does not count its tests among the files that have effects.
    ignoreAnnotations: true,
    banner: {
      js: "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}
