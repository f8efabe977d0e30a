// The weights of ELMo under the names and in the layouts of its two programs: bilm (TensorFlow) and AllenNLP (PyTorch).
// W width of filters, D character embedding, F filters, C channels, I input, P projection, H cells of an LSTM.

import type { StateDict, StoredTensor } from '@tenon/core';

/** What of a configuration decides about names and layouts. */
export interface WeightSizes {
  readonly filters: readonly unknown[];
  readonly highways: number;
  readonly layers: number;
  readonly projectionSize: number;
}

/** Tensors that lie in bilm's file as `theirs` and here as `ours`. */
interface Piece {
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  /** How many axes each of theirs has. */
  readonly rank: number;
  toOurs(...theirs: StoredTensor[]): StoredTensor[];
  toTheirs(...ours: StoredTensor[]): StoredTensor[];
}

/** The backbone's weights as bilm's HDF5 file has them, for `writeHDF5` of `@tenon/checkpoints/bilm`. */
export function bilmWeights(weights: StateDict, config: WeightSizes): StateDict {
  const left: StateDict = new Map(weights);
  const found: StateDict = new Map();
  for (const { ours, theirs, toTheirs } of pieces(config)) move(left, ours, found, theirs, toTheirs);
  return new Map([...found, ...left]);
}

/** Weights under the names of bilm or of AllenNLP as ours. What is neither, or in another form, keeps its name. */
export function toOurs(weights: StateDict, config: WeightSizes): StateDict {
  // Names have slashes in HDF5; copies of such files in other formats have dots.
  const left: StateDict = new Map([...weights].map(([name, stored]) => [name.replaceAll('.', '/'), stored]));
  const found: StateDict = new Map();
  for (const { ours, theirs, rank, toOurs } of pieces(config)) {
    const shapes = theirs.map((name) => left.get(name)?.shape ?? []);
    const fits = shapes.every((shape) => shape.length === rank && shape.join() === shapes[0]!.join());
    if (fits) move(left, theirs, found, ours, toOurs);
  }
  for (const [name, stored] of weights) if (left.has(name.replaceAll('.', '/'))) found.set(name, stored);
  return renamed(found, ALLENNLP_TO_OURS);
}

/** The backbone's weights under AllenNLP's names: what its `_ElmoBiLm` loads. */
export function toAllenNLP(weights: StateDict): StateDict {
  return renamed(weights, OURS_TO_ALLENNLP);
}

/** Takes tensors out of one dict and puts what becomes of them into another, where all are there. */
function move(
  from: StateDict,
  names: readonly string[],
  to: StateDict,
  newNames: readonly string[],
  change: (...stored: StoredTensor[]) => StoredTensor[],
): void {
  if (!names.every((name) => from.has(name))) return;
  const changed = change(...names.map((name) => from.get(name)!));
  for (const name of names) from.delete(name);
  for (const [i, name] of newNames.entries()) to.set(name, changed[i]!);
}

function pieces({ filters, highways, layers, projectionSize }: WeightSizes): Piece[] {
  const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  const cnn = 'token_embedder.cnn';
  return [
    {
      theirs: ['char_embed'],
      ours: [`${cnn}.embedding.weight`],
      rank: 2,
      toOurs: (table) => [withPaddingRow(table)],
      toTheirs: (table) => [withoutPaddingRow(table)],
    },
    ...indices(filters.length).flatMap((i): Piece[] => [
      {
        theirs: [`CNN/W_cnn_${i}`],
        ours: [`${cnn}.convolutions.${i}.weight`],
        rank: 4,
        toOurs: (weight) => [fromConv2d(weight)],
        toTheirs: (weight) => [toConv2d(weight)],
      },
      same(`CNN/b_cnn_${i}`, `${cnn}.convolutions.${i}.bias`),
    ]),
    ...indices(highways).flatMap((i) => highwayPieces(`CNN_high_${i}`, `token_embedder.highways.${i}`)),
    matrix('CNN_proj/W_proj', 'token_embedder.projection.weight'),
    same('CNN_proj/b_proj', 'token_embedder.projection.bias'),
    ...(['forward', 'backward'] as const).flatMap((direction, d) =>
      indices(layers).flatMap((i) =>
        lstmPieces(
          `RNN_${d}/RNN/MultiRNNCell/Cell${i}/LSTMCell`,
          `lstm.${direction}_layers.${i}`,
          projectionSize,
        ),
      ),
    ),
  ];
}

const same = (theirs: string, ours: string): Piece => {
  const asItIs = (stored: StoredTensor): StoredTensor[] => [stored];
  return { theirs: [theirs], ours: [ours], rank: 1, toOurs: asItIs, toTheirs: asItIs };
};

const matrix = (theirs: string, ours: string): Piece => {
  const turn = (stored: StoredTensor): StoredTensor[] => [turned(stored, (value) => value)];
  return { theirs: [theirs], ours: [ours], rank: 2, toOurs: turn, toTheirs: turn };
};

/** bilm's gate opens for the transformation, ours and AllenNLP's for the input: one is the other's negative. */
function highwayPieces(theirs: string, ours: string): Piece[] {
  return [
    {
      theirs: [`${theirs}/W_transform`, `${theirs}/W_carry`],
      ours: [`${ours}.weight`],
      rank: 2,
      toOurs: (transform, carry) => [
        joined(
          turned(transform!, (value) => value),
          turned(carry!, (value) => -value),
        ),
      ],
      toTheirs: (weight) => [
        turned(half(weight!, 0), (value) => value),
        turned(half(weight!, 1), (value) => -value),
      ],
    },
    {
      theirs: [`${theirs}/b_transform`, `${theirs}/b_carry`],
      ours: [`${ours}.bias`],
      rank: 1,
      toOurs: (transform, carry) => [
        joined(
          transform!,
          changed(carry!, (value) => -value),
        ),
      ],
      toTheirs: (bias) => [half(bias!, 0), changed(half(bias!, 1), (value) => -value)],
    },
  ];
}

/** Gates are i, j (ours g), f, o in TensorFlow; 1 is added to the bias of f when it runs. */
function lstmPieces(theirs: string, ours: string, P: number): Piece[] {
  const forgetBias = (stored: StoredTensor, change: number): StoredTensor =>
    derived(stored.shape, (target) => {
      const cells = target.length / 4;
      const source = stored.read();
      for (let row = 0; row < target.length; row++) target[row] = source[otherGate(row, cells)]!;
      // Ours has f second, theirs third.
      const at = change > 0 ? cells : 2 * cells;
      for (let row = at; row < at + cells; row++) target[row]! += change;
    });
  return [
    {
      theirs: [`${theirs}/W_0`],
      ours: [`${ours}.input_linearity.weight`, `${ours}.state_linearity.weight`],
      rank: 2,
      toOurs: (weight) => {
        const inputs = Math.max(0, weight!.shape[0]! - P);
        return [gateRows(weight!, 0, inputs), gateRows(weight!, inputs, weight!.shape[0]! - inputs)];
      },
      toTheirs: (input, state) => [gateColumns(input!, state!)],
    },
    {
      theirs: [`${theirs}/B`],
      ours: [`${ours}.state_linearity.bias`],
      rank: 1,
      toOurs: (bias) => [forgetBias(bias!, 1)],
      toTheirs: (bias) => [forgetBias(bias!, -1)],
    },
    matrix(`${theirs}/W_P_0`, `${ours}.state_projection.weight`),
  ];
}

/** The row of a gate's cell where the other program has it: the second and the third of four change places. */
function otherGate(row: number, cells: number): number {
  if (row < cells || row >= 3 * cells) return row;
  return row < 2 * cells ? row + cells : row - cells;
}

/** Rows `start` to `start + count` of [I + P, 4H] as [4H, count], gates in our order. */
function gateRows(weight: StoredTensor, start: number, count: number): StoredTensor {
  const gates = weight.shape[1]!;
  return derived([gates, count], (target) => {
    const source = weight.read();
    for (let row = 0; row < gates; row++) {
      const column = otherGate(row, gates / 4);
      for (let i = 0; i < count; i++) target[row * count + i] = source[(start + i) * gates + column]!;
    }
  });
}

/** [4H, I] and [4H, P] as [I + P, 4H], gates in their order. */
function gateColumns(input: StoredTensor, state: StoredTensor): StoredTensor {
  const [gates, inputs] = input.shape as [number, number];
  return derived([inputs + state.shape[1]!, gates], (target) => {
    let start = 0;
    for (const part of [input, state]) {
      const source = part.read();
      const count = part.shape[1]!;
      for (let i = 0; i < count; i++) {
        for (let column = 0; column < gates; column++) {
          target[(start + i) * gates + column] = source[otherGate(column, gates / 4) * count + i]!;
        }
      }
      start += count;
    }
  });
}

/** bilm's file has no row for padding, whose id is 0 and whose vector is 0. */
function withPaddingRow(table: StoredTensor): StoredTensor {
  const [rows, columns] = table.shape as [number, number];
  return derived([rows + 1, columns], (target) => target.set(table.read(), columns));
}

function withoutPaddingRow(table: StoredTensor): StoredTensor {
  const [rows, columns] = table.shape as [number, number];
  return derived([rows - 1, columns], (target) => target.set(table.read().subarray(columns)));
}

/** [1, W, D, F] to [F, D, W]. */
function fromConv2d(weight: StoredTensor): StoredTensor {
  const [, W, D, F] = weight.shape as [number, number, number, number];
  return derived([F, D, W], (target) => {
    const source = weight.read();
    for (let i = 0; i < target.length; i++) {
      target[i] = source[((i % W) * D + (Math.floor(i / W) % D)) * F + Math.floor(i / (W * D))]!;
    }
  });
}

/** The way back. */
function toConv2d(weight: StoredTensor): StoredTensor {
  const [F, D, W] = weight.shape as [number, number, number];
  return derived([1, W, D, F], (target) => {
    const source = weight.read();
    for (let i = 0; i < target.length; i++) {
      target[i] = source[((i % F) * D + (Math.floor(i / F) % D)) * W + Math.floor(i / (F * D))]!;
    }
  });
}

/** A matrix with rows and columns exchanged, its values changed on the way. */
function turned(matrix: StoredTensor, change: (value: number) => number): StoredTensor {
  const [rows, columns] = matrix.shape as [number, number];
  return derived([columns, rows], (target) => {
    const source = matrix.read();
    for (let i = 0; i < target.length; i++) {
      target[i] = change(source[(i % rows) * columns + Math.floor(i / rows)]!);
    }
  });
}

const changed = (stored: StoredTensor, change: (value: number) => number): StoredTensor =>
  derived(stored.shape, (target) => target.set(stored.read().map(change)));

/** Two tensors of one shape, one after the other along the first axis. */
function joined(first: StoredTensor, second: StoredTensor): StoredTensor {
  const [rows, ...rest] = first.shape as [number, ...number[]];
  return derived([2 * rows, ...rest], (target) => {
    target.set(first.read());
    target.set(second.read(), target.length / 2);
  });
}

/** The first or the second half along the first axis. */
function half(stored: StoredTensor, which: 0 | 1): StoredTensor {
  const [rows, ...rest] = stored.shape as [number, ...number[]];
  return derived([rows / 2, ...rest], (target) =>
    target.set(stored.read().subarray(which * target.length, (which + 1) * target.length)),
  );
}

/** A tensor of float32 that is worked out when it is read. */
function derived(shape: readonly number[], fill: (target: Float32Array) => void): StoredTensor {
  return {
    dtype: 'float32',
    shape,
    read() {
      const target = new Float32Array(shape.reduce((size, dimension) => size * dimension, 1));
      fill(target);
      return target;
    },
  };
}

type Rename = readonly [from: string, to: string];

/** Ours and AllenNLP's differ in their names alone. */
const OURS_TO_ALLENNLP: readonly Rename[] = [
  ['token_embedder.cnn.embedding.weight', '_token_embedder._char_embedding_weights'],
  ['token_embedder.cnn.convolutions.#', '_token_embedder.char_conv_#'],
  ['token_embedder.highways.#', '_token_embedder._highways._layers.#'],
  ['token_embedder.projection', '_token_embedder._projection'],
  ['lstm.forward_layers.#', '_elmo_lstm.forward_layer_#'],
  ['lstm.backward_layers.#', '_elmo_lstm.backward_layer_#'],
];
const ALLENNLP_TO_OURS: readonly Rename[] = OURS_TO_ALLENNLP.map(([ours, theirs]) => [theirs, ours]);

/** Renames what begins with a pattern, in which # stands for a number. */
function renamed(weights: StateDict, renames: readonly Rename[]): StateDict {
  const patterns = renames.map(([from, to]): [RegExp, string] => {
    const source = from.replaceAll('.', '\\.').replace('#', '(\\d+)');
    return [new RegExp(`^${source}(?=\\.|$)`), to.replace('#', '$1')];
  });
  const rename = (name: string): string => {
    const rule = patterns.find(([pattern]) => pattern.test(name));
    return rule ? name.replace(...rule) : name;
  };
  return new Map([...weights].map(([name, stored]) => [rename(name), stored]));
}
