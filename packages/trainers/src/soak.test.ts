import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CausalLM } from '@tenon/heads';
import { gpt2, gpt2Small } from '@tenon/models';
import { adamW, chain, clipByGlobalNorm } from '@tenon/optim';
import { selectBackend, testBackends } from '@tenon/testing';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tokenBatches } from './__fixtures__/token-batches.ts';
import { train } from './train.ts';

// 200 steps with the other tests, which are enough for tensors; TENON_SOAK_STEPS=2000 looks at memory as well.
const steps = Number(process.env['TENON_SOAK_STEPS'] ?? 200);
/** Megabytes that garbage may make out from one quarter to another. */
const slack = 48;

describe.each(testBackends())(`${steps} steps on %s`, { timeout: 60_000 + 200 * steps }, (backend) => {
  beforeAll(() => selectBackend(backend));

  it('leave as many tensors and as much memory as few', async () => {
    const vocabularySize = 64;
    const size = { vocabularySize, contextLength: 16, hiddenSize: 16, layers: 2, heads: 2 };
    using objective = new CausalLM(gpt2({ ...gpt2Small, ...size }));
    const batches = { batchSize: 2, length: 16, vocabularySize };
    const tensors = new Set<number>();
    const megabytes: number[] = [];
    const { loss, evaluation } = await train({
      objective,
      optimizer: chain(clipByGlobalNorm(1), adamW({ learningRate: 0.01 })),
      batches: tokenBatches(batches),
      steps,
      evaluation: { batches: () => tokenBatches({ ...batches, seed: 2, limit: 4 }), every: 50 },
      checkpoints: { folder: mkdtempSync(join(tmpdir(), 'tenon-soak-')), every: 50 },
      callbacks: [
        {
          onStepEnd() {
            tensors.add(memory().numTensors);
            megabytes.push(process.memoryUsage.rss() / 2 ** 20);
          },
        },
      ],
    });

    expect(evaluation!.loss).toBeLessThan(Math.log(vocabularySize));
    expect([...tensors]).toHaveLength(1);
    const quarters = [0, 1, 2, 3].map((quarter) =>
      Math.max(...megabytes.slice((quarter * steps) / 4, ((quarter + 1) * steps) / 4)),
    );
    console.info(
      `${backend}: ${[...tensors]} live tensors at every step; most resident memory of each quarter of ${steps} steps: ` +
        `${quarters.map((quarter) => quarter.toFixed(0)).join(', ')} MB; loss ${loss!.toFixed(3)}`,
    );
    // The first steps of a process take what compilers and pools will keep.
    if (steps >= 1000) expect(quarters[3]! - quarters[1]!).toBeLessThan(slack);
  });
});
