import '@tensorflow/tfjs-backend-cpu';
import { memory, mul, setBackend, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ones, zeros } from './initializers.ts';
import { Module, type Parameter, parameter, parameterCount } from './module.ts';
import { RandomStream } from './random.ts';
import { StateDictError, storedFromTensor, storedTensor, transposed } from './state-dict.ts';
import { ZeroStream } from './zero-stream.ts';

class Leaf extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly size = 2;

  constructor(random: RandomStream) {
    super();
    this.weight = parameter([2, 3], ones, random);
    this.bias = parameter([3], zeros, random);
  }
}

class Tree extends Module {
  readonly wte: Leaf;
  readonly h: readonly Leaf[];
  readonly tied: Parameter;
  readonly #borrowed: Leaf;

  constructor(borrowed: Leaf) {
    super();
    const random = new RandomStream(1);
    this.wte = new Leaf(random);
    this.h = [new Leaf(random), new Leaf(random)];
    this.tied = this.wte.weight;
    this.#borrowed = borrowed;
  }

  borrowed(): Tensor {
    return this.#borrowed.weight;
  }
}

beforeAll(async () => {
  await setBackend('cpu');
});

describe('Module', () => {
  it('names parameters by their attribute paths, a shared one once, private ones not at all', () => {
    using borrowed = new Leaf(new RandomStream(0));
    using tree = new Tree(borrowed);
    expect([...tree.parameters().keys()]).toEqual([
      'wte.weight',
      'wte.bias',
      'h.0.weight',
      'h.0.bias',
      'h.1.weight',
      'h.1.bias',
    ]);
    expect(parameterCount(tree)).toBe(3 * (6 + 3));
    expect(tree.borrowed().isDisposed).toBe(false);
  });

  it('takes back what it gave out', () => {
    using source = new Leaf(new RandomStream(0));
    using target = new Leaf(new RandomStream(0));
    const tripled = mul(source.weight, 3);
    source.weight.assign(tripled);
    target.loadStateDict(source.stateDict());
    expect([...target.weight.dataSync()]).toEqual([3, 3, 3, 3, 3, 3]);
  });

  it('keeps an array that is its own to keep, and copies any other', () => {
    using leaf = new Leaf(new ZeroStream());
    expect([...leaf.weight.dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    const values = Float32Array.of(1, 2, 3);
    const weights = leaf.stateDict();
    weights.set('bias', { ...storedTensor(values, [3]), fresh: true });
    leaf.loadStateDict(weights);
    expect([...leaf.bias.dataSync()]).toEqual([1, 2, 3]);
    weights.set('bias', { ...storedTensor(Int32Array.of(4, 5, 6), [3]), fresh: true });
    leaf.loadStateDict(weights);
    expect([...leaf.bias.dataSync()]).toEqual([4, 5, 6]);
  });

  it('lists everything that does not fit at once, and changes nothing', () => {
    using leaf = new Leaf(new RandomStream(0));
    const weights = new Map([
      ['weight', storedTensor(new Float32Array(6), [3, 2])],
      ['extra', storedTensor(new Float32Array(1), [1])],
    ]);
    expect(() => leaf.loadStateDict(weights)).toThrow(
      'state dict: expected exactly the parameters of the model in their shapes, ' +
        'got missing bias; unexpected extra; weight of shape [3, 2] instead of [2, 3]. ' +
        'Check that the checkpoint belongs to this model and configuration.',
    );
    expect(() => leaf.loadStateDict(weights)).toThrow(StateDictError);
    expect([...leaf.weight.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('frees its parameters, once', () => {
    const before = memory().numTensors;
    const leaf = new Leaf(new RandomStream(0));
    expect(memory().numTensors).toBe(before + 2);
    leaf.dispose();
    leaf.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('transposed', () => {
  it('exchanges rows and columns when read', () => {
    const stored = transposed(storedTensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
    expect(stored.shape).toEqual([3, 2]);
    expect([...stored.read()]).toEqual([1, 4, 2, 5, 3, 6]);
    expect(() => transposed(storedTensor(new Float32Array(2), [2]))).toThrow(
      'transposed: expected a matrix, got shape [2]',
    );
  });
});

describe('storedFromTensor', () => {
  it('hands out booleans as int32', () => {
    const read = tidy(() => storedFromTensor(tensor1d([true, false], 'bool')).read());
    expect(read).toEqual(Int32Array.of(1, 0));
  });
});
