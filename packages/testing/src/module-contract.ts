import { type Module, RandomStream, TenonError } from '@tenon/core';
import { mul, type Scalar, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import {
  assertFrees,
  assertGradients,
  assertRoundTrip,
  type ContractCheck,
  type GradientOptions,
} from './contract.ts';
import { leakFree } from './leak-free.ts';

export interface ModuleContractOptions<T extends Module> extends GradientOptions {
  /** A small module. Called anew for every check, which disposes of it. */
  make(): T;
  /** Runs it on some input. */
  forward(module: T): Tensor;
}

/**
 * What every layer must do.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { ones } from '@tensorflow/tfjs-core';
 * import { LayerNorm } from '@tenon/layers';
 * import { moduleContract } from '@tenon/testing';
 *
 * const checks = moduleContract({ make: () => new LayerNorm(4), forward: (norm) => norm.forward(ones([2, 4])) });
 * for (const { name, run } of checks) console.log(name, await run()); // in vitest: test(name, run)
 * ```
 */
export function moduleContract<T extends Module>(options: ModuleContractOptions<T>): ContractCheck[] {
  const { make, forward } = options;
  return [
    {
      name: 'gives finite numbers, the same each time',
      run() {
        using module = make();
        const [first, second] = [0, 1].map(() => tidy(() => forward(module).dataSync()));
        const same = first!.every((value, i) => Number.isFinite(value) && value === second![i]);
        if (same) return;
        const advice = 'Draw random numbers from a stream that is passed in.';
        throw new TenonError({
          subject: 'output',
          expected: 'finite and repeatable numbers',
          got: 'others',
          advice,
        });
      },
    },
    {
      name: 'has a finite gradient for every parameter, and none that is zero',
      run() {
        using module = make();
        assertGradients(module, () => weighted(forward(module)), options);
      },
    },
    {
      name: 'survives a round trip of its state dict',
      run() {
        using module = make();
        assertRoundTrip(module, () => tidy(() => forward(module)));
      },
    },
    {
      name: 'leaks nothing over forward and backward passes',
      async run() {
        using module = make();
        await leakFree(() => assertGradients(module, () => weighted(forward(module)), options));
      },
    },
    { name: 'frees everything', run: () => assertFrees(make, (module) => tidy(() => void forward(module))) },
  ];
}

/** A scalar in which every output counts, and each differently: the plain sum of a layer norm is constant. */
export function weighted(output: Tensor): Scalar {
  return tidy(() => {
    const weights = tensor(new RandomStream(7).next().normal(output.size), output.shape);
    return sum(mul(output, weights)) as Scalar;
  });
}
