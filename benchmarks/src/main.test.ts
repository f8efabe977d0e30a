import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const launcher = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));
const main = fileURLToPath(new URL('main.ts', import.meta.url));

function bench(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, main, ...args], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('npm run bench', () => {
  it('lists what there is', () => {
    const { status, output } = bench();
    expect(output).toMatch(/^ {2}engine .*\n {2}train-step .*\n {2}finetune .*\n {2}soak /m);
    expect(status).toBe(0);
  });

  it('runs the training step, and says what it did not measure', () => {
    const { status, output } = bench('train-step', '--size', 'tiny', '--rounds', '1', '--without', 'torch');
    expect(output).toMatch(/^Tenon, onnx( +[\d.]+){5}$/m);
    expect(output).toMatch(/tokens\/s, Tenon ÷ tfjs, wasm: [\d.]+ \(median of 1 rounds/);
    expect(output).toContain('not measured: PyTorch, which was left out');
    expect(status).toBe(0);
  });

  it('runs a row of the engine, and says what it did not measure', () => {
    const { status, output } = bench(
      'engine',
      '--short',
      '--only',
      'bert',
      '--only',
      'lstm',
      '--without',
      'torch',
    );
    expect(output).toMatch(/^bert: a masked-LM .*\n.*\nTenon, onnx( +[\d.]+){4}$/m);
    expect(output).toMatch(/^LSTM .* PyTorch +≥ 1\.30× +not measured$/m);
    expect(output).toContain('not measured: torch, which was left out');
    expect(status).toBe(0);
  });

  it('evaluates with a memory and in windows', () => {
    const { status, output } = bench('transformer-xl', '--size', 'tiny', '--length', '20', '--rounds', '1');
    expect(output).toMatch(/^20 +[\d.]+ +[\d.]+ +[\d.]+× +\d+ to \d+$/m);
    expect(status).toBe(0);
  });

  it.each([
    [['nothing'], 'benchmark: expected one of the names below, got nothing.'],
    [['train-step', '--size', 'XL'], '--size: expected S or M or tiny, got XL. Pass --size S, for instance.'],
    [['train-step', '--rounds', '0'], '--rounds: expected a whole number of at least 1, got 0.'],
    [['engine', '--only', 'L'], '--only: expected S or M or tiny or share-S or'],
    [['transformer-xl', '--length', '0'], '--length: expected a whole number of at least 1, got 0.'],
    [['soak', '--steps', '10'], '--steps: expected at least two readings, 400 steps, got 10.'],
  ])('is an error for %j', (args, message) => {
    const { status, output } = bench(...args);
    expect(output).toContain(message);
    expect(status).toBe(1);
  });
});
