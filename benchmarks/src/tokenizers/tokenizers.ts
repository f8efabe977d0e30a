// Tokenizers beside their peers, on text that none of them has seen:
//   npm run bench -- tokenizers [--rounds 10] [--megabytes 20] [--only ids,aligned,wordpiece,training,hard,load,size]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from '../benchmark.ts';
import { machine } from '../machine.ts';
import { choiceOption, wholeOption } from '../options.ts';
import { formatTable } from '../table.ts';
import {
  alignedContestants,
  type Contestant,
  GPT2_NAMES,
  gpt2Contestant,
  gpt2Files,
  wordPieceContestants,
} from './contestants.ts';
import { bundleKilobytes, bundleWorker, type JobResult, runJob } from './processes.ts';
import { measureSpeed } from './speed.ts';
import { corpus, documentsOf, pathological } from './texts.ts';

const SECTIONS = ['ids', 'aligned', 'wordpiece', 'training', 'hard', 'load', 'size'] as const;
/** Share of the text that a round of encoding takes. */
const ROUND_BYTES = 1e6;
const TRAINING_LIMIT = 120;
const HARD_LIMIT = 10;
const SIZE_LIMIT = 40;
/** What a page may ask for, the package as such first. */
const BUNDLES: readonly (readonly [what: string, module: string])[] = [
  ['@tenon/tokenizers, all of it', "export * from '@tenon/tokenizers';"],
  ['tokenizerFromJSON alone', "export { tokenizerFromJSON } from '@tenon/tokenizers';"],
  ['standardizeText alone', "export { standardizeText } from '@tenon/tokenizers';"],
  [
    'with all of @tenon/tokenizers/training',
    "export * from '@tenon/tokenizers'; export * from '@tenon/tokenizers/training';",
  ],
];

export const tokenizers: Benchmark = {
  name: 'tokenizers',
  summary:
    'encoding, training, hard inputs, loading and size beside tiktoken, gpt-tokenizer and Hugging Face',
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '10' },
        megabytes: { type: 'string', default: '20' },
        only: { type: 'string', default: SECTIONS.join() },
      },
    });
    const rounds = wholeOption('rounds', values.rounds);
    const bytes = wholeOption('megabytes', values.megabytes) * 1e6;
    const only = new Set(values.only.split(',').map((name) => choiceOption('only', name, SECTIONS)));
    const { text, sources } = corpus(bytes);
    const { cpu, cores, node } = machine();
    console.log(`${cpu}, ${cores} cores, Node ${node}`);
    console.log(`text: ${sources}; GPT-2’s vocabulary: ${gpt2Files().source}`);
    const slices = roundsOf(text, rounds + 1);
    if (only.has('ids')) {
      const targets = { tiktoken: 4, 'gpt-tokenizer': 8, tokenizers: 10 };
      await speed('GPT-2, ids of fresh text', GPT2_NAMES.map(gpt2Contestant), slices, targets);
    }
    if (only.has('aligned')) {
      await speed('GPT-2, ids, offsets and masks', alignedContestants(), slices, { tokenizers: 1 });
    }
    if (only.has('wordpiece')) {
      await speed('BERT uncased, ids', wordPieceContestants(), slices, { tokenizers: 10 });
    }
    if (only.has('size')) await size();
    if (only.has('training')) await withWorker('training/worker', (worker) => training(worker, text));
    await withWorker('worker', (worker) => {
      if (only.has('load')) load(worker, rounds);
      if (only.has('hard')) hard(worker);
    });
  },
};

async function withWorker(name: 'worker' | 'training/worker', use: (file: string) => void): Promise<void> {
  const file = await bundleWorker(name);
  try {
    use(file);
  } finally {
    rmSync(file);
  }
}

async function speed(
  title: string,
  contestants: readonly Contestant[],
  slices: readonly (readonly string[])[],
  targets: Readonly<Record<string, number>>,
): Promise<void> {
  if (contestants.length === 0) {
    console.log(
      `\n${title}: not measured, the vocabulary is not here (TENON_SHARED names the folder of shared data)`,
    );
    return;
  }
  const results = await measureSpeed(contestants, slices);
  const rows = results.map(({ name, megabytes, ratio, ids }, i) => {
    const target = targets[name];
    const times =
      i === 0 ? '' : `${ratio.median.toFixed(1)}× (${ratio.minimum.toFixed(1)}–${ratio.maximum.toFixed(1)})`;
    const verdict = target === undefined ? '' : `≥ ${target}×: ${ratio.median >= target ? 'pass' : 'short'}`;
    const sameIds = ids === results[0]!.ids ? '' : `${ids} ids, not ${results[0]!.ids}`;
    return [name, megabytes.toFixed(1), times, verdict, sameIds];
  });
  console.log(`\n${title}\n${formatTable([['', 'MB/s', 'Tenon is', 'target', ''], ...rows])}`);
}

async function size(): Promise<void> {
  const sizes = await Promise.all(BUNDLES.map(([, module]) => bundleKilobytes(module)));
  const rows = sizes.map(({ minified, gzip, brotli }, i) => [
    BUNDLES[i]![0],
    ...[minified, gzip, brotli].map((kilobytes) => kilobytes.toFixed(1)),
  ]);
  console.log(
    `\nsize in a page, kB\n${formatTable([['', 'minified', 'gzip', 'brotli'], ...rows])}\n` +
      `@tenon/tokenizers with gzip ≤ ${SIZE_LIMIT} kB: ${sizes[0]!.gzip <= SIZE_LIMIT ? 'pass' : 'short'}`,
  );
}

function load(worker: string, rounds: number): void {
  const times = Array.from(
    { length: rounds },
    () => runJob(worker, ['load'], HARD_LIMIT)?.milliseconds ?? Number.POSITIVE_INFINITY,
  );
  const middle = times.sort((a, b) => a - b)[times.length >> 1]!;
  console.log(
    `\nloading GPT-2’s files and the first encoding: ${middle.toFixed(0)} ms (${times[0]!.toFixed(0)} at best); ` +
      `≤ 100 ms: ${middle <= 100 ? 'pass' : 'short'}`,
  );
}

function training(worker: string, text: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bench-'));
  try {
    const file = join(folder, 'corpus.txt');
    writeFileSync(file, text);
    const run = (...args: string[]) => runJob(worker, args, TRAINING_LIMIT);
    const runRust = () => run('train-tokenizers', file, join(folder, 'saved.json'));
    const first = runRust();
    const runOurs = () => first?.merges && run('train-tenon', file, String(first.merges.length));
    // By turns, since a machine that does other things too is not always equally fast.
    const ours = ofBoth(runOurs(), runOurs());
    const rust = ofBoth(first, runRust());
    if (rust === undefined || ours === undefined) {
      console.log(`\ntraining: not measured, a trainer took longer than ${TRAINING_LIMIT} s`);
      return;
    }
    const same = ours.merges!.findIndex((merge, i) => merge !== rust.merges![i]);
    const times = rust.milliseconds / ours.milliseconds;
    const memory = rust.peakMB / ours.peakMB;
    console.log(
      `\ntraining byte-level BPE on ${(Buffer.byteLength(text) / 1e6).toFixed(1)} MB, ${rust.merges!.length} merges ` +
        `(the binding’s file mode takes no other size), ${same < 0 ? 'all the same' : `different from ${same} on`}; the best time and the highest peak of two runs\n` +
        formatTable([
          ['', 's', 'peak MB'],
          ['Tenon', (ours.milliseconds / 1000).toFixed(1), String(ours.peakMB)],
          ['tokenizers', (rust.milliseconds / 1000).toFixed(1), String(rust.peakMB)],
        ]) +
        `\n${times.toFixed(1)} times as fast, ≥ 3×: ${times >= 3 ? 'pass' : 'short'}; ` +
        `1/${memory.toFixed(1)} of the memory, ≤ 1/5: ${memory >= 5 ? 'pass' : 'short'}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The shorter time and the higher peak of two runs of the same job. */
function ofBoth(a: JobResult | undefined, b: JobResult | undefined): JobResult | undefined {
  if (a === undefined || b === undefined) return undefined;
  const milliseconds = Math.min(a.milliseconds, b.milliseconds);
  return { ...a, milliseconds, peakMB: Math.max(a.peakMB, b.peakMB) };
}

function hard(worker: string): void {
  const rows = Object.keys(pathological()).map((input) => {
    const times = GPT2_NAMES.map((name, index) => hardTime(worker, name, input, index > 0));
    const [ours, rust] = [times[0]!, times[GPT2_NAMES.indexOf('tokenizers')]!].map(
      ({ milliseconds }) => milliseconds,
    );
    return [input, ...times.map(({ shown }) => shown), ours! <= 3 * rust! ? 'pass' : 'short'];
  });
  console.log(
    `\nhard inputs, the best of two to five; whoever takes longer than ${HARD_LIMIT} s is stopped; target: ≤ 3 × tokenizers\n` +
      formatTable([['', ...GPT2_NAMES, 'target'], ...rows]),
  );
}

/** @param mayFail of a peer, that it cannot do it is a result */
function hardTime(
  worker: string,
  name: string,
  input: string,
  mayFail: boolean,
): { milliseconds: number; shown: string } {
  try {
    const milliseconds = runJob(worker, ['pathological', name, input], HARD_LIMIT)?.milliseconds;
    if (milliseconds !== undefined) return { milliseconds, shown: `${milliseconds.toFixed(1)} ms` };
    return { milliseconds: Number.POSITIVE_INFINITY, shown: `> ${HARD_LIMIT} s` };
  } catch (error) {
    if (!mayFail) throw error;
    return { milliseconds: Number.POSITIVE_INFINITY, shown: 'fails' };
  }
}

function roundsOf(text: string, rounds: number): string[][] {
  const documents = documentsOf(text);
  const slices: string[][] = [];
  let at = 0;
  for (let round = 0; round < rounds; round++) {
    const slice: string[] = [];
    for (let bytes = 0; bytes < ROUND_BYTES && at < documents.length; at++) {
      slice.push(documents[at]!);
      bytes += Buffer.byteLength(documents[at]!);
    }
    slices.push(slice);
  }
  return slices;
}
