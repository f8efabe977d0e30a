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
import type { AdamWWithClipping } from '../sizes.ts';
import type { StepResult } from '../training.ts';

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

  /** From the recording to the loss on the host. */
  async step(lossOf: () => Scalar): Promise<StepResult> {
    const start = performance.now();
    const { value, gradients } = valueAndGradients(lossOf, this.#module.parameters());
    const { gradientNorm } = this.#optimizer.update(gradients);
    for (const gradient of gradients.values()) gradient.dispose();
    const loss = (await value.data())[0]!;
    const milliseconds = performance.now() - start;
    value.dispose();
    gradientNorm?.dispose();
    return { milliseconds, loss };
  }

  /** The loss and the norm of its gradient, at the weights as they are. */
  check(lossOf: () => Scalar): number[] {
    const { value, gradients } = valueAndGradients(lossOf, this.#module.parameters());
    const norm = tidy(() => sqrt(addN([...gradients.values()].map((g: Tensor) => sum(square(g))))));
    const numbers = [value.dataSync()[0]!, norm.dataSync()[0]!];
    for (const tensor of [value, norm, ...gradients.values()]) tensor.dispose();
    return numbers;
  }
}
