import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../index.ts';
import type { Fetches } from './runtime.ts';
import { untilStop } from './stop.ts';

beforeAll(async () => {
  await tf.setBackend('onnx');
});

describe('a graph with large outputs', () => {
  const MEGABYTE = 2 ** 20;

  test('writes them where they belong and makes no copies of them', () => {
    const x = tf.range(0, 2 * MEGABYTE);
    const doubled = (): tf.Tensor => {
      const y = tf.mul(x, 2);
      expect([...tf.slice(y, 2 * MEGABYTE - 1, 1).dataSync()]).toEqual([4 * MEGABYTE - 2]); // runs it
      return y;
    };
    doubled().dispose(); // its 8 megabytes are the next one's
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')(); // otherwise a copy from before may go while one is made
    const before = process.memoryUsage().arrayBuffers;
    doubled().dispose();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MEGABYTE);
    x.dispose();
  });

  test('fails with the reason of ONNX Runtime', () => {
    const rows = tf.zeros([8, MEGABYTE]);
    const picked = tf.gather(rows, tf.cast(tf.tensor1d([7.5, 9]), 'int32'));
    expect(() => picked.dataSync()).toThrow(/GatherV2.*\[8,1048576\]/s);
    tf.dispose([rows, picked]);
  });

  test('is replayed', () => {
    const x = tf.ones([2, MEGABYTE]);
    const step = compile((scale: tf.Scalar) => tf.tidy(() => [tf.mul(x, scale), tf.sum(tf.mul(x, scale))]));
    for (const scale of [2, 3, 4]) {
      const factor = tf.scalar(scale);
      const [product, sum] = step(factor) as [tf.Tensor, tf.Tensor];
      expect(sum.dataSync()[0]).toBe(2 * MEGABYTE * scale);
      expect(product.dataSync().at(-1)).toBe(scale);
      tf.dispose([product, sum, factor]);
    }
    step.dispose();
    x.dispose();
  });
});

describe('a run that does not stop as it should', () => {
  test('is done again without the stop, and from then on done so at once', () => {
    const asked: string[][] = [];
    const run = untilStop((_, fetches: Fetches) => {
      asked.push(Object.keys(fetches));
      if ('stop' in fetches) throw new Error('Type 16 is unknown.'); // as another version may put it
      return {};
    });
    expect([run({}, { y: null }), run({}, { y: null })]).toEqual([{}, {}]);
    expect(asked).toEqual([['y', 'stop'], ['y'], ['y']]);
  });

  test('fails with the reason', () => {
    const run = untilStop(() => {
      throw new Error('an index is out of range');
    });
    expect(() => run({}, {})).toThrow('an index is out of range');
    expect(() => run({}, {})).toThrow('an index is out of range');
  });
});
