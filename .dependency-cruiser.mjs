// Who may import whom. `scripts/floors.json` is the table; a package may also import whatever its own
// imports may, since it gets those installed anyway.
import { readFileSync } from 'node:fs';

/** @type {Record<string, string[]>} */
const floors = JSON.parse(readFileSync(new URL('scripts/floors.json', import.meta.url), 'utf8'));

/** @returns {Set<string>} every package that `name` may import, over any number of floors */
function allowed(name) {
  return new Set((floors[name] ?? []).flatMap((lower) => [lower, ...allowed(lower)]));
}

// Tests meet every package, as examples and benchmarks do.
const TESTS = '[.]test[.]ts$|/__fixtures__/';
const BACKENDS =
  '(^|node_modules/)@tensorflow/tfjs-(backend-|node)|^packages/tfjs-backend-onnx/|(^|node_modules/)onnxruntime-';

const floorRules = Object.keys(floors).map((name) => ({
  name: `floors-${name}`,
  comment: `@tenon/${name} may import only: ${[...allowed(name)].join(', ') || 'none of our packages'} (scripts/floors.json).`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: TESTS },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed(name)].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...floorRules,
    {
      name: 'unknown-package',
      comment: 'A new package needs its line in scripts/floors.json.',
      severity: 'error',
      from: { path: '^packages/', pathNot: `^packages/(${Object.keys(floors).join('|')})/` },
      to: {},
    },
    {
      name: 'no-circles',
      comment: 'Modules that need each other belong in one file, or share a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'own-index',
      comment: "Source imports its siblings, not its own package's index.",
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: TESTS },
      to: { path: '^packages/$1/src/index[.]ts$' },
    },
    {
      name: 'deep-import',
      comment: "Other packages are imported by name: what is not in a package's exports is its own affair.",
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-backend',
      comment:
        'Libraries run on whichever backend is set: none is imported. useBackend finds them at run time.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: `^packages/(tfjs-backend-onnx|deploy)/|${TESTS}` },
      to: { path: BACKENDS },
    },
    {
      name: 'not-resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      // An optional package need not be installed.
      to: { couldNotResolve: true, dependencyTypesNot: ['dynamic-import'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@tenon/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
