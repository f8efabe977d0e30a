import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { batch, type TinyGpt, tinyGpt, trainStep } from './__fixtures__/tiny-gpt.ts';
import { onnxBackend } from './index.ts';

async function gradients(backend: string): Promise<{ loss: number; grads: Float32Array[] }> {
  await tf.setBackend(backend);
  const model = tinyGpt();
  return tf.tidy(() => {
    const { ids, labels } = batch(0);
    const { value, grads } = tf.variableGrads(() => model.loss(ids, labels), Object.values(model.weights));
    return {
      loss: value.dataSync()[0]!,
      grads: Object.values(model.weights).map(({ name }) => grads[name]!.dataSync() as Float32Array),
    };
  });
}

test('loss and gradients of a GPT in plain tfjs agree with the cpu backend to 1e-6', async () => {
  const expected = await gradients('cpu');
  const actual = await gradients('onnx');
  expect(Math.abs(actual.loss - expected.loss)).toBeLessThan(1e-6);
  actual.grads.forEach((grad, i) => {
    grad.forEach((number, j) => {
      expect(Math.abs(number - expected.grads[i]![j]!)).toBeLessThan(1e-6);
    });
  });
});

describe('a training loop', () => {
  const moments = new Map<string, tf.Variable[]>();
  let model: TinyGpt;

  test('builds no session after its second step, and runs one graph a step', async () => {
    await tf.setBackend('onnx');
    model = tinyGpt();
    trainStep(model, moments, 0);
    trainStep(model, moments, 1);
    const before = onnxBackend().statistics;
    for (let step = 2; step < 12; step++) trainStep(model, moments, step);
    const after = onnxBackend().statistics;
    expect(after.sessionBuilds).toBe(before.sessionBuilds);
    expect(after.runs - before.runs).toBe(10);
    expect(after.cacheHits - before.cacheHits).toBe(10);
  });

  test('leaks no tensor, no data and no memory', () => {
    trainStep(model, moments, 12);
    const counts = (): number[] => [
      tf.memory().numTensors,
      tf.memory().numDataBuffers,
      onnxBackend().numDataIds(),
      onnxBackend().statistics.idleBytes,
    ];
    const before = counts();
    for (let step = 13; step < 200; step++) trainStep(model, moments, step);
    expect(counts()).toEqual(before);
  });

  test('learns', () => {
    expect(trainStep(model, moments, 0)).toBeLessThan(2);
  });

  test("a tfjs optimiser's changing scalars become inputs: no session after the third step", () => {
    const weights = Object.values(tinyGpt().weights);
    const optimizer = tf.train.adam(0.01);
    const step = (): void => {
      const loss = optimizer.minimize(
        () => tf.addN(weights.map((weight) => tf.sum(tf.square(weight)))) as tf.Scalar,
        true,
        weights,
      )!;
      loss.dataSync();
      loss.dispose();
    };
    for (let i = 0; i < 3; i++) step();
    const before = onnxBackend().statistics.sessionBuilds;
    for (let i = 0; i < 5; i++) step();
    expect(onnxBackend().statistics.sessionBuilds).toBe(before);
  });
});

test('two processes, and a resumed one, compute the same bits', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-onnx-'));
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
  const train = (...args: string[]): { hash: string; losses: number[] } =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [path('../../../scripts/run.mjs'), path('__fixtures__/train-and-hash.ts'), ...args],
        { encoding: 'utf8' },
      ),
    );
  try {
    const whole = train('6');
    expect(train('6')).toEqual(whole);
    const state = join(folder, 'state');
    const first = train('3', '0', state);
    const second = train('3', '3', state);
    expect([...first.losses, ...second.losses]).toEqual(whole.losses);
    expect(second.hash).toBe(whole.hash);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
