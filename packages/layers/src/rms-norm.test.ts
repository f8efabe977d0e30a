import { expectClose, moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { RMSNorm } from './rms-norm.ts';

const rows = [
  [3, -4, 0, 5],
  [0.1, 0.2, -0.3, 0.4],
];

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe('contract', () => {
    const checks = moduleContract({
      make: () => new RMSNorm(4),
      forward: (norm) => norm.forward(tensor2d(rows)),
    });
    for (const { name, run } of checks) test(name, run);
  });

  test('divides by the root of the mean square', () => {
    using norm = new RMSNorm(4, { epsilon: 0.01 });
    const expected = rows.flatMap((row) => {
      const meanSquare = row.reduce((sum, x) => sum + x * x, 0) / 4;
      return row.map((x) => x / Math.sqrt(meanSquare + 0.01));
    });
    expectClose(
      'output',
      tidy(() => norm.forward(tensor2d(rows)).dataSync()),
      expected,
    );
  });
});

test('needs a size', () => {
  expect(() => new RMSNorm(0)).toThrow('RMSNorm size');
});
