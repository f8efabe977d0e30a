// One measured thing in a process of its own:  worker.ts save|read|load FOLDER  prints a Measured as JSON.
// worker.ts touch FOLDER  writes to as much memory as any of them needs and prints nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromPretrained, savePretrained } from '@tenon/checkpoints';
import { ZeroStream } from '@tenon/core';
import { useBackend } from '@tenon/core/backend';
import { gpt2, gpt2Small } from '@tenon/models';
import { add, tidy } from '@tensorflow/tfjs-core';
import type { Measured, Work } from './checkpoints.ts';

const [work, folder] = process.argv.slice(2) as [Work, string];

const TOUCHED_BYTES = 2 ** 31;

async function measured(body: () => unknown): Promise<Measured> {
  forgetPeak();
  const startMB = process.memoryUsage.rss() / 1e6;
  const startCpu = process.cpuUsage();
  const start = performance.now();
  const kept = await body();
  const wallSeconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(startCpu);
  const peakMB = peak() - startMB;
  if (kept === undefined) throw new Error('The result has to live until the peak is read.');
  return { wallSeconds, cpuSeconds: (user + system) / 1e6, peakMB };
}

/** Linux counts the peak anew when asked; elsewhere it is that of the whole process. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

function peak(): number {
  if (process.platform !== 'linux') return (process.resourceUsage().maxRSS * 1024) / 1e6;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))!;
  return (Number(kilobytes) * 1024) / 1e6;
}

if (work === 'touch') {
  Buffer.alloc(TOUCHED_BYTES, 1);
  process.exit();
}
await useBackend('onnx');
let result: Measured;
switch (work) {
  case 'read':
    result = await measured(() => readFileSync(join(folder, 'model.safetensors')));
    break;
  case 'load':
    result = await measured(() => fromPretrained(gpt2, folder));
    break;
  case 'save': {
    const model = gpt2(gpt2Small, { random: new ZeroStream() });
    for (const value of model.parameters().values()) tidy(() => value.assign(add(value, 1)));
    for (const value of model.parameters().values()) value.dataSync();
    result = await measured(async () => {
      await savePretrained(folder, { spec: gpt2, config: gpt2Small, model });
      return model;
    });
  }
}
console.log(JSON.stringify(result));
