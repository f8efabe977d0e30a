import { readFileSync, writeFileSync } from 'node:fs';
import type { Options } from 'tsup';
import { tfjsGradients } from './scripts/tfjs-gradients-plugin.ts';

/** How every package is built: ESM and CommonJS with types, one file per entry of its `exports`. */
const config: Options = {
  entry: entries(),
  format: ['esm', 'cjs'],
  target: 'es2022',
  // Neutral, so that no code for one platform is chosen while building; check:browser keeps Node's
  // modules out of the packages that browsers load.
  platform: 'neutral',
  external: [/^node:/],
  removeNodeProtocol: false,
  // Peers stay outside, save for the one module of theirs that Node cannot load.
  noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
  esbuildPlugins: [tfjsGradients()],
  plugins: [{ name: 'keep-imports', buildEnd: ({ writtenFiles }) => keepImports(writtenFiles) }],
  shims: true,
  dts: true,
  sourcemap: true,
  clean: true,
  splitting: true,
  esbuildOptions: (esbuild) => {
    // A module that runs for its effect and is not named in package.json's sideEffects would be left out silently.
    esbuild.logOverride = { 'ignored-bare-import': 'error' };
  },
};

export default config;

/** A package that cannot be required stays imported in CommonJS, where tsup makes a `require` of every `import()`. */
function keepImports(files: readonly { readonly name: string }[]): void {
  const required =
    /Promise\.resolve\(\)\.then\(\(\) => _interopRequireWildcard\(require\(("h5wasm\/node")\)\)\)/g;
  for (const { name } of files) {
    if (!name.endsWith('.cjs')) continue;
    const code = readFileSync(name, 'utf8');
    if (required.test(code)) writeFileSync(name, code.replace(required, 'import($1)'));
  }
}

/** The sources that the `exports` of the package being built name under `@tenon/source`, and those of its commands. */
function entries(): string[] {
  const { exports, bin = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, unknown>;
    bin?: Record<string, string>;
  };
  const commands = Object.values(bin).map((file) => file.replace(/^dist\/(.*)[.]js$/, './src/$1.ts'));
  const modules = Object.values(exports).flatMap((target) =>
    target !== null && typeof target === 'object' && '@tenon/source' in target
      ? String(target['@tenon/source'])
      : [],
  );
  return [...modules, ...commands];
}
