// Chooses the TensorFlow.js backend. Under Node only: in a browser, import a backend and call tf.setBackend.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  add,
  engine,
  env,
  findBackendFactory,
  getBackend,
  scalar,
  setBackend,
  tidy,
} from '@tensorflow/tfjs-core';
import { TenonError } from './errors.ts';

interface Candidate {
  /** What the user asks for. */
  readonly choice: BackendChoice;
  /** The package that brings it. */
  readonly package: string;
  /** The name under which it registers with TensorFlow.js. */
  readonly backend: string;
  readonly description: string;
}

/** The backends that `useBackend` knows, by their short names. */
export type BackendChoice = 'tensorflow-gpu' | 'onnx' | 'tensorflow' | 'wasm' | 'cpu';

// In the order of preference: what is faster comes first.
const CANDIDATES: readonly Candidate[] = [
  {
    choice: 'tensorflow-gpu',
    package: '@tensorflow/tfjs-node-gpu',
    backend: 'tensorflow',
    description: "TensorFlow's native library with CUDA",
  },
  {
    choice: 'onnx',
    package: '@tenon/tfjs-backend-onnx',
    backend: 'onnx',
    description: 'ONNX Runtime, native speed',
  },
  {
    choice: 'tensorflow',
    package: '@tensorflow/tfjs-node',
    backend: 'tensorflow',
    description: "TensorFlow's native library",
  },
  {
    choice: 'wasm',
    package: '@tensorflow/tfjs-backend-wasm',
    backend: 'wasm',
    description: 'WebAssembly; it cannot train all models',
  },
  {
    choice: 'cpu',
    package: '@tensorflow/tfjs-backend-cpu',
    backend: 'cpu',
    description: 'plain JavaScript, for small things only',
  },
];

export interface ChosenBackend {
  readonly choice: BackendChoice;
  /** The package that it came from. */
  readonly package: string;
  /** A few words for people. */
  readonly description: string;
  /** Faster ones that were passed over, and why. */
  readonly skipped: readonly { readonly package: string; readonly reason: string }[];
}

/**
 * Loads a TensorFlow.js backend and makes it the current one.
 *
 * `auto` takes the first that is installed and works: `tensorflow-gpu`, `onnx`, `tensorflow`, `wasm`,
 * `cpu`. They are optional peers of this package; none is installed by it. The environment variable
 * `TENON_BACKEND` stands in for `auto`.
 *
 * @param choice @default 'auto'
 * @throws {TenonError} when the one asked for, or with `auto` every one, is missing or does not work.
 * @example
 * ```ts
 * import { useBackend } from '@tenon/core/backend';
 *
 * const backend = await useBackend('auto');
 * console.log(`running on ${backend.package}: ${backend.description}`);
 * for (const { package: name, reason } of backend.skipped) console.log(`not ${name}: ${reason}`);
 * ```
 */
export async function useBackend(choice: BackendChoice | 'auto' = 'auto'): Promise<ChosenBackend> {
  const wanted = choice === 'auto' ? (process.env['TENON_BACKEND'] ?? 'auto') : choice;
  const candidates = CANDIDATES.filter((candidate) => wanted === 'auto' || candidate.choice === wanted);
  if (candidates.length === 0) {
    throw new TenonError({
      subject: 'backend',
      expected: `auto, ${CANDIDATES.map((candidate) => candidate.choice).join(', ')}`,
      got: wanted,
      advice: 'Choose one of these names.',
    });
  }
  const skipped: Skipped[] = [];
  for (const candidate of candidates) {
    try {
      await load(candidate.package);
      await activate(candidate.backend);
      warnOfBroken(skipped, candidate.package);
      return {
        choice: candidate.choice,
        package: candidate.package,
        description: ownDescription() ?? candidate.description,
        skipped,
      };
    } catch (error) {
      skipped.push({ package: candidate.package, reason: reasonOf(error, candidate.package) });
    }
  }
  throw new TenonError({
    subject: 'backend',
    expected: wanted === 'auto' ? 'at least one that works' : `${wanted} to be installed and to work`,
    got: skipped.map((s) => `${s.package}: ${s.reason}`).join('; '),
    advice: skipped.some(isBroken)
      ? 'Do what that says, or choose another backend.'
      : `Install one: npm install ${wanted === 'auto' ? '@tenon/tfjs-backend-onnx' : candidates[0]!.package}`,
  });
}

/** The onnx backend knows which build of ONNX Runtime it found, and what that computes on. */
function ownDescription(): string | undefined {
  const { description } = engine().backend as { description?: unknown };
  return typeof description === 'string' ? description : undefined;
}

interface Skipped {
  readonly package: string;
  readonly reason: string;
}

const NOT_INSTALLED = 'not installed';

const isBroken = ({ reason }: Skipped): boolean => reason !== NOT_INSTALLED;

/** What was installed was wanted: nobody should wait a hundred times longer without knowing why. */
function warnOfBroken(skipped: readonly Skipped[], chosen: string): void {
  for (const broken of skipped.filter(isBroken)) {
    console.warn(
      `backend: ${broken.package} is installed but does not work, running on ${chosen}: ${broken.reason}.`,
    );
  }
}

/** Imports a package as seen from here or, where this package is linked in from elsewhere, from the project. */
async function load(name: string): Promise<void> {
  try {
    await import(name);
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    const project = createRequire(join(process.cwd(), 'package.json'));
    await import(pathToFileURL(project.resolve(name)).href);
  }
}

async function activate(backend: string): Promise<void> {
  const before: string | undefined = getBackend(); // its type does not say that there may be none
  try {
    if (!(await setBackendQuietly(backend))) throw await reasonOfFailure(backend);
    // The cpu backend greets its first tensor with the advice to install tfjs-node: the choice is made already.
    if (backend === 'cpu') (engine().backend as { firstUse?: boolean }).firstUse = false;
    const sum = tidy(() => add(scalar(1), scalar(2)).dataSync()[0]);
    if (sum !== 3) throw new Error(`it computed 1 + 2 = ${sum}`);
  } catch (error) {
    if (before) await setBackend(before);
    throw error;
  }
}

/** Without TensorFlow.js printing the stack of a failure, which is ours to report. */
async function setBackendQuietly(backend: string): Promise<boolean> {
  const before = env().getBool('PROD');
  env().set('PROD', true);
  try {
    return await setBackend(backend);
  } finally {
    env().set('PROD', before);
  }
}

/** TensorFlow.js keeps the error of a backend to itself: we ask the backend once more. */
async function reasonOfFailure(backend: string): Promise<unknown> {
  try {
    await findBackendFactory(backend)();
  } catch (error) {
    return error;
  }
  return new Error('TensorFlow.js could not start it');
}

function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !error.message.includes(name)) return false;
  const code = 'code' in error ? error.code : undefined;
  // Bundlers and Vitest put a module in the place of a missing optional peer that throws without a code.
  return (
    code === 'ERR_MODULE_NOT_FOUND' ||
    code === 'MODULE_NOT_FOUND' ||
    error.message.startsWith('Could not resolve')
  );
}

function reasonOf(error: unknown, name: string): string {
  if (isMissing(error, name)) return NOT_INSTALLED;
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.replace(/\.$/, '');
}
