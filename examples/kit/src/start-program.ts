import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../../scripts/run.mjs', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * For tests: runs an example's `src/main.ts` as npm does, to its end.
 *
 * @param env more of the environment
 * @param interruptAfter Ctrl-C is pressed when the program has said this.
 */
export function startProgram(
  main: string | URL,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  interruptAfter?: string,
): Promise<Ended> {
  const file = typeof main === 'string' ? main : fileURLToPath(main);
  const child = spawn(process.execPath, [LAUNCHER, file, ...args], { env: { ...process.env, ...env } });
  let [output, errors] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (interruptAfter !== undefined && output.includes(interruptAfter)) child.kill('SIGINT');
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, errors })));
}
