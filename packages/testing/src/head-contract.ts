import { type Objective, type StepContext, TenonError } from '@tenon/core';
import { mul, type Scalar, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expectClose } from './compare.ts';
import { type ContractCheck, type GradientOptions, namedGradients } from './contract.ts';
import { moduleContract } from './module-contract.ts';

export interface HeadContractOptions<Batch> extends GradientOptions {
  /** A head on a tiny model. Called anew for every check. */
  make(): Objective<Batch>;
  /** A batch to learn. It is called in tidy. */
  batch(): Batch;
  /** A batch of which nothing counts: every label is −100. It is called in tidy. */
  ignored?(): Batch;
}

const evaluation: StepContext = { training: false };

/** What every head must do as an objective. */
export function headContract<Batch>(options: HeadContractOptions<Batch>): ContractCheck[] {
  const { make, batch, ignored } = options;
  const loss = (model: Objective<Batch>, made: () => Batch = batch): Scalar =>
    tidy(() => model.loss(made(), evaluation).loss);
  const read = (scalar: Tensor): number => {
    const value = scalar.dataSync()[0]!;
    scalar.dispose();
    return value;
  };
  const checks: ContractCheck[] = [
    ...moduleContract({ ...options, forward: (model) => loss(model) }),
    {
      name: 'has a loss that falls against the gradient',
      run() {
        using model = make();
        const before = read(loss(model));
        const gradients = namedGradients(model, () => loss(model));
        for (const [name, parameter] of model.parameters()) {
          const gradient = gradients.get(name);
          if (gradient === undefined) continue; // no part of the loss, as the contract of modules may allow
          tidy(() => parameter.assign(sub(parameter, mul(gradient, 0.01))));
          gradient.dispose();
        }
        const after = read(loss(model));
        if (after < before) return;
        const advice = 'Check the sign of the loss and its gradient.';
        throw new TenonError({
          subject: 'loss',
          expected: `less than ${before}`,
          got: String(after),
          advice,
        });
      },
    },
  ];
  if (ignored !== undefined) {
    checks.push({
      name: 'has a loss and gradients of 0 where every label is ignored',
      run() {
        using model = make();
        expectClose('loss', [read(loss(model, ignored))], [0], { absolute: 0 });
        for (const [name, gradient] of namedGradients(model, () => loss(model, ignored))) {
          const values = gradient.dataSync();
          gradient.dispose();
          expectClose(`gradient of ${name}`, values, new Float32Array(values.length), { absolute: 0 });
        }
      },
    });
  }
  return checks;
}
