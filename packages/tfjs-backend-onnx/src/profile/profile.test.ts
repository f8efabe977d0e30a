import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { runModel, waves } from '../__fixtures__/exported.ts';
import { compile, onnxBackend, profile } from '../index.ts';

beforeEach(() => tf.setBackend('onnx'));

const weight = tf.tidy(() => tf.variable(waves(64, 64))) as unknown as tf.Tensor2D; // a variable is a tensor of its rank
const temporary = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`tenon-profile-${process.pid}-`));

describe('a profile', () => {
  test('has the time by operator, by kernel, and of what ran elsewhere', async () => {
    const x = waves(128, 64) as tf.Tensor2D;
    const measured = await profile(() =>
      tf.tidy(() => {
        let sum = 0;
        for (let i = 0; i < 3; i++) {
          const y = tf.softmax(tf.matMul(x, weight));
          sum += tf.sum(tf.cumprod(y, 1)).dataSync()[0]!;
        }
        return sum;
      }),
    );
    expect(measured.result).toBeGreaterThan(0);
    expect(measured.operators.find(({ name }) => name === 'MatMul')).toMatchObject({ calls: 3 });
    expect(measured.kernels.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['BatchMatMul', 'Softmax', 'Sum']),
    );
    expect(measured.fallbacks).toEqual([{ name: 'Cumprod', calls: 3, ms: measured.fallbackMs }]);
    expect(measured).toMatchObject({ runs: 6, sessionBuilds: 2 });
    const attributed = measured.kernels.reduce((sum, { ms }) => sum + ms, 0);
    expect(attributed + measured.unattributedMs).toBeCloseTo(measured.runMs, 6);
    const parts =
      measured.runMs + measured.buildMs + measured.hostMs + measured.fallbackMs + measured.javascriptMs;
    expect(parts).toBeCloseTo(measured.totalMs, 6);
    expect(measured.nodes.every(({ provider }) => provider === 'CPUExecutionProvider')).toBe(true);
  });

  test('has the operators of compiled functions, which are recorded for it alone', async () => {
    let calls = 0;
    const f = compile((x: tf.Tensor) => {
      calls++;
      return tf.relu(tf.matMul(x as tf.Tensor2D, weight));
    });
    const x = waves(8, 64);
    const once = (): void => f(x).dispose();
    once();
    const before = [onnxBackend().statistics.cachedSessions, calls];
    const measured = await profile(() => {
      for (let i = 0; i < 3; i++) once();
    });
    expect(measured).toMatchObject({ runs: 3, sessionBuilds: 1 });
    expect(measured.kernels.find(({ name }) => name === 'BatchMatMul')).toMatchObject({ calls: 3 });
    expect(before).toEqual([onnxBackend().statistics.cachedSessions, calls - 2]);
    once(); // its second call, which records to compare
    expect(calls).toBe(4);
    const { runs, sessionBuilds } = onnxBackend().statistics;
    once();
    expect(onnxBackend().statistics).toMatchObject({ runs: runs + 1, sessionBuilds });
    f.dispose();
  });

  test('prints as a table of the longest', async () => {
    const measured = await profile(async () => {
      await tf.tidy(() => tf.relu(tf.exp(tf.matMul(weight, weight)))).data();
    });
    const text = String(measured);
    expect(text).toMatch(
      /^[\d.]+ ms: ONNX Runtime [\d.]+, building graphs [\d.]+, host operations 0.00, fallbacks 0.00, recording/,
    );
    expect(text).toContain('1 runs, 1 graphs built for them');
    expect(text).toMatch(/ONNX operator +calls +ms +%\n/);
    expect(text).toMatch(/\nBatchMatMul +1 +[\d.]+ +[\d.]+\n/);
    expect(text).toContain('of no known kernel: ');
    expect(measured.table(1)).toContain('2 others');
  });

  test('leaves no file, no session and no tensor, also after a failure', async () => {
    const [files, tensors, sessions] = [
      temporary(),
      tf.memory().numTensors,
      onnxBackend().statistics.cachedSessions,
    ];
    await profile(() => tf.tidy(() => tf.sin(weight).dataSync()));
    await expect(
      profile(() => {
        throw new Error('its own');
      }),
    ).rejects.toThrow('its own');
    expect([temporary(), tf.memory().numTensors, onnxBackend().statistics.cachedSessions]).toEqual([
      files,
      tensors,
      sessions,
    ]);
  });

  test('can keep the traces', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenon-traces-'));
    await profile(() => tf.tidy(() => tf.cos(weight).dataSync()), { traces: folder });
    const [file] = readdirSync(folder);
    expect(JSON.parse(readFileSync(join(folder, file!), 'utf8'))).toContainEqual(
      expect.objectContaining({ name: 'Cos#0_kernel_time' }),
    );
    rmSync(folder, { recursive: true });
  });

  test('is taken one at a time, and on this backend', async () => {
    await expect(profile(() => profile(() => 0))).rejects.toThrow(
      'profile: expected one at a time, got a second one',
    );
    expect((await profile(() => 1)).runs).toBe(0);
    await tf.setBackend('cpu');
    await expect(profile(() => 0)).rejects.toThrow("got cpu. Do `await tf.setBackend('onnx')` first.");
  });
});

test('hits and misses of the cache are counted', () => {
  const { cacheHits, cacheMisses } = onnxBackend().statistics;
  for (let i = 0; i < 3; i++) tf.tidy(() => tf.atan(waves(7, 11)).dataSync());
  const after = onnxBackend().statistics;
  expect([after.cacheHits - cacheHits, after.cacheMisses - cacheMisses]).toEqual([2, 1]);
});

test('TENON_ONNX_GRAPHS writes every graph that is compiled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-graphs-'));
  process.env['TENON_ONNX_GRAPHS'] = join(folder, 'graphs');
  try {
    for (let i = 0; i < 2; i++) tf.tidy(() => tf.tanh(waves(5, 13)).dataSync());
  } finally {
    delete process.env['TENON_ONNX_GRAPHS'];
  }
  const [file, ...others] = readdirSync(join(folder, 'graphs'));
  expect(others).toEqual([]);
  expect(file).toMatch(/^\d{4}-Tanh-1-operations\.onnx$/);
  const results = await runModel(join(folder, 'graphs', file!), { leaf0: waves(5, 13) });
  expect(Object.values(results)[0]!.dims).toEqual([5, 13]);
  rmSync(folder, { recursive: true });
});
