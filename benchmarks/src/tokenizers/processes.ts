// Runs jobs of worker.ts, bundled first: a loader of TypeScript would count in time and memory.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { TenonError } from '@tenon/core';
import { build } from 'esbuild';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What does not go into the bundle: native code and wasm. */
const EXTERNAL = ['tokenizers', 'tiktoken', 'tiktoken/*', '@huggingface/*', 'gpt-tokenizer/*'];

/** Bundles a worker of this folder, into one from which Node finds what stays outside and git sees nothing. */
export async function bundleWorker(name: 'worker' | 'training/worker'): Promise<string> {
  const file = here(`../../node_modules/.cache/tenon/${name}.mjs`);
  await build({
    entryPoints: [here(`${name}.ts`)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@tenon/source'],
    external: EXTERNAL,
    logLevel: 'error',
  });
  return file;
}

export interface JobResult {
  readonly milliseconds: number;
  readonly peakMB: number;
  readonly merges?: readonly string[];
}

/** @returns `undefined` where the job did not end in time */
export function runJob(worker: string, args: readonly string[], limitSeconds: number): JobResult | undefined {
  const done = spawnSync(process.execPath, [worker, ...args], {
    encoding: 'utf8',
    // Huge pages, which the launcher of this program asks for, would count as memory that nobody uses.
    env: { ...process.env, GLIBC_TUNABLES: '' },
    maxBuffer: 2 ** 28,
    timeout: limitSeconds * 1000,
    killSignal: 'SIGKILL',
  });
  if (done.error !== undefined && 'code' in done.error && done.error.code === 'ETIMEDOUT') return undefined;
  if (done.status === 0) return JSON.parse(done.stdout.trimEnd().split('\n').at(-1)!) as JobResult;
  throw new TenonError({
    subject: `job ${args.join(' ')}`,
    expected: 'a figure',
    got: /^.*Error.*$/m.exec(done.stderr)?.[0] ?? `status ${done.status}`,
    advice: 'Run it alone to see why.',
  });
}

export interface BundleSize {
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
}

/** Kilobytes that a page loads of what a module says: minified, compressed, and without jinja. */
export async function bundleKilobytes(module: string): Promise<BundleSize> {
  const { outputFiles } = await build({
    stdin: { contents: module, resolveDir: here('.') },
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    conditions: ['@tenon/source'],
    external: ['@huggingface/jinja'],
    logLevel: 'error',
  });
  const bytes = outputFiles[0]!.contents;
  return {
    minified: bytes.length / 1000,
    gzip: gzipSync(bytes, { level: 9 }).length / 1000,
    brotli: brotliCompressSync(bytes).length / 1000,
  };
}
