import './index.ts';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostOperation } from './graph/host-operation.ts';
import { compile, onnxBackend } from './index.ts';

// Programs of slices, joins, updates in place and replays that read late and dispose of things in between.

const COLUMNS = 3;
const ROWS = 5;

interface Instruction {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
}

const KINDS = [
  'slice',
  'slice variable',
  'concat',
  'sin',
  'host',
  'sum of segments',
  'transpose twice',
  'clone',
  'update',
  'assign',
  'share',
  'compiled',
  'dispose',
  'read',
] as const;

const isOnnx = (): boolean => tf.getBackend() === 'onnx';

/** x + 1, on the onnx backend on the host and in place where that is possible. */
function plusOne(x: tf.Tensor2D): tf.Tensor2D {
  if (!isOnnx()) return tf.add(x, 1);
  const [sum] = hostOperation({
    type: 'PlusOne',
    attributes: {},
    inputs: [onnxBackend().value(x)],
    outputs: [{ shape: x.shape, type: 'float32' }],
    inPlace: [0],
    run(_, [out]) {
      for (let i = 0; i < out!.length; i++) out![i]! += 1;
    },
  });
  return tf.engine().makeTensorFromTensorInfo(onnxBackend().adopt(sum!)) as tf.Tensor2D;
}

const [LEARNING_RATE, BETA1, BETA2, EPSILON, CORRECTION1, CORRECTION2] = [0.1, 0.5, 0.75, 0.01, 0.5, 0.25];

/** A step of AdamW without decay. */
function update([p, m, v]: tf.Variable<tf.Rank.R2>[]): void {
  tf.tidy(() => {
    const gradient = tf.sin(p!);
    const updated = isOnnx()
      ? (tf.engine().runKernel(
          'TenonAdamWUpdate',
          { parameter: p!, firstMoment: m!, secondMoment: v!, gradient, scale: tf.scalar(1) },
          {
            learningRate: LEARNING_RATE,
            beta1: BETA1,
            beta2: BETA2,
            epsilon: EPSILON,
            weightDecay: 0,
            biasCorrection1: CORRECTION1,
            biasCorrection2: CORRECTION2,
          },
        ) as tf.Tensor2D[])
      : plainUpdate(p!, m!, v!, gradient);
    [p, m, v].forEach((variable, i) => {
      variable!.assign(updated[i]!);
    });
  });
}

function plainUpdate(p: tf.Tensor2D, m: tf.Tensor2D, v: tf.Tensor2D, g: tf.Tensor2D): tf.Tensor2D[] {
  const first = tf.add<tf.Tensor2D>(tf.mul(m, BETA1), tf.mul(g, 1 - BETA1));
  const second = tf.add<tf.Tensor2D>(tf.mul(v, BETA2), tf.mul(tf.square(g), 1 - BETA2));
  const root = tf.add(tf.sqrt(tf.div(second, CORRECTION2)), EPSILON);
  return [tf.sub(p, tf.mul(tf.div(tf.div(first, CORRECTION1), root), LEARNING_RATE)), first, second];
}

/** What a program reads while it runs, and what its tensors hold in the end. */
function run(program: readonly Instruction[]): number[] {
  const before = tf.memory().numTensors;
  const seen: number[] = [];
  const read = (x: tf.Tensor): void => {
    seen.push(...x.dataSync());
  };
  const start = tf.tensor2d(
    Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.sin(i)),
    [ROWS, COLUMNS],
  );
  const variables = [start, tf.zerosLike(start), tf.zerosLike(start)].map((x) => {
    const variable = tf.variable(x as tf.Tensor2D);
    x.dispose();
    return variable;
  });
  const parameter = variables[0]!;
  const step = compile((x: tf.Tensor2D) => {
    const late = plusOne(tf.sin(tf.slice(parameter, [1, 0], [2, COLUMNS])));
    const old = tf.clone(parameter);
    update(variables);
    parameter.assign(tf.clipByValue(parameter, -0.9, 0.9));
    return [tf.concat([x, tf.mul(late, 2)]), old, tf.slice(parameter, [2, 0], [1, COLUMNS])] as tf.Tensor2D[];
  });
  let live: tf.Tensor2D[] = [tf.clone(parameter)];
  const rows = (x: tf.Tensor2D, from: number, count: number): tf.Tensor2D => {
    const first = from % x.shape[0];
    return tf.slice(x, [first, 0], [1 + (count % (x.shape[0] - first)), COLUMNS]);
  };
  const act = ({ kind, a, b }: Instruction): tf.Tensor2D[] => {
    const [x, y] = [live[a % live.length]!, live[b % live.length]!];
    switch (kind) {
      case 'slice':
        return [rows(x, a, b)];
      case 'slice variable':
        return [rows(variables[a % 3]!, a, b)];
      case 'concat':
        return [tf.concat([tf.neg(rows(x, a, 1)), rows(parameter, b, 1), tf.sin(rows(y, b, 1))])];
      case 'sin':
        return [tf.sin(x)];
      case 'host':
        return [tf.tanh(plusOne(rows(x, a, b))), plusOne(tf.sin(y))];
      case 'sum of segments': {
        const ids = tf.tensor1d(
          Array.from({ length: x.shape[0] }, (_, row) => row % 2),
          'int32',
        );
        return [tf.add(tf.unsortedSegmentSum(x, ids, 2), rows(y, 0, 0))];
      }
      case 'transpose twice':
        return [tf.transpose(tf.transpose(x))];
      case 'clone':
        return [tf.clone(x), tf.clone(parameter)];
      case 'update':
        update(variables);
        return [];
      case 'assign':
        variables[a % 3]!.assign(tf.cos(variables[a % 3]!));
        return [];
      case 'share':
        variables[1]!.assign(parameter);
        variables[2]!.assign(tf.square(parameter));
        return [];
      case 'compiled':
        return step(rows(x, a, b));
      case 'dispose':
        return [];
      case 'read':
        read(x);
        read(variables[b % 3]!);
        return [];
    }
  };
  for (const instruction of program) {
    live.push(...tf.tidy(() => act(instruction)));
    const drop = instruction.kind === 'dispose' && live.length > 1 ? 1 : Math.max(0, live.length - 8);
    for (const x of live.splice(instruction.a % live.length, drop)) x.dispose();
  }
  for (const x of [...live, ...variables]) read(x);
  tf.dispose([...live, ...variables]);
  live = [];
  step.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return seen;
}

test('random programs see on onnx what they see on cpu', async () => {
  const program = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), a: fc.nat(30), b: fc.nat(30) }), {
    minLength: 8,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(program, async (instructions) => {
      await tf.setBackend('cpu');
      const expected = run(instructions);
      await tf.setBackend('onnx');
      const got = run(instructions);
      expect(got.length).toBe(expected.length);
      const wrong = got.findIndex((number, i) => !(Math.abs(number - expected[i]!) <= 1e-4));
      if (wrong >= 0) expect.fail(`number ${wrong}: expected ${expected[wrong]}, got ${got[wrong]}`);
    }),
    { numRuns: 40, seed: 7 },
  );
});
