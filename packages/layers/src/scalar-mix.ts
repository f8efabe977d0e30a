// L layers, B batch, T time, C channels.

import {
  assertWhole,
  type Initializer,
  Module,
  type Parameter,
  parameter,
  RandomStream,
  TenonError,
} from '@tenon/core';
import {
  add,
  cast,
  div,
  expandDims,
  mul,
  slice,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
} from '@tensorflow/tfjs-core';

export interface ScalarMixOptions {
  /** Otherwise the mix stays as it begins: its parameters are not `trainable`. @default true */
  readonly trained?: boolean;
  /** Normalise each layer over all of its tokens before mixing. @default false */
  readonly layerNorm?: boolean;
  /** The layers' weights before the softmax, to begin with. @default zeros: all layers alike */
  readonly weights?: readonly number[];
  /** The mix is multiplied by it: its first value. @default 1 */
  readonly gamma?: number;
}

/**
 * ELMo's mix of a model's layers (Peters et al. 2018, equation 1): γ · Σ softmax(s)ᵢ · hᵢ, one for each task.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { fill } from '@tensorflow/tfjs-core';
 * import { ScalarMix } from '@tenon/layers';
 *
 * using mix = new ScalarMix(2);
 * mix.forward([fill([1, 1, 3], 1), fill([1, 1, 3], 5)]).print(); // threes
 * ```
 */
export class ScalarMix extends Module {
  /** [L] */
  readonly weights: Parameter<Tensor1D>;
  /** [1] */
  readonly gamma: Parameter<Tensor1D>;
  readonly #layers: number;
  readonly #layerNorm: boolean;

  constructor(layers: number, options: ScalarMixOptions = {}) {
    super();
    assertWhole('ScalarMix layers', layers);
    const {
      trained = true,
      layerNorm = false,
      weights = new Array<number>(layers).fill(0),
      gamma = 1,
    } = options;
    if (weights.length !== layers) {
      throw new TenonError({
        subject: 'ScalarMix weights',
        expected: `one for each of ${layers} layers`,
        got: String(weights.length),
        advice: 'The output of the embeddings counts as a layer.',
      });
    }
    this.#layers = layers;
    this.#layerNorm = layerNorm;
    const nothingDrawn = new RandomStream(0);
    const values =
      (numbers: readonly number[]): Initializer =>
      () =>
        Float32Array.from(numbers);
    this.weights = parameter([layers], values(weights), nothingDrawn);
    this.gamma = parameter([1], values([gamma]), nothingDrawn);
    this.weights.trainable = trained;
    this.gamma.trainable = trained;
  }

  /**
   * L layers [B, T, C] to one.
   *
   * @param mask int32 [B, T], 1 = token, 0 = padding: what the normalisation counts. @default all are tokens
   * @throws {TenonError} about another number of layers.
   */
  forward(layers: readonly Tensor3D[], mask?: Tensor2D): Tensor3D {
    if (layers.length !== this.#layers) {
      throw new TenonError({
        subject: 'layers to mix',
        expected: String(this.#layers),
        got: String(layers.length),
        advice: 'Make the mix for as many layers as the model has, the output of its embeddings included.',
      });
    }
    const normalized = this.#layerNorm ? layers.map((layer) => normalizedOverTokens(layer, mask)) : layers;
    const shares = softmax(this.weights);
    const mixed = normalized
      .map((layer, i) => mul<Tensor3D>(layer, slice(shares, i, 1)))
      .reduce((total, layer) => add(total, layer));
    return mul(mixed, this.gamma);
  }
}

/** (h − mean) / √(variance + 1e-13) with the mean and the variance of all numbers of all tokens, as AllenNLP has it. */
function normalizedOverTokens(layer: Tensor3D, mask: Tensor2D | undefined): Tensor3D {
  const [B, T, C] = layer.shape;
  const counts = mask && expandDims(cast(mask, 'float32'), 2); // [B, T, 1]
  const numbers = counts === undefined ? tensor1d([B * T * C]) : mul(sum(counts), C);
  const counted = (x: Tensor): Tensor => (counts === undefined ? x : mul(x, counts));
  const centred = sub(layer, div(sum(counted(layer)), numbers));
  const variance = div(sum(square(counted(centred))), numbers);
  return div(centred, sqrt(add(variance, 1e-13)));
}
