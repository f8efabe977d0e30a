import { show, TokenizerError } from '../errors.ts';
import { linesIn, linesOf } from '../node/texts.ts';
import type { CommandContext } from './context.ts';

/** The lines of files, or of the standard input. */
export function textsOf(files: readonly string[], { stdin }: CommandContext): AsyncIterable<string[]> {
  return files.length === 0 || (files.length === 1 && files[0] === '-') ? linesIn(stdin) : linesOf(files);
}

export function oneOf<Choice extends string>(
  name: string,
  value: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new TokenizerError(
    `${name}: expected one of ${choices.join(', ')}, got ${show(value)}. Leave it out for ${choices[0]}.`,
  );
}

export function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new TokenizerError(
    `${name}: expected a whole number of at least 1, got ${show(text)}. Pass ${name} 8000, for instance.`,
  );
}
