import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { TenonError } from '@tenon/core';
import { type BackendChoice, useBackend } from '@tenon/core/backend';
import { interruptSignal } from '@tenon/trainers';
import { describeOptions, type OptionSpecs, type OptionValues, readCommandLine } from './command-line.ts';

export interface Example<Options extends OptionSpecs> {
  /** What the example does: the first line of --help. */
  readonly purpose: string;
  /** What a file of the user's own has to hold; absent = there is no --data. */
  readonly data?: string;
  /** Options of its own; each is a field of the run. */
  readonly options?: Options;
  /** What has to lie in the folder of a short run when it is over. @default ['report.html'] */
  readonly files?: readonly string[];
}

/** What the command line says, and what every example needs. */
export type Run<Options extends OptionSpecs> = OptionValues<Options> & {
  /** The user's own file or folder. */
  readonly data?: string;
  readonly seed: number;
  /** The folder for the report and the model; it is there. */
  readonly out: string;
  /** Everything at its smallest. */
  readonly short: boolean;
  /** What computes, in words. */
  readonly backend: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

const COMMON = {
  seed: { text: 'decides first weights, order and whatever chance makes', value: 42, least: 0 },
  backend: {
    text: 'onnx, wasm or cpu; without it the fastest that is there',
    value: 'auto',
    placeholder: 'NAME',
  },
  out: { text: 'where the report goes; without it runs/ beside src/', placeholder: 'FOLDER' },
} as const satisfies OptionSpecs;

/**
 * Runs an example: reads the command line, chooses the backend, and ends the process as a shell expects it: 0, 1 after an
 * error, which is one line where the reason is known, 130 after Ctrl-C.
 *
 * @example
 * ```ts
 * await runExample(
 *   {
 *     purpose: 'Learns to count.',
 *     data: 'numbers, one in a line',
 *     options: { epochs: { text: 'passes over the numbers', value: 10, short: 1 } },
 *   },
 *   async ({ data, epochs, seed, out, signal }) => {
 *     // train, print a table of scores, write `${out}/report.html`
 *   },
 * );
 * ```
 */
export async function runExample<const Options extends OptionSpecs = Record<never, never>>(
  example: Example<Options>,
  body: (run: Run<Options>) => Promise<void>,
): Promise<void> {
  const folder = dirname(dirname(process.argv[1]!)); // of the example: this is its src/main.ts
  try {
    const options = {
      ...(example.data !== undefined && { data: { text: example.data, placeholder: 'FILE' } }),
      ...example.options,
      ...COMMON,
    };
    const said = readCommandLine(process.argv.slice(2), options as OptionSpecs & typeof COMMON);
    if (said.help) return console.log(help(example.purpose, basename(folder), options));

    const started = Date.now();
    const here = userFolder(folder);
    const out =
      said.out === undefined ? join(folder, 'runs', said.short ? 'short' : 'full') : resolve(here, said.out);
    mkdirSync(out, { recursive: true });
    using signal = interruptSignal();
    const backend = (await useBackend(said.backend as BackendChoice | 'auto')).description; // refuses what it does not know
    console.log(`backend   ${backend}`);
    const data = typeof said['data'] === 'string' && { data: resolve(here, said['data']) };
    await body({ ...said, ...data, out, backend, signal } as unknown as Run<Options>); // as `options` says

    const files = (example.files ?? ['report.html']).map((name) => join(out, name));
    const written = files.filter((file) => isWrittenSince(file, started));
    if (written.length > 0)
      console.log(`\nreport    ${written.map((file) => relative(here, file)).join(', ')}`);
    if (signal.aborted) process.exitCode = signal.reason === 'SIGTERM' ? 143 : 130;
    else if (said.short) checkShortRun(files, written);
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

function help(purpose: string, name: string, options: OptionSpecs): string {
  return `${purpose}\n\nnpm start -w examples/${name} [-- options]\n${describeOptions(options)}`;
}

/** Where the user is: npm itself goes to the workspace before it starts something there. */
function userFolder(folder: string): string {
  const { INIT_CWD: before, npm_package_json: manifest } = process.env;
  return before !== undefined && manifest === join(folder, 'package.json') ? before : process.cwd();
}

function isWrittenSince(file: string, time: number): boolean {
  // A second less: file systems keep times in coarser units than the clock.
  return (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= time - 1000;
}

/** `--short` is a test: all that the example promises is there. */
function checkShortRun(files: readonly string[], written: readonly string[]): void {
  const empty = files.filter((file) => !written.includes(file) || readFileSync(file).length === 0);
  if (empty.length > 0) {
    throw new TenonError({
      subject: 'short form',
      expected: `${files.join(', ')} to be written`,
      got: `nothing in ${empty.join(', ')}`,
      advice: 'Something in the packages that this example is made of has broken.',
    });
  }
  console.log('short form passed');
}

/** What went wrong for a reason that is known is one line; the rest is a bug, with its stack. */
function explain(error: unknown): string {
  if (error instanceof TenonError) return `error: ${error.message}`;
  const { message, stack, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? (stack ?? String(error)) : `error: ${message}`;
}
