import { TenonError } from '@tenon/core';

/** A whole number of at least 1 from the command line. */
export function wholeOption(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new TenonError({
    subject: `--${name}`,
    expected: 'a whole number of at least 1',
    got: text,
    advice: `Pass --${name} 5, for instance.`,
  });
}

/** One of a few names from the command line. */
export function choiceOption<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new TenonError({
    subject: `--${name}`,
    expected: choices.join(' or '),
    got: text,
    advice: `Pass --${name} ${choices[0]}, for instance.`,
  });
}
