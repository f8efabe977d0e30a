import { instantiate } from '../instantiate.ts';
import { adamwBinary } from './adamw-binary.ts';

export interface AdamWCoefficients {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** 1 − beta1^t after t steps. */
  readonly biasCorrection1: number;
  /** 1 − beta2^t after t steps. */
  readonly biasCorrection2: number;
}

/** What adamw.wat exports. */
interface AdamWModule {
  readonly memory: WebAssembly.Memory;
  update(p: number, m: number, v: number, g: number, end: number, ...coefficients: number[]): void;
}

/** Numbers per array worked on at a time: four arrays of them stay in the second-level cache. */
const CHUNK = 16_384;
const CHUNK_BYTES = 4 * CHUNK;
const PAGE_BYTES = 65_536;

let loaded: { module: AdamWModule; scratch: Float32Array[] } | null = null;

function load(): { module: AdamWModule; scratch: Float32Array[] } {
  if (loaded) return loaded;
  const module = instantiate<AdamWModule>(adamwBinary);
  module.memory.grow((4 * CHUNK_BYTES) / PAGE_BYTES - 1);
  const scratch = [0, 1, 2, 3].map((i) => new Float32Array(module.memory.buffer, i * CHUNK_BYTES, CHUNK));
  loaded = { module, scratch };
  return loaded;
}

/**
 * Updates parameter and moments in place. In WebAssembly's vector instructions and chunk by chunk through
 * its small memory it takes about half the time of torch.optim.AdamW.
 */
export function updateAdamW(
  parameter: Float32Array,
  firstMoment: Float32Array,
  secondMoment: Float32Array,
  gradient: Float32Array,
  scale: number,
  coefficients: AdamWCoefficients,
): void {
  const { beta1, beta2, learningRate, weightDecay, biasCorrection1, biasCorrection2, epsilon } = coefficients;
  const { module, scratch } = load();
  const arrays = [parameter, firstMoment, secondMoment, gradient];
  for (let start = 0; start < parameter.length; start += CHUNK) {
    const count = Math.min(CHUNK, parameter.length - start);
    for (let i = 0; i < 4; i++) scratch[i]!.set(arrays[i]!.subarray(start, start + count));
    module.update(
      0,
      CHUNK_BYTES,
      2 * CHUNK_BYTES,
      3 * CHUNK_BYTES,
      4 * count,
      scale,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      1 - learningRate * weightDecay,
      learningRate / biasCorrection1,
      Math.sqrt(biasCorrection2),
      epsilon,
    );
    for (let i = 0; i < 3; i++) arrays[i]!.set(scratch[i]!.subarray(0, count), start);
  }
}
