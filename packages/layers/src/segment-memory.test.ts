// B batch, M places, T new tokens, C channels.
import { storedTensor } from '@tenon/core';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor2D, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { MASKED } from './attention-masks.ts';
import { SegmentMemory, tokenMask } from './segment-memory.ts';

/** A segment of one sequence with one channel. */
const segment = (...numbers: number[]) => tensor3d(numbers, [1, numbers.length, 1]);
const make = (options: { memoryLength?: number; capacity?: number } = {}) =>
  new SegmentMemory({ layers: 2, batchSize: 1, size: 1, memoryLength: 4, ...options });
const remember = (memory: SegmentMemory, numbers: number[], mask?: number[]): void =>
  tidy(() => {
    const attentionMask = mask ? (tensor2d([mask], undefined, 'int32') as Tensor2D) : undefined;
    const read = [segment(...numbers), segment(...numbers.map((x) => -x))];
    memory.remember(read, tokenMask(1, numbers.length, attentionMask));
  });

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('keeps the last tokens of each layer, and hides places that hold none', () => {
    using memory = make();
    expect([...memory.mask.dataSync()]).toEqual(new Array(4).fill(Math.fround(MASKED)));
    remember(memory, [1, 2, 3]);
    expect([...memory.read(0).dataSync()]).toEqual([0, 1, 2, 3]);
    expect([...memory.read(1).dataSync()].map((x) => -x)).toEqual([-0, 1, 2, 3]);
    expect([...memory.mask.dataSync()]).toEqual([MASKED, 0, 0, 0].map(Math.fround));
    remember(memory, [4, 5]);
    expect([...memory.read(0).dataSync()]).toEqual([2, 3, 4, 5]);
    remember(memory, [6, 7, 8, 9, 10, 11]);
    expect([...memory.read(0).dataSync()]).toEqual([8, 9, 10, 11]);
    expect([...memory.mask.dataSync()]).toEqual([0, 0, 0, 0]);
    expect(memory.length).toBe(11);
    expect(memory.capacity).toBe(Number.POSITIVE_INFINITY);
  });

  test('hides padding', () => {
    using memory = make();
    remember(memory, [1, 2, 3, 4], [0, 0, 1, 1]);
    expect([...memory.mask.dataSync()].map((value) => value < 0)).toEqual([true, true, false, false]);
  });

  test('makes only as many places as tokens will come', () => {
    using memory = make({ capacity: 3 });
    expect([memory.places, memory.capacity]).toEqual([3, 3]);
    remember(memory, [1, 2]);
    memory.assertRoom(1);
    expect(() => memory.assertRoom(2)).toThrow(
      'segment memory: expected at most 1 more tokens (2 of 3 came), got 2. Make the state with a larger capacity: initialState(batchSize, capacity).',
    );
    using larger = make({ capacity: 5 });
    expect([larger.places, larger.capacity]).toEqual([4, Number.POSITIVE_INFINITY]);
  });

  test('goes back to what was saved, and to nothing', () => {
    using memory = make({ memoryLength: 3 });
    remember(memory, [1, 2]);
    const saved = memory.stateDict();
    expect([...saved.keys()]).toEqual(['read.0', 'read.1', 'mask', 'length']);
    remember(memory, [3, 4, 5]);
    memory.loadStateDict(saved);
    expect([[...memory.read(0).dataSync()], memory.length]).toEqual([[0, 1, 2], 2]);
    expect([...memory.mask.dataSync()]).toEqual([MASKED, 0, 0].map(Math.fround));

    memory.reset();
    expect([[...memory.read(0).dataSync()], memory.length]).toEqual([[0, 0, 0], 0]);
    expect([...memory.mask.dataSync()]).toEqual(new Array(3).fill(Math.fround(MASKED)));
  });

  test('refuses what was saved at another size, and stays as it was', () => {
    using memory = make({ memoryLength: 3 });
    using longer = make();
    remember(memory, [1, 2]);
    expect(() => memory.loadStateDict(longer.stateDict())).toThrow(
      'segment memory: expected exactly the parameters of the model in their shapes, ' +
        'got read.0 of shape [1, 4, 1] instead of [1, 3, 1]; read.1 of shape [1, 4, 1] instead of [1, 3, 1]; ' +
        'mask of shape [1, 4] instead of [1, 3].',
    );
    const broken = memory.stateDict().set('length', storedTensor(Int32Array.of(-1), []));
    memory.reset();
    expect(() => memory.loadStateDict(broken)).toThrow(
      'segment memory: length: expected a whole number of at least 0, got -1. Load what stateDict() gave.',
    );
    expect([[...memory.read(0).dataSync()], memory.length]).toEqual([[0, 0, 0], 0]);
  });

  test('frees what it holds, and holds no more after many segments', async () => {
    await leakFree(() => {
      using memory = make();
      for (let i = 0; i < 5; i++) remember(memory, [i, i + 1, i + 2]);
    });
  });

  test('refuses sizes that are none', () => {
    expect(() => make({ memoryLength: 0 })).toThrow(
      'segment memory length: expected a whole number of at least 1',
    );
    expect(() => make({ capacity: 1.5 })).toThrow(
      'segment memory capacity: expected a whole number of at least 1',
    );
  });
});
