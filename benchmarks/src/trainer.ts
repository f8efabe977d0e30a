// A step of AdamW with clipping on a loss, as the peer's `Trainer`.
import type { Module } from '@tenon/core';
import {
  adamW,
  chain,
  clipByGlobalNorm,
  createOptimizer,
  type Optimizer,
  valueAndGradients,
} from '@tenon/optim';
import { addN, type Scalar, sqrt, square, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { AdamWWithClipping } from './sizes.ts';

export interface StepResult {
  readonly milliseconds: number;
  readonly loss: number;
}

export class Trainer {
  readonly #module: Module;
  readonly #optimizer: Optimizer;

  constructor(module: Module, { clip, ...options }: AdamWWithClipping) {
    this.#module = module;
    this.#optimizer = createOptimizer(
      // As PyTorch does, decay every parameter.
      chain(clipByGlobalNorm(clip), adamW({ ...options, decay: () => true })),
      module.parameters(),
    );
  }

  /** Forward, backward and update; gives the loss. */
  update(lossOf: () => Scalar): Scalar {
    const { value, gradients } = valueAndGradients(lossOf, this.#module.parameters());
    this.#optimizer.update(gradients).gradientNorm?.dispose();
    for (const gradient of gradients.values()) gradient.dispose();
    return value;
  }

  /** The loss and the norm of its gradient, at the weights as they are. */
  check(lossOf: () => Scalar): number[] {
    const { value, gradients } = valueAndGradients(lossOf, this.#module.parameters());
    const norm = tidy(() => sqrt(addN([...gradients.values()].map((g: Tensor) => sum(square(g))))));
    const numbers = [value.dataSync()[0]!, norm.dataSync()[0]!];
    for (const tensor of [value, norm, ...gradients.values()]) tensor.dispose();
    return numbers;
  }

  dispose(): void {
    this.#optimizer.dispose();
  }
}

/** From the recording to the loss on the host. */
export async function timed(step: () => Scalar): Promise<StepResult> {
  const start = performance.now();
  const value = step();
  const loss = (await value.data())[0]!;
  const milliseconds = performance.now() - start;
  value.dispose();
  return { milliseconds, loss };
}
