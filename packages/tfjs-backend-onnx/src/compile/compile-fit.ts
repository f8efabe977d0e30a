import { getBackend, type Optimizer, type Tensor } from '@tensorflow/tfjs-core';
import { type Compiled, compile } from './compile.ts';

/** A model of tfjs-layers: what `tf.sequential` and `tf.model` make. */
export interface FitModel {
  /** There once the model is compiled in tfjs-layers' own sense. */
  readonly optimizer: Optimizer;
  fit(...args: never[]): Promise<unknown>;
}

/** A model whose steps are compiled. */
export interface CompiledFit {
  /** Gives the model its own steps back, and drops the graphs. */
  dispose(): void;
}

/** What `fit`, `fitDataset` and `trainOnBatch` ask a model for, once each: protected, but meant to be overridden. */
interface TrainStepMaker {
  makeTrainFunction(): TrainStep;
  readonly optimizer: Optimizer & { iterations_?: number };
  readonly collectedTrainableWeights: readonly { readonly id: number }[];
  readonly loss: unknown;
  readonly metricsTensors: unknown;
}

/** The inputs, targets and weights of a batch -> its loss and metrics. */
type TrainStep = (data: readonly (Tensor | null)[]) => Tensor[];

/**
 * Has `model.fit`, `model.fitDataset` and `model.trainOnBatch` of a tfjs-layers model replay compiled steps: a step is
 * recorded for each shape of a batch, and its JavaScript runs no more. Small and recurrent models, where JavaScript is
 * most of a step, gain most. On other backends than `onnx` steps run as they are.
 *
 * A step is recorded anew where its optimiser's numbers (the learning rate), trainable weights, loss or metrics changed.
 *
 * @param model compiled with `model.compile` before
 * @throws where the model is not compiled. `fit` throws where a step draws random numbers in JavaScript, as dropout and
 * noise layers do, or keeps state from batch to batch
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import * as layers from '@tensorflow/tfjs-layers';
 * import { compileFit } from '@tenon/tfjs-backend-onnx';
 *
 * await tf.setBackend('onnx');
 * const model = layers.sequential({ layers: [layers.layers.dense({ units: 1, inputShape: [3] })] });
 * model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
 * compileFit(model);
 * await model.fit(tf.ones([32, 3]), tf.zeros([32, 1]), { batchSize: 8, epochs: 2, verbose: 0 });
 * ```
 */
export function compileFit(model: FitModel): CompiledFit {
  // A sequential model trains through a model inside of it. Both have what is protected.
  const whole = ('model' in model && model.model ? model.model : model) as unknown as TrainStepMaker;
  if (!whole.optimizer) {
    throw new Error(
      'compileFit: expected a compiled model, got one without an optimizer. Call model.compile({ optimizer, loss }) first.',
    );
  }
  const steps = new CompiledSteps(whole);
  const own = Object.getOwnPropertyDescriptor(whole, 'makeTrainFunction');
  Object.defineProperty(whole, 'makeTrainFunction', {
    configurable: true,
    value: (): TrainStep => (data) => steps.run(data),
  });
  return {
    dispose(): void {
      if (own) Object.defineProperty(whole, 'makeTrainFunction', own);
      else Reflect.deleteProperty(whole, 'makeTrainFunction');
      steps.dispose();
    },
  };
}

class CompiledSteps {
  readonly #model: TrainStepMaker;
  readonly #plain: TrainStep;
  #step: Compiled<[readonly (Tensor | null)[]], Tensor[]>;
  /** What JavaScript's numbers and objects were when the steps were recorded. */
  #recordedWith: readonly unknown[] = [];

  constructor(model: TrainStepMaker) {
    this.#model = model;
    this.#plain = model.makeTrainFunction();
    this.#step = this.#compiled();
  }

  run(data: readonly (Tensor | null)[]): Tensor[] {
    if (getBackend() !== 'onnx') return this.#plain(data);
    const recordsWith = this.#whatMayChange();
    if (!sameList(recordsWith, this.#recordedWith)) {
      this.#step.dispose();
      this.#step = this.#compiled();
      this.#recordedWith = recordsWith;
    }
    const { optimizer } = this.#model;
    const { iterations } = optimizer;
    let results: Tensor[];
    try {
      results = this.#step(data);
    } catch (cause) {
      if (!(cause instanceof Error && cause.message.startsWith('compile:'))) throw cause;
      throw new Error(
        'compileFit: expected training steps that compute the same each time, without random numbers drawn in JavaScript ' +
          '(dropout and noise layers do that) and state kept from batch to batch. Dispose of what compileFit gave, and ' +
          `fit the model as it is. Got: ${cause.message}`,
        { cause },
      );
    }
    // Counted in JavaScript: by each recording, and by no replay.
    optimizer.iterations_ = iterations + 1;
    return results;
  }

  dispose(): void {
    this.#step.dispose();
  }

  #compiled(): Compiled<[readonly (Tensor | null)[]], Tensor[]> {
    return compile((data: readonly (Tensor | null)[]) => {
      const kept = this.#plain(data);
      // tfjs-layers keeps metrics; what a compiled function returns is its caller's.
      const results = kept.map((tensor) => tensor.clone());
      for (const tensor of kept) tensor.dispose();
      return results;
    });
  }

  /** The numbers of the optimiser (the learning rate), and what else steps are made of. */
  #whatMayChange(): readonly unknown[] {
    const { optimizer, collectedTrainableWeights, loss, metricsTensors } = this.#model;
    const numbers = Object.entries(optimizer).filter(
      ([name, value]) => typeof value === 'number' && name !== 'iterations_',
    );
    return [
      optimizer,
      loss,
      metricsTensors,
      ...numbers.flat(),
      ...collectedTrainableWeights.map(({ id }) => id),
    ];
  }
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => Object.is(one, b[i]));
}
