// What can be said on the command line of an example.
import { parseArgs } from 'node:util';
import { TenonError } from '@tenon/core';

/** An option: what it takes follows from its value, a whole number, a text, or yes and no. */
export interface OptionSpec {
  /** What it is, for --help. */
  readonly text: string;
  /** What holds when it is not given; absent = nothing. */
  readonly value?: number | string | boolean;
  /** What holds with --short when it is not given. @default `value` */
  readonly short?: number | string;
  /** The only texts that it takes. */
  readonly choices?: readonly string[];
  /** The least number that it takes. @default 1 */
  readonly least?: number;
  /** The word for its value in --help. @default N for a number, TEXT for a text */
  readonly placeholder?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export type OptionValues<Options extends OptionSpecs> = {
  readonly [Name in keyof Options]: Options[Name] extends { value: infer Value }
    ? Value extends number
      ? number
      : Value extends boolean
        ? boolean
        : string
    : string | undefined;
};

interface Flags {
  readonly short: boolean;
  readonly help: boolean;
}

const FLAGS = {
  short: { text: 'all of it at its smallest, in seconds', value: false },
  help: { text: 'this list', value: false },
} satisfies OptionSpecs;

/** @throws {TenonError} about the first thing on the command line that makes no sense. */
export function readCommandLine<Options extends OptionSpecs>(
  words: readonly string[],
  options: Options,
): OptionValues<Options> & Flags {
  const specs: OptionSpecs = { ...options, ...FLAGS };
  const said = parse(words, specs);
  const short = said['short'] === true;
  const values = Object.entries(specs).map(([name, spec]) => {
    const text = said[dashed(name)];
    if (text === undefined) return [name, (short ? spec.short : undefined) ?? spec.value];
    return [name, typeof text === 'string' ? readValue(`--${dashed(name)}`, text, spec) : text];
  });
  return Object.fromEntries(values) as OptionValues<Options> & Flags; // each was read as its spec says
}

/** The lines about options that --help shows. */
export function describeOptions(options: OptionSpecs): string {
  const lines = Object.entries({ ...options, ...FLAGS }).map(([name, spec]) => {
    const { value, choices, placeholder } = spec as OptionSpec;
    const kind = choices?.join('|') ?? placeholder ?? (typeof value === 'number' ? 'N' : 'TEXT');
    const shown = typeof value === 'boolean' ? '' : ` ${kind}`;
    const standard = value === undefined || value === false || value === '' ? '' : ` (${value})`;
    return [`  --${dashed(name)}${shown}`, `${spec.text}${standard}`] as const;
  });
  const width = Math.max(...lines.map(([option]) => option.length));
  return lines.map(([option, text]) => `${option.padEnd(width)}   ${text}`).join('\n');
}

function parse(words: readonly string[], specs: OptionSpecs): Record<string, string | boolean | undefined> {
  const options = Object.entries(specs).map(
    ([name, { value }]) =>
      [dashed(name), { type: typeof value === 'boolean' ? 'boolean' : 'string' }] as const,
  );
  try {
    return parseArgs({ args: [...words], options: Object.fromEntries(options) }).values;
  } catch (error) {
    throw new TenonError(
      {
        subject: 'command line',
        expected: 'the options that --help lists',
        got: complaint(error as Error),
        advice: 'Look at -- --help.',
      },
      { cause: error },
    );
  }
}

/** Node's own words, but for an option with nothing, or with something like -1, behind it. */
function complaint({ message }: Error): string {
  const ambiguous = /^Option '(--[\w-]+).*argument is ambiguous/.exec(message);
  if (ambiguous) return `${ambiguous[1]} without a value`;
  return message.split(/\.\s/)[0]!.replace(/\.$/, '');
}

function readValue(option: string, text: string, { value, choices, least = 1 }: OptionSpec): number | string {
  if (choices !== undefined && !choices.includes(text)) {
    const advice = 'Choose one of these.';
    throw new TenonError({ subject: option, expected: choices.join(' or '), got: text, advice });
  }
  if (typeof value !== 'number') return text;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number < 2 ** 31) return number;
  throw new TenonError({
    subject: option,
    expected: `a whole number of at least ${least}`,
    got: text === '' ? 'nothing' : text,
    advice: `Write ${option} ${Math.max(least, value)} for instance.`,
  });
}

/** `shortEpochs` as `short-epochs`. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
