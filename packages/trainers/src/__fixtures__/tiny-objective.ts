import {
  dropoutMask,
  Module,
  normal,
  type Objective,
  type ObjectiveValue,
  type Parameter,
  parameter,
  RandomStream,
  type StepContext,
} from '@tenon/core';
import {
  matMul,
  mean,
  mul,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor2D,
  tensor1d,
} from '@tensorflow/tfjs-core';
import type { NumberBatch } from './number-batches.ts';

/** Learns the weights of a linear function of four numbers, one of which dropout hides at times. */
export class TinyObjective extends Module implements Objective<NumberBatch> {
  readonly weight: Parameter<Tensor2D>;
  readonly #dropout: number;

  constructor({ dropout = 0.2, size = 4 }: { dropout?: number; size?: number } = {}) {
    super();
    this.weight = parameter([size, 1], normal(1), new RandomStream(3));
    this.#dropout = dropout;
  }

  loss({ x }: NumberBatch, { training, random }: StepContext): ObjectiveValue {
    const target = sum(mul(x, tensor1d([1, -2, 3, 0.5])), 1, true);
    const mask = training ? dropoutMask(x.shape, this.#dropout, random!.next()) : undefined;
    const predicted = matMul(mask === undefined ? x : mul(x, mask), this.weight);
    const loss = mean(square(sub(predicted, target))) as Scalar;
    return { loss, parts: { error: mul(loss, 1) as Scalar } };
  }
}
