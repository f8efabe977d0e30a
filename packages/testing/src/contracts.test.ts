// A contract is worth what it catches: each broken module here must fail exactly the checks it breaks.

import {
  type Backbone,
  type Encoded,
  type EncodeOptions,
  embedding,
  type ModelInput,
  Module,
  normal,
  type Objective,
  type ObjectiveValue,
  type Parameter,
  parameter,
  RandomStream,
  type RecurrentState,
} from '@tenon/core';
import {
  add,
  expandDims,
  linalg,
  matMul,
  mean,
  mul,
  neg,
  ones,
  type Scalar,
  scalar,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { selectBackend } from './backends.ts';
import type { ContractCheck } from './contract.ts';
import { headContract } from './head-contract.ts';
import { modelContract } from './model-contract.ts';
import { moduleContract } from './module-contract.ts';

beforeAll(() => selectBackend('cpu'));

/** The names of the checks that fail. */
async function failures(checks: ContractCheck[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks) {
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

const drawn = (shape: number[]): Parameter => parameter(shape, normal(1), new RandomStream(1));

describe('moduleContract', () => {
  class Scale extends Module {
    readonly weight: Parameter = drawn([3]);
    forward(x: Tensor): Tensor {
      return mul(x, this.weight);
    }
  }
  class Idle extends Scale {
    readonly idle: Parameter = drawn([2]);
    override forward(x: Tensor): Tensor {
      return add(super.forward(x), mul(sum(this.idle), 0));
    }
  }
  class Leaky extends Scale {
    readonly kept: Tensor[] = [];
    override forward(x: Tensor): Tensor {
      return add(super.forward(x), drawn([1]));
    }
  }
  const failing = (make: () => Scale) =>
    failures(moduleContract({ make, forward: (scale) => scale.forward(ones([2, 3])) }));

  test('passes a sound module', async () => expect(await failing(() => new Scale())).toEqual([]));

  test('finds a parameter without a gradient', async () => {
    const gradient = 'has a finite gradient for every parameter, and none that is zero';
    expect(await failing(() => new Idle())).toContain(gradient);
  });

  test('finds a leak', async () =>
    expect(await failing(() => new Leaky())).toEqual([
      'leaks nothing over forward and backward passes',
      'frees everything',
    ]));
});

describe('modelContract', () => {
  /** Each token's vector, mixed over the tokens by some rule. */
  class Mixer extends Module implements Backbone {
    readonly weight: Parameter<Tensor2D> = drawn([5, 3]) as Parameter<Tensor2D>;
    readonly hiddenSize: number = 3;
    encode({ inputIds, attentionMask }: ModelInput): Encoded {
      return tidy(() => {
        const rows = embedding(this.weight, inputIds!) as Tensor3D;
        const real = attentionMask ? mul(rows, expandDims(attentionMask, 2)) : rows;
        return { lastHidden: this.mix(real as Tensor3D) };
      });
    }
    /** Sums of the tokens so far. */
    mix(rows: Tensor3D): Tensor3D {
      const [B, T] = rows.shape;
      const soFar = linalg.bandPart(ones([B, T, T]), -1, 0);
      return matMul(soFar, rows) as Tensor3D;
    }
  }
  class Seer extends Mixer {
    override mix(rows: Tensor3D): Tensor3D {
      return add(super.mix(rows), sum(rows, 1, true));
    }
  }
  class Mingler extends Mixer {
    override mix(rows: Tensor3D): Tensor3D {
      return add(super.mix(rows), mean(rows, [0, 2], true));
    }
  }
  class Deaf extends Mixer {
    override encode({ inputIds }: ModelInput): Encoded {
      return super.encode({ inputIds: inputIds! });
    }
  }
  class Forgetful extends Mixer {
    initialState(_batch: number, capacity: number): RecurrentState {
      const nothing = { stateDict: () => new Map(), loadStateDict() {}, reset() {}, dispose() {} };
      return { length: 0, capacity, ...nothing };
    }
    override encode(input: ModelInput, { state }: EncodeOptions = {}): Encoded {
      if (state !== undefined) Object.assign(state, { length: state.length + input.inputIds!.shape[1] });
      return super.encode(input);
    }
  }
  const failing = async (make: () => Mixer): Promise<string[]> =>
    failures(modelContract({ make, vocabularySize: 5, causal: true }));

  test('passes a sound model', async () => expect(await failing(() => new Mixer())).toEqual([]));
  test('finds a look at later tokens', async () =>
    expect(await failing(() => new Seer())).toEqual(['looks at no later token']));
  test('finds a mask that is not heeded', async () =>
    expect(await failing(() => new Deaf())).toEqual(['is not changed by padding']));
  test('finds a state that remembers nothing', async () =>
    expect(await failing(() => new Forgetful())).toEqual([
      'gives the same in pieces of 1 tokens with a state',
      'gives the same in pieces of 3, 1, 2 tokens with a state',
      'gives the same in pieces of 7, 1 tokens with a state',
      'remembers which tokens of the state are padding',
      'goes on from where it was saved, and from the start when reset',
    ]));
  test('finds a mixing of sequences', async () =>
    expect(await failing(() => new Mingler())).toEqual(['gives a batch what it gives each alone']));
});

describe('headContract', () => {
  class Distance extends Module implements Objective<Tensor> {
    readonly weight: Parameter = drawn([2, 2]);
    loss(batch: Tensor): ObjectiveValue {
      return { loss: tidy(() => sum(mul(add(this.weight, batch), add(this.weight, batch))) as Scalar) };
    }
  }
  class Upwards extends Distance {
    override loss(batch: Tensor): ObjectiveValue {
      // The value of the distance with the gradient of its opposite.
      const { loss } = super.loss(batch);
      return { loss: tidy(() => add(neg(loss), mul(scalar(loss.dataSync()[0]!), 2)) as Scalar) };
    }
  }
  const batch = () =>
    transpose(
      tensor2d([
        [1, 2],
        [3, 4],
      ]),
    );

  test('passes a sound head', async () =>
    expect(await failures(headContract({ make: () => new Distance(), batch }))).toEqual([]));
  test('allows for a parameter that has no part in the loss', async () => {
    class Idle extends Distance {
      readonly idle: Parameter = drawn([1]);
    }
    const failing = (zeroGradient: RegExp) =>
      failures(headContract({ make: () => new Idle(), batch, zeroGradient }));
    expect(await failing(/^idle$/)).toEqual([]);
    expect(await failing(/^other$/)).toContain(
      'has a finite gradient for every parameter, and none that is zero',
    );
  });
  test('finds a gradient that leads upwards', async () =>
    expect(await failures(headContract({ make: () => new Upwards(), batch }))).toContain(
      'has a loss that falls against the gradient',
    ));
  test('finds ignored labels that count', async () =>
    expect(await failures(headContract({ make: () => new Distance(), batch, ignored: batch }))).toEqual([
      'has a loss and gradients of 0 where every label is ignored',
    ]));
});
