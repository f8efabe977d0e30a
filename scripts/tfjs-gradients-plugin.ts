import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const require = createRequire(import.meta.url);
const TFJS = '@tensorflow/tfjs-core';
const TFJS_DIST = dirname(require.resolve(TFJS));
const PEER = { path: TFJS, external: true };

/** Modules whose exports the public API offers inside a namespace object. */
const NAMESPACED: Readonly<Record<string, string>> = {
  util: 'util',
  util_base: 'util',
  'ops/axis_util': 'backend_util',
  'ops/broadcast_util': 'broadcast_util',
  'ops/conv_util': 'backend_util',
  'ops/selu_util': 'backend_util',
  'ops/slice_util': 'slice_util',
};

/** Modules that hold state, or classes that are told apart: never copied, but written anew on the public API. */
const REWRITTEN: Readonly<Record<string, string>> = {
  engine: `import { engine } from '${TFJS}';\nexport const ENGINE = engine();`,
  environment: `export { env } from '${TFJS}';`,
  tensor: `import { Tensor } from '${TFJS}';\nexport const getGlobalTensorClass = () => Tensor;`,
};

/**
 * Bundles `@tensorflow/tfjs-core/dist/register_all_gradients.js`, which Node cannot import (its imports have no
 * endings), without a second copy of TensorFlow.js: whatever the public API of the peer offers is taken from there, so
 * that a gradient runs on the peer's own engine. Only the gradients and the few operations that only they use are
 * copied. A name that a copied module needs and the public API lacks fails the build.
 */
export function tfjsGradients(): Plugin {
  const publicApi = require(TFJS) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

  /** A module whose `names` come from a namespace object of the public API (all of that object's, where there are none). */
  function unpack(namespace: string, names: readonly string[]): string {
    const members = Object.keys(publicApi[namespace] ?? {});
    const wanted = names.length > 0 ? members.filter((member) => names.includes(member)) : members;
    return `import { ${namespace} } from '${TFJS}';\nexport const { ${wanted.join(', ')} } = ${namespace};`;
  }

  return {
    name: 'tfjs-gradients',
    setup(build) {
      build.onResolve({ filter: /^@tensorflow\/tfjs-core\/dist\// }, ({ path }) => ({
        path: require.resolve(path),
        sideEffects: true,
      }));
      build.onResolve({ filter: /^@tensorflow\/tfjs-core$/, namespace: 'tfjs-public' }, () => PEER);

      build.onResolve({ filter: /^\./ }, async ({ path, resolveDir }) => {
        if (resolveDir !== TFJS_DIST && !resolveDir.startsWith(TFJS_DIST + sep)) return undefined;
        const file = join(resolveDir, `${path}.js`);
        const module = moduleName(file);
        if (module.startsWith('gradients/')) return { path: file };
        if (module === 'base') return PEER; // re-exports the public API
        if (module in REWRITTEN || module in NAMESPACED) return { path: file, namespace: 'tfjs-public' };
        const names = await exportedNames(file);
        return names.length > 0 && names.every((name) => name in publicApi) ? PEER : { path: file };
      });

      build.onLoad({ filter: /.*/, namespace: 'tfjs-public' }, async ({ path }) => {
        const module = moduleName(path);
        const contents = REWRITTEN[module] ?? unpack(NAMESPACED[module] ?? '', await exportedNames(path));
        return { contents, resolveDir: TFJS_DIST };
      });
    },
  };
}

/** `ops/cast` for `…/@tensorflow/tfjs-core/dist/ops/cast.js`. */
function moduleName(file: string): string {
  return relative(TFJS_DIST, file).replaceAll(sep, '/').slice(0, -'.js'.length);
}

/** The names that a compiled module of TensorFlow.js declares and exports; none where it only passes on others'. */
async function exportedNames(file: string): Promise<string[]> {
  const source = await readFile(file, 'utf8');
  if (/^export \*/m.test(source)) return [];
  const declared = source.matchAll(/^export (?:(?:const|let|function|class) (\w+)|\{ (.+) \})/gm);
  return [...declared].flatMap(([, name, list]) => name ?? list?.split(', ') ?? []);
}
