// projected-lstm.ts: the LSTMs of ELMo (Peters et al. 2018; Sak et al. 2014 for the projection), one direction.
// T time, B batch, P projection.
import { Module, RandomStream } from '@tenon/core';
import { LSTM } from '@tenon/layers';
import { compile } from '@tenon/tfjs-backend-onnx';
import { mean, type Scalar, squaredDifference, type Tensor3D, tensor3d } from '@tensorflow/tfjs-core';
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

class ProjectedLSTM extends Module {
  readonly layers: readonly LSTM[];

  constructor({ layers, cells, projection }: LSTMSize) {
    super();
    const random = new RandomStream(0);
    this.layers = Array.from(
      { length: layers },
      () => new LSTM(projection, cells, { projectionSize: projection, random }),
    );
  }

  /** x and targets [T, B, P] */
  loss(x: Tensor3D, targets: Tensor3D): Scalar {
    let hidden = x;
    for (const layer of this.layers) hidden = layer.forward(hidden).outputs;
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
