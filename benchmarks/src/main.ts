// Measures:  npm run bench -- NAME [options];  without a name it lists what there is.
import type { Benchmark } from './benchmark.ts';
import { checkpoints } from './checkpoints/checkpoints.ts';
import { engine } from './engine/engine.ts';
import { finetune } from './finetune/finetune.ts';
import { soak } from './soak.ts';
import { tokenizers } from './tokenizers/tokenizers.ts';
import { trainStep } from './train-step/train-step.ts';
import { transformerXLEvaluation } from './transformer-xl/transformer-xl.ts';

const BENCHMARKS: readonly Benchmark[] = [
  engine,
  trainStep,
  finetune,
  soak,
  tokenizers,
  checkpoints,
  transformerXLEvaluation,
];

const [name, ...args] = process.argv.slice(2);
const benchmark = BENCHMARKS.find((candidate) => candidate.name === name);
if (benchmark === undefined) {
  const list = BENCHMARKS.map((one) => `  ${one.name.padEnd(14)}  ${one.summary}`).join('\n');
  if (name === undefined) console.log(`npm run bench -- NAME [options]\n${list}`);
  else {
    console.error(`benchmark: expected one of the names below, got ${name}. Run one of them.\n${list}`);
    process.exitCode = 1;
  }
} else {
  try {
    await benchmark.run(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
