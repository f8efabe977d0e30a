import { describe, expect, it } from 'vitest';
import { HELP, readCommand } from './options.ts';

describe('readCommand', () => {
  it('trains by default, with what was said laid aside', () => {
    expect(readCommand([])).toEqual({
      kind: 'train',
      folder: 'runs/pretrain-gpt',
      backend: 'auto',
      short: false,
      resume: false,
      overwrite: false,
      said: {},
    });
    expect(
      readCommand(['--data', 'a.txt', '--steps', '10', '--learning-rate=1e-3', '--out', 'x']),
    ).toMatchObject({
      folder: 'x',
      said: { data: 'a.txt', steps: 10, learningRate: 1e-3 },
    });
  });

  it('writes with sample', () => {
    expect(readCommand(['sample', '--prompt', 'Once', '--temperature', '0'])).toMatchObject({
      kind: 'sample',
      prompt: 'Once',
      temperature: 0,
    });
  });

  it('names every option in the help', () => {
    expect(readCommand(['--help'])).toEqual({ kind: 'help' });
    for (const name of [
      'data',
      'out',
      'steps',
      'layers',
      'width',
      'heads',
      'context',
      'batch',
      'vocabulary',
    ]) {
      expect(HELP).toContain(`--${name} `);
    }
  });

  it.each([
    ['--steps=-3', '--steps: expected a whole number of at least 1, got -3. Write --steps 1 for instance.'],
    [
      '--steps -3',
      'command line: expected the options that --help lists, got --steps without a value (one that begins with a dash is written --steps=-1). npm start -- --help lists them.',
    ],
    ['--steps=ten', '--steps: expected a whole number of at least 1, got ten. Write --steps 1 for instance.'],
    [
      '--vocabulary 256',
      '--vocabulary: expected a whole number of at least 257, got 256. Write --vocabulary 257 for instance.',
    ],
    [
      '--learning-rate 0',
      '--learning-rate: expected a number above 0, got 0. Write --learning-rate 0.001 for instance.',
    ],
    [
      '--dropout 1',
      '--dropout: expected a number from 0 up to but without 1, got 1. Write --dropout 0.5 for instance.',
    ],
    [
      '--layer 3',
      "command line: expected the options that --help lists, got Unknown option '--layer'. npm start -- --help lists them.",
    ],
    ['--prompt=', '--prompt: expected at least one character, got none. Leave it out to begin anywhere.'],
    ['sample --prompt=', '--prompt: expected at least one character, got none.'],
    [
      'paint',
      'command: expected train or sample, got paint. npm start -- --help lists what there is. Put a text with spaces into quotes.',
    ],
    [
      '--resume --width 64',
      '--width: expected nothing of the kind with --resume, got --width 64. A run goes on with its own settings; only --steps may change. Leave it out, or start anew with --out.',
    ],
    [
      'sample --steps 3',
      '--steps: expected nothing of the kind with sample, got --steps 3. Leave it out; npm start -- --help says what belongs where.',
    ],
  ])('complains about %s', (line, message) => {
    expect(() => readCommand(line.split(' '))).toThrow(message);
  });
});
