// Evaluation token by token of Transformer-XL beside a vanilla model that slides its window by one (the paper's Table 9):
//   npm run bench -- transformer-xl [--length 200 --length 800] [--size base|tiny] [--rounds 3] [--loaded] [--json]
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { TransformerXLConfig } from '@tenon/models';
import { transformerXLEnwik8 } from '@tenon/models';
import type { Benchmark } from '../benchmark.ts';
import { interleave, type Timing } from '../interleave.ts';
import { machine } from '../machine.ts';
import { choiceOption, wholeOption } from '../options.ts';
import { nodeProgram } from '../programs.ts';
import { writeResultFile } from '../result-file.ts';
import { formatResults, type LengthResult } from './results.ts';
import type { EvaluationRequest } from './worker.ts';

/** 12 layers as on enwik8, and what a test has time for. Nothing is dropped in evaluation. */
const SIZES = {
  base: transformerXLEnwik8,
  tiny: {
    ...transformerXLEnwik8,
    hiddenSize: 32,
    embeddingSize: 32,
    layers: 2,
    heads: 2,
    headSize: 16,
    feedForwardSize: 64,
  },
} as const satisfies Record<string, TransformerXLConfig>;

/** Two segments fill the memory; the windows are all the same. */
const WARM_UP = 2;

export const transformerXLEvaluation: Benchmark = {
  name: 'transformer-xl',
  summary: 'evaluation with a memory beside a window that slides by one: time a token, ratios',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        length: { type: 'string', multiple: true, default: ['200', '800', '1800'] },
        size: { type: 'string', default: 'base' },
        rounds: { type: 'string', default: '3' },
        loaded: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const size = choiceOption('size', values.size, Object.keys(SIZES) as (keyof typeof SIZES)[]);
    const rounds = wholeOption('rounds', values.rounds);
    const timing: Timing = values.loaded ? 'processor' : 'clock';
    const threads = values.loaded ? 1 : availableParallelism();

    const results: LengthResult[] = [];
    for (const text of values.length) {
      const length = wholeOption('length', text);
      const entrant = (name: string, kind: EvaluationRequest['kind']) => ({
        program: nodeProgram(name, 'transformer-xl/worker.ts'),
        request: { kind, config: SIZES[size], length, threads } satisfies EvaluationRequest,
        warmUp: WARM_UP,
        steps: 1,
      });
      const [memory, window] = await interleave(
        [entrant('Transformer-XL', 'memory'), entrant('vanilla', 'window')],
        rounds,
      );
      results.push({ length, memory: memory!, window: window! });
    }
    const report = { size, config: SIZES[size], rounds, timing, threads, machine: machine(), results };
    console.log(formatResults(report));
    if (values.json) await writeResultFile(`transformer-xl-${size}`, report);
  },
};
