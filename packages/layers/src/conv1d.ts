import {
  assertWhole,
  type Initializer,
  Module,
  normal,
  type Parameter,
  parameter,
  type RandomStream,
  zeros,
} from '@tenon/core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { linearMap } from './linear-map.ts';

export interface Conv1DOptions {
  /** Where the first weights are drawn from. */
  readonly random: RandomStream;
  /** @default normal(0.02) */
  readonly weight?: Initializer;
}

/**
 * A linear map y = x W + b with a weight `[in, out]`: what GPT and GPT-2 call a convolution of width one,
 * and store the other way round than `Linear`.
 */
export class Conv1D extends Module {
  /** [in, out] */
  readonly weight: Parameter<Tensor2D>;
  /** [out] */
  readonly bias: Parameter<Tensor1D>;

  constructor(inputSize: number, outputSize: number, options: Conv1DOptions) {
    super();
    assertWhole('Conv1D input size', inputSize);
    assertWhole('Conv1D output size', outputSize);
    this.weight = parameter([inputSize, outputSize], options.weight ?? normal(0.02), options.random);
    this.bias = parameter([outputSize], zeros, options.random);
  }

  /** [..., in] to [..., out]. */
  forward<T extends Tensor>(x: T): T {
    return linearMap(x, this.weight, this.bias, 'in,out') as T;
  }
}
