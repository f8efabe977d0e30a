// Trains a GPT-2 on random tokens with Tenon's packages: the work that the benchmarks measure.

import { RandomKey, RandomStream } from '@tenon/core';
import { CausalLM } from '@tenon/heads';
import { type GPT2Config, gpt2, gpt2Small } from '@tenon/models';
import {
  adamW,
  chain,
  clipByGlobalNorm,
  createOptimizer,
  type Optimizer,
  valueAndGradients,
} from '@tenon/optim';
import { type Scalar, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { AdamWWithClipping, Size } from './sizes.ts';

export interface TrainingRequest {
  readonly size: Size;
  readonly optimizer: AdamWWithClipping;
  readonly seed: number;
  /** Whether the step is recorded once and replayed (`compile` of the ONNX backend). @default false */
  readonly replayed?: boolean;
}

interface CompiledStep {
  (inputIds: Tensor2D, targets: Tensor2D): Scalar;
  dispose(): void;
}

export interface StepResult {
  readonly milliseconds: number;
  readonly loss: number;
}

function configOf(size: Size): GPT2Config {
  return {
    ...gpt2Small,
    vocabularySize: size.vocabulary,
    contextLength: size.tokens,
    hiddenSize: size.channels,
    layers: size.layers,
    heads: size.heads,
    embeddingDropout: 0,
    attentionDropout: 0,
    residualDropout: 0,
  };
}

export class Training {
  readonly #size: Size;
  readonly #seed: number;
  readonly #model: CausalLM;
  readonly #optimizer: Optimizer;
  readonly #replayed: boolean;
  #compiled: CompiledStep | undefined;
  #batches = 0;

  constructor({ size, seed, optimizer: { clip, ...options }, replayed = false }: TrainingRequest) {
    this.#replayed = replayed;
    this.#size = size;
    this.#seed = seed;
    this.#model = new CausalLM(gpt2(configOf(size), { random: new RandomStream(seed) }));
    this.#optimizer = createOptimizer(
      // As PyTorch does, decay every parameter.
      chain(clipByGlobalNorm(clip), adamW({ ...options, decay: () => true })),
      this.#model.parameters(),
    );
  }

  /** From the recording to the loss on the host. */
  async step(): Promise<StepResult> {
    const inputIds = this.#randomIds();
    const targets = this.#randomIds();
    if (this.#replayed) this.#compiled ??= await this.#compile();
    const start = performance.now();
    const value = this.#compiled ? this.#compiled(inputIds, targets) : this.#update(inputIds, targets);
    const loss = (await value.data())[0]!;
    const milliseconds = performance.now() - start;
    for (const tensor of [value, inputIds, targets]) tensor.dispose();
    return { milliseconds, loss };
  }

  #update(inputIds: Tensor2D, targets: Tensor2D): Scalar {
    const { value, gradients } = valueAndGradients(
      () => this.#model.loss({ inputIds, targets }, { training: true }).loss,
      this.#model.parameters(),
    );
    this.#optimizer.update(gradients).gradientNorm?.dispose();
    for (const gradient of gradients.values()) gradient.dispose();
    return value;
  }

  /** Only here, so that other backends run without the ONNX backend. */
  async #compile(): Promise<CompiledStep> {
    const { compile } = await import('@tenon/tfjs-backend-onnx');
    return compile((inputIds: Tensor2D, targets: Tensor2D) => this.#update(inputIds, targets));
  }

  /** Forward and backward alone: all gradients are worked out, and nothing is done with them. */
  async gradients(): Promise<StepResult> {
    const batch = { inputIds: this.#randomIds(), targets: this.#randomIds() };
    const start = performance.now();
    const { value, gradients } = valueAndGradients(
      () => this.#model.loss(batch, { training: true }).loss,
      this.#model.parameters(),
    );
    const loss = (await value.data())[0]!; // the gradients are computed with it, as what is alive is
    const milliseconds = performance.now() - start;
    for (const tensor of [value, ...gradients.values(), ...Object.values(batch)]) tensor.dispose();
    return { milliseconds, loss };
  }

  #randomIds(): Tensor2D {
    const { batch, tokens, vocabulary } = this.#size;
    const uniform = new RandomKey(this.#seed, 1, this.#batches++).uniform(batch * tokens);
    const ids = Int32Array.from(uniform, (value) => Math.floor(value * vocabulary));
    return tensor2d(ids, [batch, tokens], 'int32');
  }

  dispose(): void {
    this.#compiled?.dispose();
    this.#optimizer.dispose();
    this.#model.dispose();
  }
}
