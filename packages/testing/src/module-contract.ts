import { type Module, type Parameter, RandomStream, storedTensor, TenonError } from '@tenon/core';
import { add, mul, type Scalar, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { expectClose } from './compare.ts';
import { type ContractCheck, type GradientOptions, namedGradients } from './contract.ts';
import { leakFree } from './leak-free.ts';

export interface ModuleContractOptions<T extends Module> extends GradientOptions {
  /** A small module. Called anew for every check, which disposes of it. */
  make(): T;
  /** Runs it on some input. */
  forward(module: T): Tensor;
}

/**
 * What every module must do: layers by this alone, models and heads among other things.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { ones } from '@tensorflow/tfjs-core';
 * import { RandomStream } from '@tenon/core';
 * import { Linear } from '@tenon/layers';
 * import { moduleContract } from '@tenon/testing';
 *
 * const make = () => new Linear(3, 2, { random: new RandomStream(1) });
 * const checks = moduleContract({ make, forward: (linear) => linear.forward(ones([4, 3])) });
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
        await leakFree(() => tidy(() => void forward(module)));
      },
    },
    {
      name: 'frees everything',
      run: () =>
        leakFree(() => {
          using module = make();
          tidy(() => void forward(module));
        }),
    },
  ];
}

/** A scalar in which every output counts, and each differently: the plain sum of a layer norm is constant. */
function weighted(output: Tensor): Scalar {
  return tidy(() => {
    const weights = tensor(new RandomStream(7).next().normal(output.size), output.shape);
    return sum(mul(output, weights)) as Scalar;
  });
}

/** Every parameter has a finite gradient, and one that is not zero all over. */
function assertGradients(module: Module, loss: () => Scalar, options: GradientOptions): void {
  const gradients = namedGradients(module, loss);
  for (const name of module.parameters().keys()) {
    const gradient = gradients.get(name);
    const values = gradient?.dataSync() ?? new Float32Array();
    gradient?.dispose();
    const subject = `gradient of ${name}`;
    const advice = 'Check that it takes part in the forward pass.';
    if (!values.every(Number.isFinite)) {
      throw new TenonError({ subject, expected: 'finite numbers', got: 'NaN or infinity', advice });
    }
    if (options.zeroGradient?.test(name) !== true && values.every((value) => value === 0)) {
      throw new TenonError({
        subject,
        expected: 'some number besides 0',
        got: gradient ? 'only zeros' : 'none',
        advice,
      });
    }
  }
}

/** What is written out and read back gives the same outputs, and the changed module did not. */
function assertRoundTrip(module: Module, output: () => Tensor): void {
  const read = (): number[] => {
    const tensor = output();
    const values = Array.from(tensor.dataSync());
    tensor.dispose();
    return values;
  };
  const before = read();
  const weights = new Map(
    [...module.stateDict()].map(([name, stored]) => [
      name,
      storedTensor(Float32Array.from(stored.read()), stored.shape),
    ]),
  );
  for (const parameter of module.parameters().values()) disturb(parameter);
  if (read().every((value, i) => value === before[i])) {
    throw new TenonError({
      subject: 'output',
      expected: 'other numbers after every parameter was changed',
      got: 'the same',
      advice: 'Check that the forward pass uses the parameters.',
    });
  }
  module.loadStateDict(weights);
  expectClose('output after a round trip of the state dict', read(), before, { absolute: 0, relative: 0 });
}

function disturb(parameter: Parameter): void {
  const changed = add(parameter, 0.5);
  parameter.assign(changed);
  changed.dispose();
}
