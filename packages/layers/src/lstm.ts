// T time, B batch, I input, H cells, P output: the projection's size, H without one.

import {
  assertShape,
  assertWhole,
  dropoutMask,
  type Initializer,
  Module,
  type RandomStream,
  TenonError,
  uniform,
  xavierUniform,
} from '@tenon/core';
import {
  add,
  cast,
  clipByValue,
  expandDims,
  matMul,
  mul,
  type Rank,
  reshape,
  sigmoid,
  split,
  stack,
  sub,
  type Tensor2D,
  type Tensor3D,
  tanh,
  unstack,
} from '@tensorflow/tfjs-core';
import { type DropoutOptions, needRandom } from './dropout.ts';
import { Linear } from './linear.ts';

export interface LSTMOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** Size that the cells' output is projected to. @default none: the cells' output as it is */
  readonly projectionSize?: number;
  /** Cells are kept within ± this. @default no limit */
  readonly cellClip?: number;
  /** What comes out of the projection is kept within ± this. @default no limit */
  readonly projectionClip?: number;
  /** Dropout of the outputs, with one mask for all steps (Gal and Ghahramani 2016). @default 0 */
  readonly recurrentDropout?: number;
  /** First weights to the gates. @default uniform(√(6 / (I + P + 4H))), as TensorFlow's LSTMCell */
  readonly weight?: Initializer;
  /** First bias of the forget gates; the others start at 0. @default 1 (Jozefowicz et al. 2015) */
  readonly forgetBias?: number;
}

/** Where an LSTM stands. */
export interface LSTMCarry {
  /** [B, P] */
  readonly output: Tensor2D;
  /** [B, H] */
  readonly cells: Tensor2D;
}

export interface LSTMForwardOptions extends DropoutOptions {
  /** From the last step to the first. @default false */
  readonly backward?: boolean;
  /** int32 [T, B], 1 = token, 0 = padding: it gives 0 and changes nothing. @default all are tokens */
  readonly mask?: Tensor2D;
  /** Where it begins. @default zeros */
  readonly initial?: LSTMCarry;
}

export interface LSTMOutput {
  /** [T, B, P], in the order of the input in either direction. */
  readonly outputs: Tensor3D;
  /** After the last step that it took. */
  readonly final: LSTMCarry;
}

/**
 * A long short-term memory in one direction (Hochreiter and Schmidhuber 1997), its output projected to a smaller
 * size where asked for (Sak et al. 2014). Gates lie in the order input, forget, cell, output.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { ones } from '@tensorflow/tfjs-core';
 * import { RandomStream } from '@tenon/core';
 * import { LSTM } from '@tenon/layers';
 *
 * using lstm = new LSTM(3, 8, { projectionSize: 4, random: new RandomStream(0) });
 * const { outputs, final } = lstm.forward(ones([5, 2, 3])); // 5 steps of 2 sequences
 * console.log(outputs.shape, final.cells.shape); // [ 5, 2, 4 ] [ 2, 8 ]
 * ```
 */
export class LSTM extends Module {
  /** [4H, I] */
  readonly input_linearity: Linear;
  /** [4H, P], and the gates' bias. */
  readonly state_linearity: Linear;
  /** [P, H] */
  readonly state_projection?: Linear;
  readonly inputSize: number;
  readonly cellSize: number;
  readonly outputSize: number;
  readonly #options: LSTMOptions;

  constructor(inputSize: number, cellSize: number, options: LSTMOptions) {
    super();
    const { random, projectionSize, forgetBias = 1 } = options;
    assertWhole('LSTM input size', inputSize);
    assertWhole('LSTM cell size', cellSize);
    assertClip('LSTM cellClip', options.cellClip);
    assertClip('LSTM projectionClip', options.projectionClip);
    const outputSize = projectionSize ?? cellSize;
    const fan = inputSize + outputSize + 4 * cellSize;
    const weight = options.weight ?? uniform(Math.sqrt(6 / fan));
    const bias: Initializer = () => new Float32Array(4 * cellSize).fill(forgetBias, cellSize, 2 * cellSize);
    this.input_linearity = new Linear(inputSize, 4 * cellSize, { random, weight, bias: false });
    this.state_linearity = new Linear(outputSize, 4 * cellSize, { random, weight, bias });
    if (projectionSize !== undefined) {
      this.state_projection = new Linear(cellSize, projectionSize, {
        random,
        weight: xavierUniform,
        bias: false,
      });
    }
    this.inputSize = inputSize;
    this.cellSize = cellSize;
    this.outputSize = outputSize;
    this.#options = options;
  }

  /** x [T, B, I]: time first, as PyTorch's LSTM takes it. @throws {TenonError} about shapes. */
  forward(x: Tensor3D, options: LSTMForwardOptions = {}): LSTMOutput {
    assertShape('LSTM input', x.shape, ['T', 'B', this.inputSize], 'Pass time first: [T, B, I].');
    const [T, B] = x.shape;
    const { mask, initial, backward = false } = options;
    if (mask !== undefined)
      assertShape('LSTM mask', mask.shape, [T, B], 'Pass 1 or 0 for each step: [T, B].');
    const present = mask && rowsOf(expandDims(cast(mask, 'float32'), 2)); // T × [B, 1]
    const absent = mask && rowsOf(expandDims(cast(sub(1, mask), 'float32'), 2));
    const fromInput = this.#fromInput(x); // T × [B, 4H]
    const drop = this.#outputMask(B, options);

    let carry = initial;
    const outputs: Tensor2D[] = new Array(T);
    for (let step = 0; step < T; step++) {
      const t = backward ? T - 1 - step : step;
      const next = this.#step(fromInput[t]!, carry, drop);
      if (present === undefined) {
        outputs[t] = next.output;
        carry = next;
      } else {
        // What is padding leaves everything as it was.
        const output = mul<Tensor2D>(next.output, present[t]!);
        const cells = mul<Tensor2D>(next.cells, present[t]!);
        outputs[t] = output;
        carry =
          carry === undefined
            ? { output, cells }
            : {
                output: add(output, mul(carry.output, absent![t]!)),
                cells: add(cells, mul(carry.cells, absent![t]!)),
              };
      }
    }
    return { outputs: stack(outputs) as Tensor3D, final: carry! };
  }

  /** What does not depend on the step before is one product for all steps. */
  #fromInput(x: Tensor3D): Tensor2D[] {
    const [T, B, I] = x.shape;
    const rows = this.input_linearity.forward(reshape<Rank.R2>(x, [T * B, I]));
    return rowsOf(reshape<Rank.R3>(add(rows, this.state_linearity.bias!), [T, B, 4 * this.cellSize]));
  }

  #step(fromInput: Tensor2D, carry: LSTMCarry | undefined, drop: Tensor2D | undefined): LSTMCarry {
    const { cellClip, projectionClip } = this.#options;
    const gates =
      carry === undefined
        ? fromInput
        : add<Tensor2D>(fromInput, matMul(carry.output, this.state_linearity.weight, false, true));
    const [i, f, g, o] = split(gates, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const added = mul<Tensor2D>(sigmoid(i), tanh(g));
    const free = carry === undefined ? added : add<Tensor2D>(mul(sigmoid(f), carry.cells), added);
    const cells = clipped(free, cellClip);
    const raw = mul<Tensor2D>(sigmoid(o), tanh(cells));
    const output =
      this.state_projection === undefined ? raw : clipped(this.state_projection.forward(raw), projectionClip);
    return { cells, output: drop === undefined ? output : mul(output, drop) };
  }

  #outputMask(batch: number, options: DropoutOptions): Tensor2D | undefined {
    const rate = this.#options.recurrentDropout ?? 0;
    if (options.training !== true || rate === 0) return undefined;
    return dropoutMask([batch, this.outputSize], rate, needRandom(rate, options).next()) as Tensor2D;
  }
}

const rowsOf = (x: Tensor3D): Tensor2D[] => unstack(x) as Tensor2D[];

const clipped = (x: Tensor2D, limit: number | undefined): Tensor2D =>
  limit === undefined ? x : clipByValue(x, -limit, limit);

function assertClip(subject: string, limit: number | undefined): void {
  if (limit === undefined || limit > 0) return;
  throw new TenonError({
    subject,
    expected: 'a number above 0',
    got: String(limit),
    advice: 'Leave it out for no limit.',
  });
}
