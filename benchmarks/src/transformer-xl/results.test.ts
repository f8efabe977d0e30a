import { transformerXLEnwik8 } from '@tenon/models';
import { describe, expect, it } from 'vitest';
import { formatResults, perToken } from './results.ts';

const result = (name: string, ...milliseconds: number[]) => ({
  name,
  facts: {},
  check: [],
  blocks: milliseconds.map((one) => ({
    milliseconds: [one],
    processorMilliseconds: [2 * one],
    loss: 5,
    peakMB: 100,
  })),
});
const length = {
  length: 200,
  memory: result('Transformer-XL', 400, 500, 600),
  window: result('vanilla', 200, 300, 300),
};
const machine = {
  cpu: 'a processor',
  cores: 2,
  memoryGB: 8,
  node: 'v20',
  platform: 'linux x64',
  glibcTunables: 'not set',
};

describe('perToken', () => {
  it('divides a segment by its tokens, and each round by itself', () => {
    const ratio = { median: 100, minimum: 100, maximum: 120 };
    expect(perToken(length, 'clock')).toEqual({ memory: 2.5, window: 300, ratio });
    expect(perToken(length, 'processor')).toEqual({ memory: 5, window: 600, ratio });
  });
});

describe('formatResults', () => {
  it('prints a row for each length', () => {
    const config = transformerXLEnwik8;
    const report = { size: 'base', config, rounds: 3, timing: 'clock', threads: 2, machine } as const;
    const text = formatResults({ ...report, results: [length] });
    expect(text).toMatch(/^200 +2\.500 +300\.0 +100× +100 to 120$/m);
    expect(text).toContain('12 layers, d 512, 8 heads of 64');
    expect(text).toContain('the clock, threads 2, medians of 3 rounds');
  });
});
