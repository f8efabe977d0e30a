import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../workspace.ts';
import { useCommand } from './command.ts';
import type { Tarball } from './tarball.ts';
import { binary, node, npmScript, type Output } from './tool.ts';

export type PackageManager = 'npm' | 'pnpm';

const PROGRAMS = ['gpt2-step', 'fine-tune', 'gradients', 'without-library'];
const STRICT = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable', 'dom'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  // TensorFlow.js' own declarations do not pass; what ours say is checked where the programs use them.
  skipLibCheck: true,
};

/**
 * What goes wrong for someone who installs the tarballs in an empty project: the installation, the strict type check
 * with both ways of resolving modules, and the programs beside this file, each as ESM and as CommonJS.
 */
export function consume(manager: PackageManager, tarballs: readonly Tarball[], project: string): string[] {
  writeProject(project, tarballs);
  const installed = install(manager, project);
  if (!installed.ok) return [failure(`${manager} install`, installed)];

  const tsc = binary('typescript', 'tsc');
  const checks = ['nodenext', 'bundler'].map((resolution) => ({
    what: `${manager}: tsc, moduleResolution ${resolution}`,
    result: node([tsc, '-p', `tsconfig.${resolution}.json`], { cwd: project }),
  }));
  const runs = PROGRAMS.flatMap((program) =>
    ['mjs', 'cjs'].map((format) => ({
      what: `${manager}: ${program}.${format}`,
      result: node([`dist/${program}.${format}`, ...argumentsOf(program)], { cwd: project }),
    })),
  );
  const problems = [...checks, ...runs].flatMap(({ what, result }) => {
    // A library that loads well says nothing.
    if (!result.ok || result.stderr !== '') return [failure(what, result)];
    console.log(`ok  ${what}${result.stdout === '' ? '' : `: ${result.stdout.trim()}`}`);
    return [];
  });
  return [...problems, ...useCommand(manager, project)];
}

function writeProject(project: string, tarballs: readonly Tarball[]): void {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const packed = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]));
  const sources = join(project, 'src');
  mkdirSync(sources, { recursive: true });
  const files = {
    'package.json': {
      name: 'consumer',
      private: true,
      dependencies: {
        ...packed,
        '@tensorflow/tfjs-backend-cpu': '^4.22.0',
        '@tensorflow/tfjs-core': devDependencies['@tensorflow/tfjs-core'],
        '@types/node': devDependencies['@types/node'],
      },
      // The packages ask for one another by version, and these versions are in no registry yet.
      pnpm: { overrides: packed },
    },
    'tsconfig.nodenext.json': {
      compilerOptions: { ...STRICT, module: 'nodenext', rootDir: 'src', outDir: 'dist' },
      include: ['src/*.mts', 'src/*.cts'],
    },
    'tsconfig.bundler.json': {
      compilerOptions: { ...STRICT, module: 'esnext', moduleResolution: 'bundler', noEmit: true },
      include: ['src/*.ts'],
    },
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(project, name), JSON.stringify(content, null, 2));
  }
  // onnxruntime-node's install script fetches CUDA files from elsewhere; pnpm runs no such scripts by itself.
  writeFileSync(join(project, '.npmrc'), 'ignore-scripts=true\nfund=false\naudit=false\n');
  for (const program of PROGRAMS) {
    const source = fileURLToPath(new URL(`consumer/${program}.ts`, import.meta.url));
    for (const ending of ['ts', 'mts', 'cts']) copyFileSync(source, join(sources, `${program}.${ending}`));
  }
}

function install(manager: PackageManager, cwd: string): Output {
  // What an outer `npm run` says about its own project is not about this one.
  const env = Object.fromEntries(
    Object.keys(process.env)
      .filter((name) =>
        /^npm_(package|lifecycle|config_(local_prefix|workspaces?|include_workspace_root))/.test(name),
      )
      .map((name) => [name, undefined]),
  );
  return manager === 'npm'
    ? node([npmScript(), 'install', '--prefer-offline'], { cwd, env })
    : node([binary('pnpm', 'pnpm'), 'install', '--prefer-offline'], { cwd, env });
}

/** The names of all gradients that TensorFlow.js has, for the program that asks whether they are registered. */
function argumentsOf(program: string): string[] {
  if (program !== 'gradients') return [];
  const list = join(ROOT, 'node_modules/@tensorflow/tfjs-core/dist/register_all_gradients.js');
  return [...readFileSync(list, 'utf8').matchAll(/gradients\/(\w+)_grad/g)].flatMap(([, name]) => name ?? []);
}

function failure(what: string, { stdout, stderr }: Output): string {
  return `${what}: expected success without a warning, got\n${stdout}${stderr}`;
}
