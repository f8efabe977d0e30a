import { expect, test } from 'vitest';
import { describeOptions, readCommandLine } from './command-line.ts';

const OPTIONS = {
  epochs: { text: 'passes over the examples', value: 8, short: 1 },
  trainWords: { text: 'words to learn from', value: 100, least: 0 },
  task: { text: 'what to do', choices: ['sing', 'dance'] },
  loud: { text: 'so that all hear it', value: false },
} as const;

test('without a word, what the specifications say holds', () => {
  expect(readCommandLine([], OPTIONS)).toEqual({
    epochs: 8,
    trainWords: 100,
    task: undefined,
    loud: false,
    short: false,
    help: false,
  });
});

test('a short run has its own values, and what is said goes before them', () => {
  expect(readCommandLine(['--short'], OPTIONS)).toMatchObject({ epochs: 1, trainWords: 100, short: true });
  expect(
    readCommandLine('--short --epochs 3 --train-words 0 --task sing --loud'.split(' '), OPTIONS),
  ).toMatchObject({
    epochs: 3,
    trainWords: 0,
    task: 'sing',
    loud: true,
  });
});

test.each([
  [
    ['--epochs', 'many'],
    '--epochs: expected a whole number of at least 1, got many. Write --epochs 8 for instance.',
  ],
  [['--epochs', '0'], '--epochs: expected a whole number of at least 1, got 0.'],
  [['--epochs', ''], '--epochs: expected a whole number of at least 1, got nothing.'],
  [['--task', 'sleep'], '--task: expected sing or dance, got sleep. Choose one of these.'],
  [
    ['--epoch', '3'],
    "command line: expected the options that --help lists, got Unknown option '--epoch'. Look at -- --help.",
  ],
  [['--epochs'], "got Option '--epochs <value>' argument missing."],
  [['--epochs', '-1'], 'got --epochs without a value.'],
  [['file.tsv'], "got Unexpected argument 'file.tsv'."],
])('%j is refused', (words, message) => {
  expect(() => readCommandLine(words, OPTIONS)).toThrow(message);
});

test('--help lists all options with what they are when not given', () => {
  expect(describeOptions(OPTIONS)).toBe(`  --epochs N          passes over the examples (8)
  --train-words N     words to learn from (100)
  --task sing|dance   what to do
  --loud              so that all hear it
  --short             all of it at its smallest, in seconds
  --help              this list`);
});
