import { TokenizerError } from '../errors.ts';
import type { Command, CommandContext } from './context.ts';
import { encode } from './encode.ts';
import { inspect } from './inspect.ts';
import { train } from './train.ts';

const COMMANDS: Readonly<Record<string, Command>> = { train, encode, inspect };

const HELP = `Trains, applies and describes tokenizers.

  npx @tenon/tokenizers train [FILE...] --size 8000 --output tokenizer.json
  npx @tenon/tokenizers encode [FILE...] --tokenizer tokenizer.json
  npx @tenon/tokenizers inspect tokenizer.json

Each of them has --help. Without files, text is read from the standard input.
`;

const FAILED = 1;
const WRONG_USE = 2;
/** What a shell says of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Runs one command line and returns the exit status. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    context.stdout.write(HELP);
    return name === undefined ? WRONG_USE : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    context.stderr.write(`command: expected train, encode or inspect, got ${name}. Do: --help.\n`);
    return WRONG_USE;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    context.stdout.write(command.help);
    return 0;
  }
  try {
    await command.run(rest, context);
    return 0;
  } catch (error) {
    if (context.signal.aborted) {
      context.stderr.write('\nstopped; nothing was written\n');
      return INTERRUPTED;
    }
    if (error instanceof TokenizerError) {
      context.stderr.write(`${error.message}\n`);
      return FAILED;
    }
    // What parseArgs says of an option that it does not know.
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      context.stderr.write(`${error.message}\nDo: ${name} --help.\n`);
      return WRONG_USE;
    }
    throw error;
  }
}
