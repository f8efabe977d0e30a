import {
  type Backbone,
  defineModel,
  type Encoded,
  Module,
  normal,
  type Parameter,
  parameter,
  RandomStream,
  type StateDict,
  storedTensor,
} from '@tenon/core';
import { leakFree, selectBackend } from '@tenon/testing';
import { tensor3d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { builtFor } from './limits.ts';

class Layers extends Module implements Backbone {
  readonly hiddenSize = 2;
  readonly layers: readonly Parameter[];
  constructor(count: number, size: number, random: RandomStream) {
    super();
    const make = () => parameter([2, size], normal(1), random);
    const first = make();
    this.layers = [first, ...Array.from({ length: count - 1 }, make)];
  }
  encode(): Encoded {
    return { lastHidden: tensor3d([], [0, 0, 2]) };
  }
}

const layers = defineModel(
  ({ count, size }: { count: number; size: number }, { random = new RandomStream(1) } = {}) =>
    new Layers(count, size, random),
  {
    modelType: 'layers',
    prefix: 'layers.',
    parseConfig: () => ({ count: 1, size: 1 }),
    formatConfig: () => ({}),
    tasks: {},
  },
);

const weights: StateDict = new Map([['layers.0', storedTensor(new Float32Array(4), [2, 2])]]);

beforeAll(() => selectBackend('cpu'));

test('a model of the size of its weights is built, of zeros', async () => {
  await leakFree(() => {
    using model = builtFor(layers, { count: 1, size: 2 }, weights);
    expect([...model.layers[0]!.dataSync()]).toEqual([0, 0, 0, 0]);
  });
});

test.each([
  [{ count: 2000, size: 2 }, 'at most 1008 parameters with 4194336 values, as its checkpoint could fill'],
  [{ count: 2, size: 1e9 }, 'a configuration that wants more (the next is [2, 1000000000])'],
  [
    { count: 2 ** 33, size: 2 },
    'layers configuration: expected sizes that a model can have, got Invalid array length. Check that config.json belongs to these weights.',
  ],
])('%j is refused, and nothing stays', async (config, message) => {
  await leakFree(() => {
    expect(() => builtFor(layers, config, weights)).toThrow(message);
  });
});

test('other errors are passed on', () => {
  const failing = Object.assign(() => {
    throw new TypeError('mine');
  }, layers);
  expect(() => builtFor(failing as typeof layers, { count: 1, size: 2 }, weights)).toThrow(/^mine$/);
});
