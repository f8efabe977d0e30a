// Trains a GPT-2 on random tokens with Tenon's packages: the work that the benchmarks measure.

import { RandomKey, RandomStream } from '@tenon/core';
import { CausalLM } from '@tenon/heads';
import { type GPT2Config, gpt2, gpt2Small } from '@tenon/models';
import { valueAndGradients } from '@tenon/optim';
import { type Scalar, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { AdamWWithClipping, Size } from './sizes.ts';
import { type StepResult, Trainer, timed } from './trainer.ts';

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
  readonly #trainer: Trainer;
  readonly #replayed: boolean;
  #compiled: CompiledStep | undefined;
  #batches = 0;

  constructor({ size, seed, optimizer, replayed = false }: TrainingRequest) {
    this.#replayed = replayed;
    this.#size = size;
    this.#seed = seed;
    this.#model = new CausalLM(gpt2(configOf(size), { random: new RandomStream(seed) }));
    this.#trainer = new Trainer(this.#model, optimizer);
  }

  /** From the recording to the loss on the host. */
  async step(): Promise<StepResult> {
    const inputIds = this.#randomIds();
    const targets = this.#randomIds();
    if (this.#replayed) this.#compiled ??= await this.#compile();
    const step = this.#compiled ?? this.#update.bind(this);
    const result = await timed(() => step(inputIds, targets));
    inputIds.dispose();
    targets.dispose();
    return result;
  }

  #update(inputIds: Tensor2D, targets: Tensor2D): Scalar {
    return this.#trainer.update(() => this.#model.loss({ inputIds, targets }, { training: true }).loss);
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
    this.#trainer.dispose();
    this.#model.dispose();
  }
}
