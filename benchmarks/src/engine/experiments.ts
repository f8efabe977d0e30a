// What is measured against whom, and what it has to show.
import type { Program } from '../contestant.ts';
import type { Entrant } from '../interleave.ts';
import { nodeProgram, type PyTorch } from '../programs.ts';
import { OPTIMIZER, SIZES, type Size } from '../sizes.ts';
import type { BertSize } from './bert.ts';
import type { Claim } from './claims.ts';
import type { LSTMSize } from './projected-lstm.ts';

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
const TORCH = 'PyTorch';

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
  /** With tiny sizes: whether everything runs. */
  readonly short: boolean;
}

export function experiments({ torch, threads, short }: Setting): Experiment[] {
  const common = { optimizer: OPTIMIZER, threads, seed: 1 };
  const work = (label: string, name: string, backend = 'onnx'): Program =>
    nodeProgram(label, 'engine/worker.ts', name, backend);
  /** Ours and PyTorch's, asked for the same. */
  const pair = (
    name: string,
    [script, ...args]: readonly [string, ...string[]],
    size: object,
    turn: { warmUp: number; steps: number },
  ): Experiment['entrants'] => {
    const request = { ...common, size };
    const ours = { program: work(OURS, name), request, ...turn };
    if (torch === undefined) return [ours];
    return [ours, { program: torch.program(script, ...args), request, ...turn, peer: 'torch' }];
  };
  const ratio = (row: string, atLeast: number): Claim => ({
    row,
    kind: 'time',
    atLeast,
    ours: OURS,
    peer: TORCH,
  });

  const gpt2 = (name: 'S' | 'M' | 'tiny', claims: Claim[], turn: { warmUp: number; steps: number }) => {
    const size = sizeOf(name);
    return {
      name,
      summary: `a training step of GPT-2, ${describe(size)}`,
      claims,
      entrants: pair('train', ['torch_train_step.py'], size, turn),
    };
  };
  const share = (name: 'S' | 'M', turn: { warmUp: number; steps: number }): Experiment => {
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
    peer: TORCH,
  });
  const sizeOf = (name: 'S' | 'M' | 'tiny'): Size => SIZES[short ? 'tiny' : name];
  const forward = (batch: number, turn: { warmUp: number; steps: number }): Experiment => {
    const size = short ? { ...tinyBert, batch } : { ...bertBase, batch };
    return {
      name: `bert-base-${batch}`,
      summary: `BERT-base forward in float32, ${describe(size)}`,
      claims: [ratio(`BERT-base forward, batch ${batch}`, 2)],
      entrants: pair('bertForward', ['torch_bert.py', 'forward'], size, turn),
    };
  };

  const bert = short ? tinyBert : bertSmall;
  const lstm = short ? tinyLSTM : elmo;
  return [
    gpt2('S', [ratio('training step S', 2.2), memory('S')], { warmUp: 3, steps: 3 }),
    gpt2('M', [ratio('training step M', 2), memory('M')], { warmUp: 2, steps: 2 }),
    gpt2('tiny', [ratio('training step tiny', 1.3)], { warmUp: 10, steps: 30 }),
    share('S', { warmUp: 3, steps: 3 }),
    share('M', { warmUp: 2, steps: 2 }),
    {
      name: 'bert',
      summary: `a masked-LM training step of BERT, dropout ${bert.dropout}, ${describe(bert)}`,
      claims: [ratio(`BERT, 4 layers of 256, dropout .1`, 1.8)],
      entrants: pair('maskedLM', ['torch_bert.py', 'step'], bert, { warmUp: 3, steps: 3 }),
    },
    forward(1, { warmUp: 5, steps: 5 }),
    forward(8, { warmUp: 2, steps: 2 }),
    {
      name: 'lstm',
      summary: `a training step of an LSTM, ${lstm.layers} layers of ${lstm.cells} cells projected to ${lstm.projection}, T ${lstm.tokens}, batch ${lstm.batch}`,
      claims: [ratio('LSTM 2×512 projected', 1.3)],
      entrants: pair('projectedLSTM', ['torch_lstm.py'], lstm, { warmUp: 5, steps: 10 }),
    },
  ];
}

function describe({ layers, channels, heads, tokens, batch, vocabulary }: Size): string {
  return `${layers} layers, d ${channels}, ${heads} heads, T ${tokens}, batch ${batch}, V ${vocabulary}`;
}
