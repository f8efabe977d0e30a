import { describe, expect, it } from 'vitest';
import { formatResults, ratios } from './results.ts';

const block = (...milliseconds: number[]) => ({
  milliseconds,
  processorMilliseconds: milliseconds,
  loss: 5,
  peakMB: 100,
});
const results = [
  {
    name: 'Tenon, onnx',
    facts: { version: 'x' },
    check: [],
    blocks: [block(10, 12, 11), block(20, 20, 20)],
  },
  { name: 'PyTorch', facts: {}, check: [], blocks: [block(22, 22, 99), block(60, 60, 60)] },
];
const machine = {
  cpu: 'a processor',
  cores: 2,
  memoryGB: 8,
  node: 'v20',
  platform: 'linux x64',
  glibcTunables: 'not set',
};

describe('ratios', () => {
  it('divides the medians of the blocks of a round', () => {
    expect(ratios(results).get('PyTorch')).toEqual({ median: 2.5, minimum: 2, maximum: 3 });
  });
});

describe('formatResults', () => {
  it('prints medians, minima, tokens a second, ratios and what was not measured', () => {
    const text = formatResults({ size: 'tiny', rounds: 2, machine, results, notes: ['not measured: wasm'] });
    // 2 · 32 tokens in the median of the rounds, (11 + 20) / 2 ms
    expect(text).toMatch(/^Tenon, onnx +15\.5 +10\.0 +4129 +100 +5\.000$/m);
    expect(text).toContain('tokens/s, Tenon ÷ PyTorch: 2.50 (median of 2 rounds; 2.00 to 3.00)');
    expect(text).toContain('Tenon, onnx: version x\n');
    expect(text.endsWith('not measured: wasm')).toBe(true);
  });
});
