import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { abortAt, newFolder, run } from './__fixtures__/tiny-run.ts';
import { metricsFile } from './metrics-file.ts';

describe('metricsFile', () => {
  beforeAll(() => selectBackend('cpu'));

  const linesOf = (file: string): object[] =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => ({ ...JSON.parse(line), seconds: 0 }));

  it('ends up as if there had been no interruption', async () => {
    const [whole, root] = [newFolder(), newFolder()];
    await run({ callbacks: [metricsFile(join(whole, 'metrics.jsonl'))] });
    const file = join(root, 'log', 'metrics.jsonl');
    const { callbacks, ...aborted } = abortAt(7);
    await run({
      checkpoints: { folder: root, every: 5 },
      ...aborted,
      callbacks: [...callbacks!, metricsFile(file)],
    });
    writeFileSync(file, `${JSON.stringify({ type: 'step', step: 8 })}\n{"type":"st`, { flag: 'a' });
    await run({ checkpoints: { folder: root, resume: true }, callbacks: [metricsFile(file)] });
    expect(linesOf(file)).toEqual(linesOf(join(whole, 'metrics.jsonl')));
    expect(linesOf(file)).toHaveLength(20 + 3);
  });

  it('starts anew with a new run, and can leave steps out', async () => {
    const file = join(newFolder(), 'metrics.jsonl');
    writeFileSync(file, '{"type":"step","step":0}\n');
    await run({ callbacks: [metricsFile(file, { every: 8 })] });
    expect(linesOf(file)).toMatchObject([
      { type: 'evaluation', step: 0 },
      { type: 'step', step: 8 },
      { type: 'evaluation', step: 10 },
      { type: 'step', step: 16 },
      { type: 'evaluation', step: 20 },
    ]);
  });

  it('takes an evaluation without a run', async () => {
    const file = join(newFolder(), 'log', 'metrics.jsonl');
    const control = { shouldTrainingStop: false, shouldEvaluate: false, shouldSave: false, shouldLog: false };
    const event = { step: 3, loss: 1, perplexity: Math.E, metrics: { accuracy: 0.5 }, seconds: 2 };
    await metricsFile(file).onEvaluate?.(event, control);
    expect(linesOf(file)).toEqual([{ type: 'evaluation', ...event, seconds: 0 }]);
  });
});
