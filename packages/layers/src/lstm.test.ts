import { join } from 'node:path';
import { RandomStream, storedTensor } from '@tenon/core';
import {
  expectClose,
  goldenCase,
  moduleContract,
  namedGradients,
  selectBackend,
  sharedFolder,
  testBackends,
} from '@tenon/testing';
import {
  grad,
  mul,
  type Rank,
  reshape,
  reverse,
  type Scalar,
  slice,
  square,
  sum,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tensor3d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { LSTM, type LSTMOptions } from './lstm.ts';

const make = (options: Partial<LSTMOptions> = {}) =>
  new LSTM(3, 4, { random: new RandomStream(1), projectionSize: 2, ...options });
const x = (time = 5, batch = 2, seed = 2): Tensor3D =>
  tensor3d(new RandomStream(seed).next().normal(time * batch * 3), [time, batch, 3]);
const mask = (rows: number[][]): Tensor2D => transpose(tensor2d(rows, undefined, 'int32'));

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each<[string, Partial<LSTMOptions>]>([
    ['with a projection and clipping', { cellClip: 0.7, projectionClip: 0.3 }],
    ['plain', { projectionSize: undefined as never }],
  ])('contract, %s', (_, options) => {
    const contract = moduleContract({
      make: () => make(options),
      forward: (lstm) => lstm.forward(x()).outputs,
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('follows its equations', () => {
    using lstm = new LSTM(1, 1, { random: new RandomStream(3) });
    const [wi, wf, wg, wo] = lstm.input_linearity.weight.dataSync() as unknown as number[];
    const [ui, uf, ug, uo] = lstm.state_linearity.weight.dataSync() as unknown as number[];
    const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
    let [h, c] = [0, 0];
    const expected = [0.5, -2, 1].map((value) => {
      c =
        sigmoid(wf! * value + uf! * h + 1) * c +
        sigmoid(wi! * value + ui! * h) * Math.tanh(wg! * value + ug! * h);
      h = sigmoid(wo! * value + uo! * h) * Math.tanh(c);
      return h;
    });
    const got = tidy(() => lstm.forward(tensor3d([0.5, -2, 1], [3, 1, 1])).outputs.dataSync());
    expectClose('outputs', got, expected);
  });

  test('backward is forward on what is turned round', () => {
    using lstm = make();
    tidy(() => {
      const turned = reverse(lstm.forward(reverse(x(), 0)).outputs, 0);
      expectClose('outputs', lstm.forward(x(), { backward: true }).outputs.dataSync(), turned.dataSync());
    });
  });

  test.each([false, true])('goes on where it stood, backward: %s', (backward) => {
    using lstm = make();
    tidy(() => {
      const whole = lstm.forward(x(), { backward });
      const parts = [slice(x(), [0, 0, 0], [3, 2, 3]), slice(x(), [3, 0, 0], [2, 2, 3])];
      if (backward) parts.reverse();
      const first = lstm.forward(parts[0]!, { backward });
      const second = lstm.forward(parts[1]!, { backward, initial: first.final });
      expectClose('final output', second.final.output.dataSync(), whole.final.output.dataSync());
      expectClose('final cells', second.final.cells.dataSync(), whole.final.cells.dataSync());
    });
  });

  test.each([false, true])(
    'padding gives 0 and changes nothing, wherever it is, backward: %s',
    (backward) => {
      using lstm = make({ cellClip: 0.2 });
      tidy(() => {
        const text = x(3, 1);
        const initial = { output: tensor2d([[0.4, -0.5]]), cells: tensor2d([[0.9, -0.1, 0, 0.3]]) };
        const alone = lstm.forward(text, { backward, initial });
        const rows = reshape<Rank.R3>(text, [3, 1, 3]);
        const junk = x(2, 1, 9);
        const pieces: [Tensor3D, number[]][] = [
          [tensor3d([...rows.dataSync(), ...junk.dataSync()], [5, 1, 3]), [1, 1, 1, 0, 0]],
          [tensor3d([...junk.dataSync(), ...rows.dataSync()], [5, 1, 3]), [0, 0, 1, 1, 1]],
        ];
        for (const [padded, present] of pieces) {
          const got = lstm.forward(padded, { backward, initial, mask: mask([present]) });
          const expected = new Float32Array(10);
          expected.set(alone.outputs.dataSync(), present.indexOf(1) * 2);
          expectClose('outputs', got.outputs.dataSync(), expected);
          expectClose('final output', got.final.output.dataSync(), alone.final.output.dataSync());
          expectClose('final cells', got.final.cells.dataSync(), alone.final.cells.dataSync());
        }
        const nothing = lstm.forward(junk, { backward, initial, mask: mask([[0, 0]]) });
        expect(nothing.final.output.dataSync()).toEqual(initial.output.dataSync());
        expect(nothing.final.cells.dataSync()).toEqual(initial.cells.dataSync());
      });
    },
  );

  test('drops the same outputs at every step, and only in training', () => {
    using lstm = make({ projectionSize: 30, recurrentDropout: 0.5 });
    tidy(() => {
      const { outputs } = lstm.forward(x(4, 1), { training: true, random: new RandomStream(5) });
      const steps = (outputs.arraySync() as number[][][]).map(([row]) => row!.map((value) => value === 0));
      expect(steps.slice(1)).toEqual([steps[0], steps[0], steps[0]]);
      expect(steps[0]!.filter(Boolean).length).toBeGreaterThan(5);
      expect(steps[0]!.filter(Boolean).length).toBeLessThan(25);
      expect(
        lstm
          .forward(x(4, 1))
          .outputs.dataSync()
          .every((value) => value !== 0),
      ).toBe(true);
      expect(() => lstm.forward(x(4, 1), { training: true })).toThrow('expected a random stream');
    });
  });

  test('refuses what does not fit', () => {
    using lstm = make();
    tidy(() => {
      expect(() => lstm.forward(tensor3d([1, 2], [1, 1, 2]))).toThrow(
        'LSTM input: expected [T, B, 3], got [1, 1, 2]. Pass time first: [T, B, I].',
      );
      expect(() => lstm.forward(x(), { mask: tensor2d([[1]], undefined, 'int32') })).toThrow(
        'LSTM mask: expected [5, 2], got [1, 1]. Pass 1 or 0 for each step: [T, B].',
      );
      expect(() => make({ cellClip: 0 })).toThrow(
        'LSTM cellClip: expected a number above 0, got 0. Leave it out for no limit.',
      );
    });
  });

  const shared = sharedFolder();
  test.skipIf(shared === undefined).each(['forward', 'backward'])(
    "equals AllenNLP's LstmCellWithProjection, %s (needs the shared goldens)",
    (direction) => {
      const golden = goldenCase(join(shared!, `goldens/elmo/lstm_cell_${direction}`));
      const numbers = golden.tensors('golden.safetensors');
      const read = (name: string) => numbers.get(name)!.values as Float32Array;
      using lstm = new LSTM(7, 9, {
        random: new RandomStream(0),
        projectionSize: 5,
        cellClip: 0.6,
        projectionClip: 0.35,
      });
      const weights = [...golden.tensors('weights.safetensors')].map(
        ([name, { values, shape }]) => [name, storedTensor(values as Float32Array, shape)] as const,
      );
      lstm.loadStateDict(new Map(weights));
      const present = mask(
        [6, 5, 3, 3].map((length) => Array.from({ length: 6 }, (_, t) => (t < length ? 1 : 0))),
      );
      const initial = { output: tensor2d(read('h0'), [4, 5]), cells: tensor2d(read('c0'), [4, 9]) };
      const input = tensor3d(read('inputs'), [4, 6, 7]);
      const run = (batchFirst: Tensor3D) =>
        lstm.forward(transpose(batchFirst, [1, 0, 2]), {
          initial,
          mask: present,
          backward: direction === 'backward',
        });
      const loss = (batchFirst: Tensor3D): Scalar => {
        const steps = tensor3d([1, 2, 3, 4, 5, 6], [6, 1, 1]);
        return sum(mul(square(run(batchFirst).outputs), steps));
      };
      tidy(() => {
        const { outputs, final } = run(input);
        expectClose('outputs', transpose(outputs, [1, 0, 2]).dataSync(), read('outputs'));
        expectClose('h_final', final.output.dataSync(), read('h_final'));
        expectClose('c_final', final.cells.dataSync(), read('c_final'));
        expectClose('grad_inputs', grad((v) => loss(v as Tensor3D))(input).dataSync(), read('grad_inputs'));
        for (const [name, gradient] of namedGradients(lstm, () => loss(input)))
          expectClose(name, gradient.dataSync(), read(`grad.${name}`));
      });
      for (const tensor of [present, initial.output, initial.cells, input]) tensor.dispose();
    },
  );
});
