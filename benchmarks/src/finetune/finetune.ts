// Fine-tuning BERT, 4 layers of 256, on SST-2 beside PyTorch, from the same sentences in the same order:
//   npm run bench -- finetune [--rounds 5] [--data FOLDER] [--json]
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { processedBatches } from '@tenon/data';
import { textClassification } from '@tenon/trainers';
import type { Benchmark } from '../benchmark.ts';
import { publishedTokenizer, SST2_LABELS, sst2Sentences } from '../data-sets.ts';
import type { BertSize } from '../engine/bert.ts';
import { type Entrant, formatFacts, interleave, type Result, roundsOf } from '../interleave.ts';
import { formatMachine, machine } from '../machine.ts';
import { wholeOption } from '../options.ts';
import { findPyTorch, nodeProgram } from '../programs.ts';
import { writeResultFile } from '../result-file.ts';
import { OPTIMIZER } from '../sizes.ts';
import { median, ratioOf } from '../statistics.ts';
import { formatTable } from '../table.ts';
import { BATCH_SIZE, MAX_LENGTH } from './size.ts';
import type { FinetuneRequest } from './worker.ts';

/** Long enough for the lengths of most batches to have come. */
const TURNS = { warmUp: 24, steps: 12 };
const TARGET = 1.8;
const PIPELINE_SHARE = 0.05;

export const finetune: Benchmark = {
  name: 'finetune',
  summary: 'a Trainer that fine-tunes BERT on SST-2 beside PyTorch: ratio, and what the input costs',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '5' },
        data: { type: 'string', default: '../shared/data' },
        json: { type: 'boolean', default: false },
      },
    });
    const rounds = wholeOption('rounds', values.rounds);
    const data = resolve(values.data);
    const folder = await mkdtemp(join(tmpdir(), 'tenon-finetune-'));
    try {
      const results = await interleave(await entrants(data, join(folder, 'batches.json'), rounds), rounds);
      console.log(formatResults(results));
      if (values.json) await writeResultFile('finetune', { machine: machine(), rounds, results });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function entrants(data: string, file: string, rounds: number): Promise<Entrant[]> {
  const size: BertSize = {
    ...{ layers: 4, channels: 256, heads: 4, tokens: MAX_LENGTH, batch: BATCH_SIZE },
    vocabulary: (await publishedTokenizer(data, 'uncased')).vocabularySize,
    dropout: 0.1,
    predictions: 0,
  };
  const request: FinetuneRequest = { size, optimizer: { ...OPTIMIZER, learningRate: 5e-5 }, seed: 1, data };
  const ours = { program: nodeProgram('Tenon', 'finetune/worker.ts'), request, ...TURNS };
  const threads = availableParallelism();
  const torch = findPyTorch(threads);
  if (torch === undefined) {
    console.log('not measured: PyTorch, which no python3 on the path has (TENON_PYTHON=FILE names one)');
    return [ours];
  }
  for (const warning of torch.warnings) console.log(warning);
  await writeBatches(data, file, TURNS.warmUp + rounds * TURNS.steps);
  const peer = { ...request, threads, labels: SST2_LABELS.length, batches: file };
  return [
    ours,
    ...torch.programs('torch_bert.py', 'finetune').map((program) => ({ program, request: peer, ...TURNS })),
  ];
}

/** The batches that the Trainer makes, as lists for the peer, which fills them up to their longest row. */
async function writeBatches(data: string, file: string, count: number): Promise<void> {
  const [examples, tokenizer] = [
    await sst2Sentences(data, 'train'),
    await publishedTokenizer(data, 'uncased'),
  ];
  const task = textClassification({ tokenizer, labels: SST2_LABELS, maxLength: MAX_LENGTH });
  const source = processedBatches(
    examples,
    {
      features: (example) => task.features(example),
      length: (feature) => task.length(feature),
      collate: (features) => ({
        ids: features.map(({ inputIds }) => [...inputIds]),
        labels: features.map(({ label }) => Number(label)),
      }),
    },
    { batchSize: BATCH_SIZE, shuffle: true, seed: 1, epochs: 1 },
  );
  const batches: unknown[] = [];
  for (
    let batch = await source.next();
    batch !== undefined && batches.length < count;
    batch = await source.next()
  ) {
    batches.push(batch);
  }
  await writeFile(file, JSON.stringify(batches));
}

function formatResults(results: readonly Result[]): string {
  const [ours, ...peers] = results;
  const lines = [
    `fine-tuning BERT 4 x 256 on SST-2, batches of ${BATCH_SIZE}, dropout .1, AdamW: milliseconds a step from the sentences to the update`,
    formatMachine(machine()),
    ...results.map(
      ({ name, facts, check }) =>
        `${name}: ${formatFacts(facts)}; first loss and norm ${check.map((x) => x.toFixed(5)).join(', ')}`,
    ),
    formatTable([
      ['', 'ms a step', 'peak MB'],
      ...results.map((result) => [
        result.name,
        median(roundsOf(result)).toFixed(1),
        String(result.blocks.at(-1)!.peakMB),
      ]),
    ]),
  ];
  for (const peer of peers) {
    const ratio = ratioOf(roundsOf(ours!), roundsOf(peer));
    lines.push(
      `Tenon ÷ ${peer.name}: ${ratio.median.toFixed(2)} (${ratio.minimum.toFixed(2)} to ${ratio.maximum.toFixed(2)})${peer === peers[0] ? `, ${ratio.median >= TARGET ? 'pass' : 'SHORT'} of ${TARGET}` : ''}`,
    );
  }
  const share = Number(ours!.facts['pipelineMilliseconds']) / median(roundsOf(ours!, 'processor'));
  lines.push(
    `input: ${(100 * share).toFixed(1)} % of a step's processor time, ${share <= PIPELINE_SHARE ? 'pass' : 'SHORT'} (at most ${100 * PIPELINE_SHARE} %)`,
  );
  return lines.join('\n');
}
