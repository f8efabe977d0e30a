import { describe, expect, it } from 'vitest';
import { formatExperiment, formatReport, reportOn } from './results.ts';

const block = { milliseconds: [10, 12], processorMilliseconds: [19, 20], loss: 5, peakMB: 100 };
const results = [
  { name: 'Tenon, onnx', facts: { version: 'x' }, check: [1], blocks: [block, block] },
  {
    name: 'PyTorch',
    facts: {},
    check: [1],
    blocks: [
      { ...block, milliseconds: [22] },
      { ...block, milliseconds: [33] },
    ],
  },
];
const experiment = {
  name: 'S',
  summary: 'a step',
  entrants: [],
  claims: [
    { row: 'step', kind: 'time', atLeast: 2.2, ours: 'Tenon, onnx', peer: 'PyTorch' },
    { row: 'share', kind: 'share', atLeast: 0.7, ours: 'Tenon, onnx', peer: 'nobody' },
    { row: 'memory', kind: 'memory', atMost: 1, ours: 'Tenon, onnx', peer: 'PyTorch' },
  ],
} as const;
const report = {
  machine: {
    cpu: 'a processor',
    cores: 2,
    memoryGB: 8,
    node: 'v20',
    platform: 'linux x64',
    glibcTunables: 'not set',
  },
  rounds: 2,
  threads: 2,
  timing: 'clock',
  seconds: 90,
  notes: ['not measured: wasm'],
} as const;

describe('formatExperiment', () => {
  it('prints medians, minima and memory of each contestant', () => {
    const text = formatExperiment(reportOn(experiment, results, 'clock'));
    expect(text).toMatch(/^Tenon, onnx +11\.0 +10\.0 +19\.0 +100$/m);
    expect(text).toContain('Tenon, onnx: version x');
    expect(text).not.toContain('fault');
  });

  it('prints what went wrong', () => {
    const text = formatExperiment(reportOn(experiment, [], 'clock', 'PyTorch: it ended'));
    expect(text).toBe('S: a step\nfault: PyTorch: it ended');
  });
});

describe('formatReport', () => {
  it('prints target, ratio with its spread, and the verdict of each row', () => {
    const text = formatReport({ ...report, experiments: [reportOn(experiment, results, 'clock')] });
    expect(text).toContain('engine: 2 rounds, 2 threads, time by the clock, 1.5 minutes');
    expect(text).toMatch(/^step +PyTorch +≥ 2\.20× +2\.50× +2\.00× +3\.00× +pass$/m);
    expect(text).toMatch(/^share +nobody +≥ 70 % +not measured$/m);
    expect(text).toMatch(/^memory +PyTorch +≤ 1\.00× +1\.00× +1\.00× +1\.00× +pass$/m);
    expect(text.endsWith('not measured: wasm')).toBe(true);
  });

  it('passes no row whose contestants do not compute the same', () => {
    const [ours, torch] = results;
    const other = [ours!, { ...torch!, check: [2] }];
    const text = formatReport({ ...report, experiments: [reportOn(experiment, other, 'clock')] });
    expect(text).toMatch(/^step .* fault$/m);
    expect(text).not.toContain('pass');
  });
});
