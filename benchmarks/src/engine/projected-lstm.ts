// projected-lstm.ts: the LSTM of ELMo (Peters et al. 2018; Sak et al. 2014 for the projection), one direction.
// T time, B batch, I input, H cells, P projection. Gates in PyTorch's order: input, forget, cell, output.
import { Module, type Parameter, parameter, RandomStream, zeros } from '@tenon/core';
import { compile } from '@tenon/tfjs-backend-onnx';
import {
  add,
  matMul,
  mean,
  mul,
  type Rank,
  reshape,
  type Scalar,
  sigmoid,
  split,
  squaredDifference,
  stack,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tanh,
  tensor3d,
  unstack,
} from '@tensorflow/tfjs-core';
import type { Work } from '../serve.ts';
import type { AdamWWithClipping } from '../sizes.ts';
import { Trainer, timed } from '../trainer.ts';
import { weights } from './formula.ts';
import { setByFormula } from './set-by-formula.ts';

export interface LSTMSize {
  readonly layers: number;
  readonly cells: number;
  /** Size of the input too, as in ELMo. */
  readonly projection: number;
  readonly tokens: number;
  readonly batch: number;
}

export interface LSTMRequest {
  readonly size: LSTMSize;
  readonly optimizer: AdamWWithClipping;
}

class Layer extends Module {
  /** [P, 4H] */
  readonly input: Parameter<Tensor2D>;
  /** [P, 4H] */
  readonly recurrent: Parameter<Tensor2D>;
  /** [4H] */
  readonly bias: Parameter<Tensor1D>;
  /** [H, P] */
  readonly projection: Parameter<Tensor2D>;

  constructor({ cells: H, projection: P }: LSTMSize) {
    super();
    const random = new RandomStream(0);
    this.input = parameter([P, 4 * H], zeros, random);
    this.recurrent = parameter([P, 4 * H], zeros, random);
    this.bias = parameter([4 * H], zeros, random);
    this.projection = parameter([H, P], zeros, random);
  }

  /** [T, B, P] to [T, B, P], from a state of zeros. */
  forward(x: Tensor3D): Tensor3D {
    const [time, batch, size] = x.shape;
    // What does not depend on the step before is one product for all steps.
    const rows = reshape<Rank.R2>(x, [time * batch, size]);
    const fromInput = add(matMul(rows, this.input), this.bias);
    const gatesFromInput = unstack(reshape(fromInput, [time, batch, -1])) as Tensor2D[]; // T × [B, 4H]
    const outputs: Tensor2D[] = [];
    let cell: Tensor2D | undefined;
    for (const fromX of gatesFromInput) {
      const previous = outputs.at(-1);
      const gates = previous === undefined ? fromX : add(fromX, matMul(previous, this.recurrent));
      const [i, f, g, o] = split(gates, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const added = mul<Tensor2D>(sigmoid(i), tanh(g));
      cell = cell === undefined ? added : add<Tensor2D>(mul(sigmoid(f), cell), added);
      outputs.push(matMul(mul<Tensor2D>(sigmoid(o), tanh(cell)), this.projection));
    }
    return stack(outputs) as Tensor3D;
  }
}

class ProjectedLSTM extends Module {
  readonly layers: readonly Layer[];

  constructor(size: LSTMSize) {
    super();
    this.layers = Array.from({ length: size.layers }, () => new Layer(size));
  }

  loss(x: Tensor3D, targets: Tensor3D): Scalar {
    let hidden = x;
    for (const layer of this.layers) hidden = layer.forward(hidden);
    return mean(squaredDifference(hidden, targets));
  }
}

/** A training step on numbers that the peer works out as well. */
export function projectedLSTM({ size, optimizer }: LSTMRequest): Work {
  const { tokens, batch, projection } = size;
  const model = new ProjectedLSTM(size);
  setByFormula(model);
  const trainer = new Trainer(model, optimizer);
  const numbers = (name: string) =>
    tensor3d(weights(name, tokens * batch * projection), [tokens, batch, projection]);
  const x = numbers('inputs');
  const targets = numbers('targets');
  const step = compile((input: Tensor3D, output: Tensor3D) =>
    trainer.update(() => model.loss(input, output)),
  );
  return {
    facts: {},
    check: trainer.check(() => model.loss(x, targets)),
    step: () => timed(() => step(x, targets)),
  };
}
