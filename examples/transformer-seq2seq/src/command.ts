// What can be said on the command line.
import { parseArgs } from 'node:util';
import { assertWhole, TenonError } from '@tenon/core';
import type { BackendChoice } from '@tenon/core/backend';

export interface Command {
  /** `data` is the user's own. */
  readonly tasks: readonly ('reverse' | 'translate' | 'data')[];
  readonly file?: string;
  readonly steps: number;
  readonly seed: number;
  readonly backend: BackendChoice | 'auto';
  /** Few pairs, to see that it runs. */
  readonly short: boolean;
}

export const HELP = `Trains a Transformer to write rows of letters backwards, and to translate a small language.

npm start -w examples/transformer-seq2seq [-- options]
  --task reverse|translate   one of the two instead of both
  --data FILE                pairs of your own: a line each, source and target with a tab between, words with blanks
  --steps N                  updates of the weights for each task (default 2000)
  --seed N                   what first weights, batches and texts depend on (default 42)
  --backend NAME             onnx, wasm or cpu (default: the fastest that is there)
  --short                    a few steps on a few texts, to see that it runs`;

/** @throws {TenonError} about what is not known. */
export function readCommand(words: readonly string[]): Command | 'help' {
  const { values } = parse(words);
  if (values.help === true) return 'help';
  const short = values.short === true;
  const { task, data } = values;
  if (task !== undefined && task !== 'reverse' && task !== 'translate') {
    throw new TenonError({
      subject: '--task',
      expected: 'reverse or translate',
      got: task,
      advice: 'See --help.',
    });
  }
  return {
    tasks: data !== undefined ? ['data'] : task !== undefined ? [task] : ['reverse', 'translate'],
    ...(data !== undefined && { file: data }),
    steps: whole('--steps', values.steps ?? (short ? '30' : '2000'), 1),
    seed: whole('--seed', values.seed ?? '42', 0),
    backend: (values.backend ?? 'auto') as BackendChoice | 'auto', // useBackend says so when it is none
    short,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        task: { type: 'string' },
        data: { type: 'string' },
        steps: { type: 'string' },
        seed: { type: 'string' },
        backend: { type: 'string' },
        short: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new TenonError(
      { subject: 'command line', expected: 'options', got: (error as Error).message, advice: 'See --help.' },
      { cause: error },
    );
  }
}

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  assertWhole(option, value, least);
  return value;
}

/** What went wrong for a reason we know is one line; the rest is a bug, with its stack. */
export async function runProgram(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    console.error(error instanceof TenonError ? `error: ${error.message}` : error);
    process.exitCode = 1;
  }
}
