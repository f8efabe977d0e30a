import { adamW, createOptimizer, valueAndGradients } from '@tenon/optim';
import { selectBackend, testBackends } from '@tenon/testing';
import { add, type Scalar, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { freeze, unfreeze } from './freeze.ts';
import { ones } from './initializers.ts';
import { Module, type Parameter, parameter } from './module.ts';
import { RandomStream } from './random.ts';

class Layer extends Module {
  readonly weight: Parameter = parameter([2], ones, new RandomStream(0));
  readonly bias: Parameter = parameter([2], ones, new RandomStream(0));
}
class Net extends Module {
  readonly h: readonly Layer[] = [new Layer(), new Layer()];
  readonly head: Layer = new Layer();
}
const ALL = [0, 1].flatMap((i) => [`h.${i}.weight`, `h.${i}.bias`]).concat('head.weight', 'head.bias');
const trainable = (net: Net): Map<string, Parameter> =>
  new Map([...net.parameters()].filter(([, one]) => one.trainable));

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('takes all, paths, a pattern or a function', () => {
    using net = new Net();
    expect(freeze(net)).toEqual(ALL);
    expect(trainable(net).size).toBe(0);
    expect(unfreeze(net, ['head.weight'])).toEqual(['head.weight']);
    expect([...trainable(net).keys()]).toEqual(['head.weight']);
    expect(unfreeze(net, /bias$/g)).toEqual(ALL.filter((name) => name.endsWith('bias')));
    expect(freeze(net, (name) => name.startsWith('h.'))).toEqual(ALL.slice(0, 4));
    expect([...trainable(net).keys()]).toEqual(['head.weight', 'head.bias']);
  });

  test('says which paths are none of the module', () => {
    using net = new Net();
    expect(() => freeze(net, ['head.weight', 'heads.bias'])).toThrow(
      "parameters to freeze or unfreeze: expected some of the module's 6: h.0.weight, h.0.bias, h.1.weight …, got heads.bias. See module.parameters() for their paths.",
    );
    expect(() => unfreeze(net, /layer/)).toThrow('got /layer/, which is found in none.');
    expect(() => freeze(net, [])).toThrow('got no name.');
    expect(trainable(net).size).toBe(6);
  });

  test('unfrozen layers train on with a new optimiser, that takes over what the last one knew', () => {
    using net = new Net();
    const rule = adamW({ learningRate: 0.1 });
    const loss = (): Scalar =>
      [...net.parameters().values()]
        .map((one: Tensor) => sum(square(one)))
        .reduce((a, b) => add(a, b)) as Scalar;
    const step = (optimizer: ReturnType<typeof createOptimizer>): void => {
      const { value, gradients } = valueAndGradients(loss, trainable(net));
      optimizer.update(gradients);
      for (const tensor of [value, ...gradients.values()]) tensor.dispose();
    };
    const read = (name: string): number[] => [...net.parameters().get(name)!.dataSync()];

    freeze(net, /^h\./);
    const first = createOptimizer(rule, trainable(net));
    step(first);
    expect(read('h.1.weight')).toEqual([1, 1]);
    expect(read('head.weight')[0]).toBeCloseTo(0.9, 6);

    unfreeze(net, /^h\.1\./);
    const second = createOptimizer(rule, trainable(net));
    second.loadStateDict(new Map([...second.stateDict(), ...first.stateDict()]));
    first.dispose();
    expect(second.step).toBe(1);
    step(second);
    expect(read('h.0.weight')).toEqual([1, 1]);
    // The second of Adam's steps with a first gradient of 2: 0.1 · (0.2 / 0.19) / √(0.004 / 0.001999)
    expect(read('h.1.weight')[0]).toBeCloseTo(1 - (0.1 * (0.2 / 0.19)) / Math.sqrt(0.004 / 0.001999), 5);
    expect(read('head.weight')[0]).toBeCloseTo(0.8, 3);
    second.dispose();
  });
});
