import { defineConfig, type Options } from 'tsup';
import { tfjsGradients } from './scripts/tfjs-gradients-plugin.ts';

/**
 * How every package is built: ESM and CommonJS with types, one file per entry of its `exports`.
 * A package for Node alone says `library({ platform: 'node' })`; the others must not touch Node's modules.
 */
export function library(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: false,
    removeNodeProtocol: false,
    // Peers stay outside, save for the one module of theirs that Node cannot load.
    noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
    esbuildPlugins: [tfjsGradients()],
    // A module that is run for its effect must be named by the package.json's sideEffects, or it is silently left out.
    esbuildOptions: (esbuild) => {
      esbuild.logOverride = { 'ignored-bare-import': 'error' };
    },
    ...options,
  });
}
