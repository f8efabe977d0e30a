import '../index.ts';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compile, onnxBackend } from '../index.ts';

beforeEach(async () => {
  await tf.setBackend('onnx');
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

const numbers = (x: tf.Tensor): number[] => [...x.dataSync()];
const vector = (...values: number[]): tf.Tensor1D => tf.tensor1d(values);

describe('a compiled function', () => {
  test('computes what it computes uncompiled, and runs its JavaScript only while it is recorded', () => {
    let calls = 0;
    const f = compile((x: tf.Tensor, y: tf.Tensor) => {
      calls++;
      return tf.add(tf.square(x), tf.mul(y, 3));
    });
    for (let i = 0; i < 20; i++)
      expect(numbers(f(vector(i, 2), vector(1, i)))).toEqual([i * i + 3, 4 + 3 * i]);
    expect(calls).toBe(5); // in its calls 1, 2, 4, 8 and 16
    f.dispose();
  });

  test('takes and gives tensors in arrays and objects', () => {
    const f = compile(({ pair, none }: { pair: tf.Tensor[]; none: null }) => ({
      sum: tf.add(pair[0]!, pair[1]!),
      list: [pair[1]!, none, tf.scalar(7)],
    }));
    for (let i = 0; i < 5; i++) {
      const { sum, list } = f({ pair: [vector(1, i), vector(2, 3)], none: null });
      expect(numbers(sum)).toEqual([3, i + 3]);
      expect([numbers(list[0]!), list[1], numbers(list[2]!)]).toEqual([[2, 3], null, [7]]);
    }
    f.dispose();
  });

  test('is recorded again for other shapes, of which it keeps a bounded number', () => {
    let calls = 0;
    const f = compile(
      (x: tf.Tensor) => {
        calls++;
        return tf.sum(x);
      },
      { cachedShapes: 2 },
    );
    for (const size of [3, 4, 3, 4, 5, 3]) expect(numbers(f(tf.ones([size])))).toEqual([size]);
    expect(calls).toBe(6); // 3 and 4 twice each, for their second calls are checked; 5; and 3 again, which had made room
    f.dispose();
  });

  test('sees variables with the values they have at the call, and assigns to them', () => {
    const w = tf.variable(vector(1, 2));
    const step = compile((x: tf.Tensor) => {
      const before = tf.mul(w, x);
      w.assign(tf.add(w, 1));
      return [before, tf.mul(w, x)];
    });
    const two = tf.scalar(2);
    expect(step(two).map(numbers)).toEqual([
      [2, 4],
      [4, 6],
    ]);
    expect(step(two).map(numbers)).toEqual([
      [4, 6],
      [6, 8],
    ]);
    w.assign(vector(10, 20));
    expect(step(two).map(numbers)).toEqual([
      [20, 40],
      [22, 42],
    ]);
    expect(step(two).map(numbers)).toEqual([
      [22, 42],
      [24, 44],
    ]);
    expect(numbers(w)).toEqual([12, 22]);
    step.dispose();
  });

  test('swaps variables, assigns arguments and constants, and leaves what others hold alone', () => {
    const [a, b] = [tf.variable(vector(1)), tf.variable(vector(2))];
    const c = tf.variable(vector(0));
    const swap = compile((x: tf.Tensor) => {
      const old = tf.clone(a);
      a.assign(b as tf.Tensor1D);
      b.assign(old);
      c.assign(x as tf.Tensor1D);
    });
    for (let i = 1; i <= 6; i++) {
      const kept = tf.clone(a);
      swap(vector(i));
      expect([a, b, c].map(numbers)).toEqual(i % 2 ? [[2], [1], [i]] : [[1], [2], [i]]);
      expect(numbers(kept)).toEqual(i % 2 ? [1] : [2]);
    }
    swap.dispose();
  });

  test('tells variables apart that look at one memory while it is recorded', () => {
    const [a, b] = [tf.variable(vector(0)), tf.variable(vector(0))];
    tf.tidy(() => {
      const one = compile((x: tf.Tensor) => {
        a.assign(x as tf.Tensor1D);
        b.assign(x as tf.Tensor1D);
      });
      one(vector(1));
      one.dispose();
    });
    const f = compile(() => [tf.mul(a, 2), tf.mul(b, 3)]);
    expect(f().map(numbers)).toEqual([[2], [3]]);
    a.assign(vector(5));
    expect(f().map(numbers)).toEqual([[10], [3]]);
    b.assign(vector(7));
    expect(f().map(numbers)).toEqual([[10], [21]]);
    f.dispose();
  });

  test('tells a variable apart from the captured tensor that it was made of, or assigned', () => {
    const x = vector(1);
    const made = tf.variable(x);
    const f = compile(() => [tf.add(x, 0.5), tf.mul(made, 3)]);
    const g = compile(() => tf.mul(x, 2)); // reads the tensor alone
    for (let i = 0; i < 9; i++) {
      if (i === 5) made.assign(vector(10));
      expect(f().map(numbers)).toEqual([[1.5], [i < 5 ? 3 : 30]]);
      expect(numbers(g())).toEqual([2]);
    }
    const assigned = tf.variable(vector(7));
    const h = compile(() => [tf.add(assigned, 0.5), tf.mul(x, 3)]);
    expect(h().map(numbers)).toEqual([[7.5], [3]]);
    assigned.assign(x);
    for (let i = 0; i < 9; i++) {
      if (i === 5) assigned.assign(vector(10));
      expect(h().map(numbers)).toEqual([[i < 5 ? 1.5 : 10.5], [3]]);
    }
    for (const compiled of [f, g, h]) compiled.dispose();
  });

  test('sees a variable through views of it: a transposition that moves nothing, a part that is all of it', () => {
    const weights = tf.variable(tf.tensor3d([1, 2, 3, 4, 5, 6], [2, 3, 1]));
    const views = (): tf.Tensor[] => [
      tf.transpose(weights, [0, 2, 1]),
      tf.slice(weights, [0, 0, 0], [2, 3, 1]),
      tf.sum(weights, 2),
      tf.clone(weights),
    ];
    const f = compile((x: tf.Tensor) => tf.addN(views().map((view) => tf.mul(tf.reshape(view, [6]), x))));
    for (let i = 1; i < 6; i++) {
      expect(numbers(f(tf.fill([6], i)))).toEqual([...weights.dataSync()].map((value) => 4 * i * value));
      weights.assign(tf.add(weights, i));
    }
    f.dispose();
  });

  test('makes a variable of a captured tensor in its first call', () => {
    const x = vector(1);
    let w: tf.Variable | undefined;
    const f = compile(() => {
      w ??= tf.variable(x);
      const y = tf.add(tf.mul(x, 10), w as tf.Tensor);
      w.assign(tf.add(w as tf.Tensor1D, 1));
      return y;
    });
    for (let i = 0; i < 9; i++) expect(numbers(f())).toEqual([11 + i]);
    expect(numbers(x)).toEqual([1]);
    f.dispose();
  });

  test("trains with tfjs' own optimisers as the function does uncompiled", () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const y = tf.tensor2d([[1], [0], [1]]);
    const train = (make: () => tf.Optimizer, compiled: boolean): number[] => {
      const w = tf.variable(tf.tensor2d([[0.1], [-0.2]]));
      const optimizer = make();
      const fn = (x: tf.Tensor2D, y: tf.Tensor2D): tf.Scalar =>
        optimizer.minimize(
          () => tf.mean(tf.squaredDifference(tf.sigmoid(tf.matMul(x, w as tf.Tensor2D)), y)) as tf.Scalar,
          true,
          [w],
        )!;
      const step = compiled ? compile(fn) : Object.assign(fn, { dispose: () => {} });
      const losses = Array.from({ length: 9 }, () => step(x, y).dataSync()[0]!);
      step.dispose();
      return [...losses, ...numbers(w)];
    };
    for (const make of [
      () => tf.train.sgd(0.5),
      () => tf.train.adam(0.05),
      () => tf.train.momentum(0.1, 0.9),
    ]) {
      const [plain, compiled] = [train(make, false), train(make, true)];
      compiled.forEach((value, i) => {
        expect(value).toBeCloseTo(plain[i]!, 5);
      });
    }
  });

  test('leaves the number of tensors flat', () => {
    const w = tf.variable(tf.ones([4, 4]));
    const step = compile((x: tf.Tensor2D) => {
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.matMul(x, w as tf.Tensor2D)) as tf.Scalar,
        [w],
      );
      w.assign(tf.sub(w, tf.mul(grads[w.name]!, 0.01)));
      return value;
    });
    const x = tf.ones<tf.Rank.R2>([2, 4]);
    step(x).dispose();
    const before = tf.memory();
    const ids = onnxBackend().numDataIds();
    for (let i = 0; i < 17; i++) step(x).dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(onnxBackend().numDataIds()).toBe(ids);
    for (let i = 0; i < 12; i++) step(x).dispose();
    const idle = onnxBackend().statistics.idleBytes;
    for (let i = 0; i < 20; i++) step(x).dispose();
    expect(onnxBackend().statistics.idleBytes).toBe(idle);
    step.dispose();
  });

  test('assigns to nothing where it fails, and updates nothing in place that comes after what looks at the loss', () => {
    const [table, w] = [tf.ones([4, 2]), tf.variable(vector(1, 1))];
    const [parameter, first, second] = [vector(1, 1), vector(0, 0), vector(0, 0)].map((x) => tf.variable(x));
    const step = compile((ids: tf.Tensor) => {
      const loss = tf.sum(tf.mul(tf.gather(table, ids as tf.Tensor1D), w));
      tf.engine().runKernel('TenonLookAt', { x: loss }, {
        look: ([number]: Float32Array) => {
          if (number! > 5) throw new Error(`the loss is ${number}`);
        },
      } as unknown as tf.NamedAttrMap); // functions among attributes are this engine's own
      w.assign(tf.mul(w, 2));
      const gradient = tf.mul(vector(1, 1), loss);
      const inputs = { parameter, firstMoment: first, secondMoment: second, gradient, scale: tf.scalar(1) };
      const attrs = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
      const corrections = { biasCorrection1: 0.1, biasCorrection2: 0.001 };
      const updated = tf
        .engine()
        .runKernel('TenonAdamWUpdate', inputs as never, { ...attrs, ...corrections }) as tf.Tensor[];
      [parameter, first, second].forEach((variable, i) => {
        variable!.assign(updated[i] as tf.Tensor1D);
      });
      return loss;
    });
    const ids = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
    const state = (): number[] => [w, parameter!, first!].flatMap(numbers);
    for (let i = 0; i < 2; i++) step(ids(0));
    const before = state();
    expect(() => step(ids(9))).toThrow(/GatherV2/);
    expect(state()).toEqual(before);
    expect(() => step(ids(0))).toThrow('the loss is 8');
    expect(state()).toEqual(before);
    step.dispose();
  });

  test('is a part of another one that calls it', () => {
    const inner = compile((x: tf.Tensor) => tf.add(x, 1));
    const outer = compile((x: tf.Tensor) => tf.mul(inner(x), 2));
    for (let i = 0; i < 4; i++) expect(numbers(outer(vector(i)))).toEqual([2 * i + 2]);
    outer.dispose();
    inner.dispose();
  });

  test('is called as it is on another backend', async () => {
    await tf.setBackend('cpu');
    const f = compile((x: tf.Tensor) => tf.scalar(tf.sum(x).dataSync()[0]!));
    expect(numbers(f(vector(1, 2)))).toEqual([3]);
    expect(numbers(f(vector(2, 2)))).toEqual([4]);
  });
});

describe('a compiled function says', () => {
  const calls = (f: () => unknown, count: number): void => {
    for (let i = 0; i < count; i++) f();
  };

  test('that a number written by JavaScript changed, with the kernel, the shape and both values', () => {
    let rate = 0.5;
    const f = compile((x: tf.Tensor) => tf.mul(x, tf.tensor1d([1, rate])));
    f(vector(1, 2));
    rate = 0.25;
    expect(() => f(vector(1, 2))).toThrow(
      'expected the function to record the same in every call, got in its call 2: the number 0.25 instead of 0.5 at place 1 ' +
        'of a float32 [2] tensor, written by JavaScript and read by the tfjs kernel Multiply. ' +
        'A replay would not see that: pass what changes as an argument, in a tensor.',
    );
    // Recorded anew, it is right again.
    expect(numbers(f(vector(1, 2)))).toEqual([1, 0.5]);
    f.dispose();
  });

  test('that it records something else, looking in the calls 2, 4, 8', () => {
    let power = 1;
    const f = compile((x: tf.Tensor) => {
      let y = x;
      for (let i = 0; i < power; i++) y = tf.mul(y, x);
      return y;
    });
    calls(() => f(vector(3)), 5);
    power = 2;
    calls(() => f(vector(3)), 2);
    expect(() => f(vector(3))).toThrow(
      'got in its call 8: Mul() -> float32 [1] by the tfjs kernel Multiply, which it did not record before',
    );
    let axis = 0;
    const g = compile((x: tf.Tensor) => tf.sum(x, axis++ % 2));
    g(tf.ones([2, 2]));
    expect(() => g(tf.ones([2, 2]))).toThrow(
      /got in its call 2: ReduceSum\(int64\[1\]1.* in the place of ReduceSum/,
    );
    f.dispose();
    g.dispose();
  });

  test('that a captured tensor was disposed of, or is another one', () => {
    let x = vector(1, 2);
    const f = compile(() => tf.mul(x, 2));
    expect(numbers(f())).toEqual([2, 4]);
    const old = x;
    x = vector(3, 4);
    expect(() => f()).toThrow(
      'got in its call 2: another captured float32 [2] tensor of Mul() -> float32 [2] by the tfjs kernel Multiply',
    );
    calls(f, 2);
    x.dispose();
    expect(() => f()).toThrow('expected the captured float32 [2] tensor');
    expect(numbers(old)).toEqual([1, 2]);
    f.dispose();
  });

  test('that it reads numbers, or needs a kernel that does', () => {
    const read = compile((x: tf.Tensor) => tf.scalar(tf.sum(x).dataSync()[0]!));
    expect(() => read(vector(1))).toThrow(
      'expected the function to read no numbers, got a read of a float32 [] tensor made by the tfjs kernel Sum',
    );
    const sort = compile((x: tf.Tensor1D) => tf.unique(x).values);
    expect(() => sort(vector(2, 1))).toThrow(
      /got the tfjs kernel Unique, which runs on the host and reads a float32/,
    );
    // Kernels without an ONNX form are welcome where all they read was written in the function.
    const table = compile((x: tf.Tensor1D) => tf.add(x, tf.reverse(tf.range(0, 2))));
    for (let i = 0; i < 3; i++) expect(numbers(table(vector(i, 0)))).toEqual([i + 1, 0]);
    table.dispose();
  });

  test('that it keeps a tensor, or disposes of a variable', () => {
    let kept: tf.Tensor | undefined;
    const keeps = compile((x: tf.Tensor) => {
      kept = tf.keep(tf.exp(x));
      return tf.add(kept, 1);
    });
    expect(() => keeps(vector(1))).toThrow(
      'got a kept float32 [1] tensor made by the tfjs kernel Exp. Return it',
    );
    expect(() => kept!.dataSync()).toThrow('got a kept float32 [1] tensor');
    const w = tf.variable(vector(1));
    const disposes = compile(() => w.dispose());
    expect(() => disposes()).toThrow(`got the variable ${w.name} disposed of`);
  });

  test('that arguments and results are not tensors', () => {
    const f = compile((x: tf.Tensor) => x);
    expect(() => f(3 as unknown as tf.Tensor)).toThrow(
      'expected arguments[0] to be a tensor, or tensors in arrays and plain objects, got the number 3. Pass tf.scalar(x)',
    );
    const g = compile((x: tf.Tensor) => new Map([['x', x]]) as unknown as tf.Tensor);
    expect(() => g(vector(1))).toThrow('what the function returns');
    const later = compile((async (x: tf.Tensor) => x) as unknown as (x: tf.Tensor) => tf.Tensor);
    expect(() => later(vector(1))).toThrow('expected a function that returns tensors, got a promise');
  });

  test('what a faulty index is, and leaves variables as they were', () => {
    const table = tf.variable(tf.ones([3, 2]));
    const f = compile((ids: tf.Tensor1D) => {
      const rows = tf.gather(table, ids);
      table.assign(tf.mul(table, 2));
      return rows;
    });
    f(tf.tensor1d([0, 2], 'int32'));
    for (const bad of [3, -1]) {
      expect(() => f(tf.tensor1d([0, bad], 'int32')).dataSync()).toThrow('the tfjs kernel GatherV2');
    }
    expect(numbers(table)).toEqual(Array(6).fill(2));
    f.dispose();
  });
});

describe('TenonAdamWUpdate and TenonDropout in a compiled step', () => {
  test('update in place, with coefficients worked out at every replay', () => {
    const attrs = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
    const run = (compiled: boolean): number[] => {
      const [p, m, v] = [
        [1, 2, 3],
        [0, 0, 0],
        [0, 0, 0],
      ].map((x) => tf.tidy(() => tf.variable(vector(...x) as tf.Tensor)));
      let t = 0;
      const fn = (g: tf.Tensor): void => {
        const inputs = {
          parameter: p!,
          firstMoment: m!,
          secondMoment: v!,
          gradient: tf.mul(g, p!),
          scale: tf.scalar(1),
        };
        const step = () => ({
          ...attrs,
          learningRate: 0.1 / (t + 1),
          biasCorrection1: 1 - 0.9 ** (t + 1),
          biasCorrection2: 1 - 0.999 ** (t + 1),
        });
        const updated = tf
          .engine()
          .runKernel('TenonAdamWUpdate', inputs, { step } as unknown as tf.NamedAttrMap);
        [p, m, v].forEach((variable, i) => {
          variable!.assign((updated as tf.Tensor[])[i]!);
        });
        tf.dispose(updated);
        tf.dispose(
          tf.engine().runKernel('TenonEveryRun', {}, { action: () => t++ } as unknown as tf.NamedAttrMap),
        );
      };
      const step = compiled ? compile(fn) : Object.assign(fn, { dispose: () => {} });
      const memory = onnxBackend().memoryOf(p!);
      for (let i = 0; i < 7; i++) step(vector(0.5, -1, 2));
      expect(onnxBackend().memoryOf(p!)).toBe(memory);
      const clone = tf.clone(p!);
      const before = numbers(clone);
      step(vector(0.5, -1, 2));
      expect(numbers(clone)).toEqual(before);
      expect(t).toBe(8);
      step.dispose();
      return [p!, m!, v!].flatMap(numbers);
    };
    expect(run(true)).toEqual(run(false));
  });

  test('drop other places in every step, the same as uncompiled', () => {
    const drop = (x: tf.Tensor, counter: tf.Tensor): tf.Tensor =>
      tf.engine().runKernel('TenonDropout', { x, counter }, { rate: 0.5, call: 0, order: 0 });
    const f = compile(drop);
    const x = tf.ones([40]);
    const masks = new Set<string>();
    for (let step = 0; step < 6; step++) {
      const counter = tf.tensor1d([1, step], 'int32');
      const mask = numbers(f(x, counter));
      expect(mask).toEqual(numbers(drop(x, counter)));
      masks.add(mask.join());
    }
    expect(masks.size).toBe(6);
    f.dispose();
  });
});

describe('frozen weights', () => {
  const affine = () => {
    const weight = tf.tidy(() =>
      tf.variable(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]) as tf.Tensor,
      ),
    );
    const count = tf.tidy(() => tf.variable(tf.scalar(0) as tf.Tensor));
    const f = compile(
      (x: tf.Tensor2D) => {
        count.assign(tf.add(count, 1));
        return tf.add(tf.matMul(x, weight as tf.Tensor2D), count);
      },
      { freeze: true },
    );
    return { weight, count, f };
  };

  test('are part of the graph; what the function assigns to is not frozen', () => {
    const { f } = affine();
    for (let i = 1; i < 5; i++) expect(numbers(f(tf.tensor2d([[i, 1]])))).toEqual([2 * i + 3, 3 * i + 4]);
    f.dispose();
  });

  test('that change are noticed, assigned or updated in place', () => {
    const { weight, f } = affine();
    const x = tf.tensor2d([[1, 1]]);
    f(x);
    tf.tidy(() => weight.assign(tf.mul(weight, 2)));
    const message = `expected the frozen float32 [2,2] variable ${weight.name} to keep the numbers that were built into the graph`;
    expect(() => f(x)).toThrow(message);
    f.dispose();
    expect(numbers(f(x))).toEqual([10, 14]);
    const moments = [0, 1].map(() => tf.zeros([2, 2]));
    const inputs = {
      parameter: weight,
      firstMoment: moments[0]!,
      secondMoment: moments[1]!,
      gradient: tf.ones([2, 2]),
      scale: tf.scalar(1),
    };
    const attrs = {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      biasCorrection1: 0.1,
      biasCorrection2: 0.001,
    };
    tf.engine().runKernel('TenonAdamWUpdate', inputs, attrs);
    expect(() => f(x)).toThrow(message);
    f.dispose();
  });
});

// A small function is a list of steps; each takes values made before and makes one more, or assigns to a variable.
const step = fc.record({
  kind: fc.constantFrom(
    'add',
    'mul',
    'sub',
    'exp',
    'tanh',
    'sum',
    'softmax',
    'transpose',
    'assign',
    'constant',
    'drop',
    'reshape',
  ),
  a: fc.nat(30),
  b: fc.nat(30),
});

/** Bit for bit, but for the sign of zero: −0 + 0 stays −0 where the 0 is known beforehand, as the sum is left out then. */
const written = (values: readonly tf.Tensor[]): string => JSON.stringify(values.map(numbers));

test('random functions give the same compiled and not, call after call', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(2), (steps, variables) => {
      const make = (): { fn: (x: tf.Tensor, counter: tf.Tensor) => tf.Tensor[]; state: tf.Variable[] } => {
        const state = Array.from({ length: variables }, (_, i) =>
          tf.variable(tf.fill([3, 3], 0.1 * (i + 1))),
        );
        const fn = (x: tf.Tensor, counter: tf.Tensor): tf.Tensor[] => {
          const values: tf.Tensor[] = [x, ...state];
          const pick = (n: number): tf.Tensor => values[n % values.length]!;
          for (const { kind, a, b } of steps) {
            const [p, q] = [pick(a), pick(b)];
            if (kind === 'assign') {
              if (state.length > 0) state[a % state.length]!.assign(tf.tanh(q));
              continue;
            }
            const operations: Record<string, () => tf.Tensor> = {
              add: () => tf.add(p, q),
              mul: () => tf.mul(p, q),
              sub: () => tf.sub(p, q),
              exp: () => tf.exp(tf.tanh(p)),
              tanh: () => tf.tanh(p),
              sum: () => tf.mul(tf.sum(p, a % 2, true), q),
              softmax: () => tf.softmax(p),
              transpose: () => tf.transpose(p),
              constant: () => tf.add(p, tf.fill([3, 3], a / 7)),
              drop: () =>
                tf.engine().runKernel('TenonDropout', { x: p, counter }, { rate: 0.3, call: a, order: 0 }),
              reshape: () => tf.reshape(tf.mul(tf.reshape(p, [9]), 0.5), [3, 3]),
            };
            values.push(tf.tanh(operations[kind]!()));
          }
          return values.slice(-3).map((value) => tf.clone(value));
        };
        return { fn, state };
      };
      const [plain, compiled] = [make(), make()];
      const f = compile(compiled.fn);
      for (let call = 0; call < 5; call++) {
        tf.tidy(() => {
          const x = tf.fill([3, 3], Math.sin(call));
          const counter = tf.tensor1d([7, call], 'int32');
          const [expected, actual] = [plain.fn(x, counter), f(x, counter)];
          expect(written(actual)).toBe(written(expected));
          expect(written(compiled.state)).toBe(written(plain.state));
        });
      }
      f.dispose();
      tf.dispose([...plain.state, ...compiled.state]);
    }),
    { numRuns: 40 },
  );
});
