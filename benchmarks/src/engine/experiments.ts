// What is measured against whom, and what it has to show.
import { join } from 'node:path';
import type { Program } from '../contestant.ts';
import type { Entrant } from '../interleave.ts';
import { nodeProgram, PYTORCH, PYTORCH_ASLEEP, type PyTorch } from '../programs.ts';
import { OPTIMIZER, SIZES, type Size } from '../sizes.ts';
import type { BertSize } from './bert.ts';
import type { Claim } from './claims.ts';
import type { LSTMSize } from './projected-lstm.ts';
import type { FitSize } from './tfjs-layers-models.ts';

/** Who may be missing or left out. */
export type PeerName = 'torch' | 'wasm' | 'cpu';

export interface Experiment {
  /** As in `--only NAME`. */
  readonly name: string;
  /** What is computed, for the head of its table. */
  readonly summary: string;
  readonly claims: readonly Claim[];
  /** Ours first. */
  readonly entrants: readonly (Entrant & { readonly peer?: PeerName })[];
}

const OURS = 'Tenon, onnx';
/** With one line more in the user's program. */
const OURS_COMPILED = 'Tenon, onnx, compileFit';
const ORT = 'ONNX Runtime alone';

type Turn = Pick<Entrant, 'warmUp' | 'steps'>;
const ONCE: Turn = { warmUp: 1, steps: 1 };
const THRICE: Turn = { warmUp: 1, steps: 3 };

const bertSmall: BertSize = {
  layers: 4,
  channels: 256,
  heads: 4,
  tokens: 128,
  batch: 32,
  vocabulary: 8192,
  dropout: 0.1,
  predictions: 20,
};
const bertBase: BertSize = {
  layers: 12,
  channels: 768,
  heads: 12,
  tokens: 128,
  batch: 1,
  vocabulary: 30_522,
  dropout: 0,
  predictions: 0,
};
const elmo: LSTMSize = { layers: 2, cells: 512, projection: 128, tokens: 20, batch: 32 };

/** Sizes at which everything runs in moments and no figure means anything. */
const tinyBert = { ...bertSmall, layers: 1, channels: 32, tokens: 16, batch: 2, vocabulary: 64 };
const tinyLSTM: LSTMSize = { layers: 1, cells: 8, projection: 4, tokens: 3, batch: 2 };

export interface Setting {
  /** Absent where there is none. */
  readonly torch: PyTorch | undefined;
  readonly threads: number;
  /** Where to put a file that one contestant hands to another. */
  readonly folder: string;
  /** With tiny sizes: whether everything runs. */
  readonly short: boolean;
}

export function experiments({ torch, threads, folder, short }: Setting): Experiment[] {
  const common = { optimizer: OPTIMIZER, threads, seed: 1 };
  const work = (label: string, name: string, backend = 'onnx'): Program =>
    nodeProgram(label, 'engine/worker.ts', name, backend);
  /** Ours and PyTorch's, asked for the same. */
  const pair = (
    name: string,
    [script, ...args]: readonly [string, ...string[]],
    size: object,
    turn: Turn,
    more: object = {},
  ): Experiment['entrants'] => {
    const request = { ...common, size, ...more };
    const ours = { program: work(OURS, name), request, ...turn };
    const peers = torch?.programs(script, ...args) ?? [];
    return [ours, ...peers.map((program) => ({ program, request, ...turn, peer: 'torch' as const }))];
  };
  const ratio = (row: string, atLeast: number): Claim => ({
    row,
    kind: 'time',
    atLeast,
    ours: OURS,
    peer: PYTORCH,
  });
  /** Against PyTorch as it is, with a target, and as it can be made, to be known. */
  const torchRatios = (row: string, atLeast: number): Claim[] => [
    ratio(row, atLeast),
    { ...ratio(row, 0), peer: PYTORCH_ASLEEP },
  ];

  const gpt2 = (name: 'S' | 'M' | 'tiny', claims: Claim[], turn: Turn) => {
    const size = sizeOf(name);
    return {
      name,
      summary: `a training step of GPT-2, ${describe(size)}`,
      claims,
      entrants: pair('train', ['torch_train_step.py'], size, turn, { replayed: name === 'tiny' }),
    };
  };
  const share = (name: 'S' | 'M', turn: Turn): Experiment => {
    const size = sizeOf(name);
    const request = { ...common, size };
    return {
      name: `share-${name}`,
      summary: `forward and backward of GPT-2 beside its matrix products alone, ${describe(size)}`,
      claims: [
        {
          row: `forward + backward, share of the products' rate, ${name}`,
          kind: 'share',
          atLeast: 0.7,
          ours: 'forward + backward',
          peer: 'its matrix products',
        },
      ],
      entrants: [
        { program: work('forward + backward', 'gradients'), request, ...turn },
        { program: work('its matrix products', 'products'), request, ...turn },
      ],
    };
  };
  const memory = (name: string): Claim => ({
    row: `peak resident memory, ${name}`,
    kind: 'memory',
    atMost: 1,
    ours: OURS,
    peer: PYTORCH,
  });
  const sizeOf = (name: 'S' | 'M' | 'tiny'): Size => SIZES[short ? 'tiny' : name];
  const forward = (batch: number, turn: Turn): Experiment => {
    const size = { ...(short ? tinyBert : bertBase), batch };
    const file = join(folder, `bert-${batch}.onnx`);
    const row = `BERT-base forward, batch ${batch}`;
    const plain = nodeProgram(ORT, 'engine/onnxruntime-worker.ts', file);
    return {
      name: `bert-base-${batch}`,
      summary: `BERT-base forward in float32, ${describe(size)}`,
      // Equal work differs by some hundredths from run to run.
      claims: [...torchRatios(row, 2), { ...ratio(row, 0.97), peer: ORT }],
      entrants: [
        ...pair('bertForward', ['torch_bert.py', 'forward'], size, turn, { exportTo: file }),
        { program: plain, request: { ...common, size }, ...turn },
      ],
    };
  };
  /** User code of tfjs-layers on our backend and on others. */
  const userCode = (
    name: string,
    { code, size, summary }: { code: string; size: FitSize; summary: string },
    peers: readonly (readonly [backend: 'wasm' | 'cpu', atLeast: number, turn: Turn])[],
  ): Experiment => {
    const request = { ...common, size };
    const compiles = code.startsWith('fit');
    const claims = (ours: string, row: string): Claim[] =>
      peers.map(([backend, atLeast]) => ({ ...ratio(row, atLeast), ours, peer: `tfjs, ${backend}` }));
    // A fit has thousands of batches: the few dozen in which the engine of JavaScript still compiles are not its speed.
    const turn: Turn = short ? ONCE : { warmUp: 15, steps: 5 };
    return {
      name,
      summary,
      claims: [
        ...claims(OURS, `tfjs-layers: ${summary}`),
        ...(compiles ? claims(OURS_COMPILED, `tfjs-layers: ${summary}, compileFit`) : []),
      ],
      entrants: [
        { program: work(OURS, code), request, ...turn },
        ...(compiles
          ? [{ program: work(OURS_COMPILED, code), request: { ...request, compiled: true }, ...turn }]
          : []),
        ...peers.map(([backend, , turn]) => ({
          program: work(`tfjs, ${backend}`, code, backend),
          request,
          ...turn,
          peer: backend,
        })),
      ],
    };
  };

  const bert = short ? tinyBert : bertSmall;
  const lstm = short ? tinyLSTM : elmo;
  const digits = { examples: short ? 2 : 32, batchSize: 32 };
  const sequences = { examples: short ? 2 : 64, batchSize: 32 };
  return [
    gpt2('S', [...torchRatios('training step S', 2.2), memory('S')], { warmUp: 3, steps: 3 }),
    gpt2('M', [...torchRatios('training step M', 2), memory('M')], { warmUp: 2, steps: 2 }),
    gpt2('tiny', torchRatios('training step tiny, replayed', 1.3), { warmUp: 10, steps: 30 }),
    share('S', { warmUp: 3, steps: 3 }),
    share('M', { warmUp: 2, steps: 2 }),
    {
      name: 'bert',
      summary: `a masked-LM training step of BERT, dropout ${bert.dropout}, ${describe(bert)}`,
      claims: torchRatios('BERT, 4 layers of 256, dropout .1', 1.8),
      entrants: pair('maskedLM', ['torch_bert.py', 'step'], bert, { warmUp: 3, steps: 3 }),
    },
    forward(1, { warmUp: 5, steps: 5 }),
    forward(8, { warmUp: 2, steps: 2 }),
    {
      name: 'lstm',
      summary: `a training step of an LSTM, ${lstm.layers} layers of ${lstm.cells} cells projected to ${lstm.projection}, T ${lstm.tokens}, batch ${lstm.batch}`,
      claims: torchRatios('LSTM 2×512 projected', 1.3),
      entrants: pair('projectedLSTM', ['torch_lstm.py'], lstm, { warmUp: 5, steps: 10 }),
    },
    userCode(
      'layers-cnn',
      { code: 'fitConvolutional', size: digits, summary: `fit of a CNN, ${digits.examples} images` },
      [['cpu', 50, ONCE]],
    ),
    userCode(
      'layers-cnn-predict',
      // wasm has no kernel for the gradient of a convolution's filter, so it cannot fit one, and the target, which is
      // about `fit`, has nothing to be measured against: this is to be known.
      { code: 'predictConvolutional', size: digits, summary: `predict of a CNN, ${digits.examples} images` },
      [['wasm', 0, THRICE]],
    ),
    userCode(
      'layers-lstm',
      { code: 'fitRecurrent', size: sequences, summary: `fit of an LSTM, ${sequences.examples} sequences` },
      [
        ['wasm', 5, THRICE],
        ['cpu', 50, ONCE],
      ],
    ),
  ];
}

function describe({ layers, channels, heads, tokens, batch, vocabulary }: Size): string {
  return `${layers} layers, d ${channels}, ${heads} heads, T ${tokens}, batch ${batch}, V ${vocabulary}`;
}
