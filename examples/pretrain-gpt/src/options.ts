import { parseArgs } from 'node:util';
import { TenonError } from '@tenon/core';
import type { BackendChoice } from '@tenon/core/backend';

export const DEFAULT_FOLDER = 'runs/pretrain-gpt';

/** Everything that decides what a run computes. It is written into the run's folder and read by `--resume`. */
export interface Settings {
  /** A UTF-8 text to learn; without one, the example tells its own stories. */
  readonly data?: string;
  /** How much of its own stories the example tells. */
  readonly characters: number;
  readonly vocabulary: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly context: number;
  readonly batch: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly dropout: number;
  readonly seed: number;
  /** What the samples begin with. */
  readonly prompt?: string;
}

/** The settings that fit into three minutes on two cores. */
export const STANDARD: Settings = {
  characters: 1_600_000,
  vocabulary: 2048,
  layers: 4,
  width: 256,
  heads: 8,
  context: 128,
  batch: 8,
  steps: 800,
  learningRate: 2e-3,
  dropout: 0,
  seed: 42,
};

/** `--short`: everything once, in seconds. */
export const SHORT: Settings = {
  ...STANDARD,
  characters: 120_000,
  vocabulary: 512,
  layers: 2,
  width: 64,
  heads: 2,
  context: 32,
  batch: 16,
  steps: 128,
  learningRate: 5e-3,
};

export type Command = { readonly kind: 'help' } | TrainCommand | SampleCommand;

export interface SampleCommand {
  readonly kind: 'sample';
  readonly folder: string;
  readonly backend: BackendChoice | 'auto';
  readonly prompt: string;
  readonly tokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly seed: number;
}

export interface TrainCommand {
  readonly kind: 'train';
  readonly folder: string;
  readonly backend: BackendChoice | 'auto';
  readonly short: boolean;
  readonly resume: boolean;
  readonly overwrite: boolean;
  /** What was said on the command line, to be laid over the settings of the run or the standard ones. */
  readonly said: Partial<Settings>;
}

export const HELP: string = `Trains a small GPT-2 from nothing, on your processor, and writes with it.

  npm start                               learn stories that the example writes itself
  npm start -- --data FILE                learn any UTF-8 text
  npm start -- --resume [--steps N]       go on with a run that was stopped, or train a finished one longer
  npm start -- sample [--prompt TEXT]     write with the model of a run

  --out FOLDER            where the run is kept                 ${DEFAULT_FOLDER}
  --overwrite             replace the run that is there
  --backend NAME          auto, onnx, cpu, tensorflow, …        auto
  --short                 a tiny run that checks itself, in seconds

training
  --steps N               updates of the weights                ${STANDARD.steps}
  --layers N              transformer blocks                    ${STANDARD.layers}
  --width N               channels                              ${STANDARD.width}
  --heads N               attention heads, a divisor of width   ${STANDARD.heads}
  --context N             tokens a sequence                     ${STANDARD.context}
  --batch N               sequences a step                      ${STANDARD.batch}
  --vocabulary N          byte-BPE tokens, at least 257         ${STANDARD.vocabulary}
  --learning-rate X       at its peak                           ${STANDARD.learningRate}
  --dropout X             from 0 up to but without 1            ${STANDARD.dropout}
  --seed N                decides weights, order and samples    ${STANDARD.seed}
  --prompt TEXT           what the samples begin with

sample
  --prompt TEXT           what to go on with                    a line break
  --tokens N              how many to write at most             200
  --temperature X         0 takes the likeliest token           0.8
  --top-k N               choose among the N likeliest          50
  --seed N                the same seed writes the same         ${STANDARD.seed}
`;

const SPECIFICATION = {
  out: { type: 'string', default: DEFAULT_FOLDER },
  backend: { type: 'string', default: 'auto' },
  data: { type: 'string' },
  steps: { type: 'string' },
  layers: { type: 'string' },
  width: { type: 'string' },
  heads: { type: 'string' },
  context: { type: 'string' },
  batch: { type: 'string' },
  vocabulary: { type: 'string' },
  'learning-rate': { type: 'string' },
  dropout: { type: 'string' },
  seed: { type: 'string' },
  prompt: { type: 'string' },
  tokens: { type: 'string' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  resume: { type: 'boolean', default: false },
  overwrite: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof SPECIFICATION }>>['values'];

/** @throws {TenonError} about the first thing on the command line that makes no sense. */
export function readCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  const [command = 'train', ...rest] = positionals;
  if (rest.length > 0 || (command !== 'train' && command !== 'sample')) {
    throw new TenonError({
      subject: 'command',
      expected: 'train or sample',
      got: positionals.join(' '),
      advice: 'npm start -- --help lists what there is. Put a text with spaces into quotes.',
    });
  }
  const folder = values.out;
  const backend = values.backend as BackendChoice | 'auto'; // useBackend refuses what it does not know
  if (command === 'sample') {
    refuse(values, TRAINING_ONLY, 'sample');
    return {
      kind: 'sample',
      folder,
      backend,
      prompt: words(values, 'prompt') ?? '\n',
      tokens: whole(values, 'tokens', 1) ?? 200,
      temperature: number(values, 'temperature', 0, 10) ?? 0.8,
      topK: whole(values, 'top-k', 1) ?? 50,
      seed: whole(values, 'seed', 0) ?? STANDARD.seed,
    };
  }
  refuse(values, ['tokens', 'temperature', 'top-k'], 'train');
  if (values.resume) refuse(values, [...FIXED_BY_RUN, 'overwrite'], '--resume');
  const { short, resume, overwrite } = values;
  return { kind: 'train', folder, backend, short, resume, overwrite, said: readSettings(values) };
}

const FIXED_BY_RUN = [
  'data',
  'layers',
  'width',
  'heads',
  'context',
  'batch',
  'vocabulary',
  'learning-rate',
  'dropout',
  'seed',
  'prompt',
  'short',
] as const;
const TRAINING_ONLY = [
  ...FIXED_BY_RUN.filter((name) => name !== 'seed' && name !== 'prompt'),
  'steps',
  'resume',
  'overwrite',
] as const;

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: SPECIFICATION, allowPositionals: true });
  } catch (error) {
    throw new TenonError(
      {
        subject: 'command line',
        expected: 'the options that --help lists',
        got: complaint(error as Error),
        advice: 'npm start -- --help lists them.',
      },
      { cause: error },
    );
  }
}

/** Node's own words, but for an option with nothing, or with something like -1, behind it. */
function complaint({ message }: Error): string {
  const ambiguous = /^Option '(--[\w-]+).*argument is ambiguous/.exec(message);
  if (ambiguous)
    return `${ambiguous[1]} without a value (one that begins with a dash is written ${ambiguous[1]}=-1)`;
  return message.split(/\.\s/)[0]!;
}

function readSettings(values: Values): Partial<Settings> {
  const said = {
    data: values.data,
    steps: whole(values, 'steps', 1),
    layers: whole(values, 'layers', 1),
    width: whole(values, 'width', 1),
    heads: whole(values, 'heads', 1),
    context: whole(values, 'context', 2),
    batch: whole(values, 'batch', 1),
    vocabulary: whole(values, 'vocabulary', 257),
    learningRate: number(values, 'learning-rate', Number.MIN_VALUE, Number.MAX_VALUE),
    dropout: number(values, 'dropout', 0, 1 - Number.EPSILON),
    seed: whole(values, 'seed', 0),
    prompt: words(values, 'prompt'),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function refuse(values: Values, names: readonly (keyof Values)[], where: string): void {
  const name = names.find((candidate) => values[candidate] !== undefined && values[candidate] !== false);
  if (name === undefined) return;
  throw new TenonError({
    subject: `--${name}`,
    expected: `nothing of the kind with ${where}`,
    got: `--${name} ${values[name]}`,
    advice:
      where === '--resume'
        ? 'A run goes on with its own settings; only --steps may change. Leave it out, or start anew with --out.'
        : 'Leave it out; npm start -- --help says what belongs where.',
  });
}

function words(values: Values, name: 'prompt'): string | undefined {
  if (values[name] !== '') return values[name];
  throw new TenonError({
    subject: `--${name}`,
    expected: 'at least one character',
    got: 'none',
    advice: 'Leave it out to begin anywhere.',
  });
}

function whole(values: Values, name: keyof Values, minimum: number): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(String(text)) && value >= minimum && value < 2 ** 31) return value;
  throw new TenonError({
    subject: `--${name}`,
    expected: `a whole number of at least ${minimum}`,
    got: String(text),
    advice: `Write --${name} ${Math.max(minimum, 1)} for instance.`,
  });
}

function number(values: Values, name: keyof Values, low: number, high: number): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (String(text).trim() !== '' && value >= low && value <= high) return value;
  const bounds = { temperature: 'from 0 to 10', dropout: 'from 0 up to but without 1' };
  throw new TenonError({
    subject: `--${name}`,
    expected: `a number ${name in bounds ? bounds[name as keyof typeof bounds] : 'above 0'}`,
    got: String(text),
    advice: `Write --${name} ${name === 'learning-rate' ? '0.001' : '0.5'} for instance.`,
  });
}
