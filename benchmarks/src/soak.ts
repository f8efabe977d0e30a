// Trains for long and watches what must not grow:  npm run bench -- soak [--steps 2000] [--every 200] [--slack-mb 64]
import { parseArgs } from 'node:util';
import { TenonError } from '@tenon/core';
import { useBackend } from '@tenon/core/backend';
import { onnxBackend } from '@tenon/tfjs-backend-onnx';
import { memory } from '@tensorflow/tfjs-core';
import type { Benchmark } from './benchmark.ts';
import { wholeOption } from './options.ts';
import { OPTIMIZER, type Size } from './sizes.ts';
import { formatTable } from './table.ts';
import { Training } from './training.ts';

/** Small, so that thousands of steps take a minute or two. */
const SIZE: Size = { layers: 2, channels: 128, heads: 4, tokens: 64, batch: 8, vocabulary: 1024 };

/** What is looked at between steps. */
export interface Reading {
  readonly step: number;
  readonly loss: number;
  readonly tensors: number;
  readonly buffers: number;
  readonly sessionBuilds: number;
  readonly idleMB: number;
  /** V8's heap, live and garbage. */
  readonly heapMB: number;
  readonly residentMB: number;
}

export const soak: Benchmark = {
  name: 'soak',
  summary: '2,000 training steps: live tensors, buffers, sessions and resident memory must stay flat',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        steps: { type: 'string', default: '2000' },
        every: { type: 'string', default: '200' },
        'slack-mb': { type: 'string', default: '64' },
      },
    });
    const steps = wholeOption('steps', values.steps);
    const every = wholeOption('every', values.every);
    const slackMB = wholeOption('slack-mb', values['slack-mb']);
    if (steps < 2 * every) {
      throw new TenonError({
        subject: '--steps',
        expected: `at least two readings, ${2 * every} steps`,
        got: String(steps),
        advice: 'Raise --steps or lower --every.',
      });
    }
    const readings = await train(steps, every);
    console.log(format(readings));
    const growth = growthIn(readings, slackMB);
    for (const line of growth) console.error(line);
    if (growth.length > 0) process.exitCode = 1;
    else
      console.log(
        `flat over ${steps} steps: tensors, buffers and sessions the same, memory within ${slackMB} MB`,
      );
  },
};

async function train(steps: number, every: number): Promise<Reading[]> {
  await useBackend('onnx');
  const training = new Training({ size: SIZE, optimizer: OPTIMIZER, seed: 1 });
  const readings: Reading[] = [];
  for (let step = 1; step <= steps; step++) {
    const { loss } = await training.step();
    if (step % every === 0) readings.push(read(step, loss));
  }
  training.dispose();
  return readings;
}

function read(step: number, loss: number): Reading {
  const { numTensors, numDataBuffers } = memory();
  const { sessionBuilds, idleBytes } = onnxBackend().statistics;
  return {
    step,
    loss,
    tensors: numTensors,
    buffers: numDataBuffers,
    sessionBuilds,
    idleMB: idleBytes / 2 ** 20,
    heapMB: process.memoryUsage().heapTotal / 2 ** 20,
    residentMB: process.memoryUsage.rss() / 2 ** 20,
  };
}

/**
 * What grew after the first reading, which is the warm-up: counts may not grow at all, resident memory by the
 * slack, since the garbage collector works when it likes.
 */
export function growthIn(readings: readonly Reading[], slackMB: number): string[] {
  const [first, ...later] = readings;
  const found: string[] = [];
  for (const name of ['tensors', 'buffers', 'sessionBuilds'] as const) {
    const grown = later.find((reading) => reading[name] > first![name]);
    if (grown !== undefined)
      found.push(
        `${name}: expected ${first![name]} as at step ${first!.step}, got ${grown[name]} at step ${grown.step}.`,
      );
  }
  const last = later.at(-1)!;
  const limit = first!.residentMB + slackMB;
  if (last.residentMB > limit) {
    found.push(
      `resident memory: expected at most ${limit.toFixed(0)} MB, got ${last.residentMB.toFixed(0)} MB at step ${last.step}.`,
    );
  }
  return found;
}

function format(readings: readonly Reading[]): string {
  return formatTable([
    ['step', 'loss', 'tensors', 'buffers', 'session builds', 'idle MB', 'heap MB', 'resident MB'],
    ...readings.map((reading) => [
      String(reading.step),
      reading.loss.toFixed(3),
      String(reading.tensors),
      String(reading.buffers),
      String(reading.sessionBuilds),
      reading.idleMB.toFixed(1),
      reading.heapMB.toFixed(0),
      reading.residentMB.toFixed(0),
    ]),
  ]);
}
