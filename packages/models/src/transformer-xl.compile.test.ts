// Transformer-XL on the ONNX backend: few graphs, and training steps that are recorded once, the memory among what they change.
import { type Parameter, RandomStream } from '@tenon/core';
import type { SegmentMemory } from '@tenon/layers';
import { expectClose } from '@tenon/testing';
import { compile, onnxBackend } from '@tenon/tfjs-backend-onnx';
import {
  mul,
  type Rank,
  reshape,
  type Scalar,
  setBackend,
  sub,
  sum,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { type TransformerXL, transformerXL, transformerXLEnwik8 } from './transformer-xl.ts';

beforeAll(() => setBackend('onnx'));

const make = (): TransformerXL =>
  transformerXL(
    {
      ...transformerXLEnwik8,
      vocabularySize: 19,
      cutoffs: [5, 11],
      tieProjections: [false, false, false],
      hiddenSize: 12,
      embeddingSize: 12,
      layers: 2,
      heads: 3,
      headSize: 4,
      feedForwardSize: 16,
      memoryLength: 7,
      initializerRange: 0.3,
    },
    { random: new RandomStream(1) },
  );

/** int32 [2, 4] and the tokens that follow. */
function segment(number: number): [inputIds: Tensor2D, targets: Tensor2D] {
  const rows = (shift: number): Tensor2D =>
    tensor2d(
      Int32Array.from({ length: 8 }, (_, i) => (7 * (number + i + shift)) % 19),
      [2, 4],
      'int32',
    );
  return [rows(0), rows(1)];
}

/** Plain gradient descent on a segment's loss; the memory goes on. */
function step(model: TransformerXL, state: SegmentMemory, inputIds: Tensor2D, targets: Tensor2D): Scalar {
  return tidy(() => {
    const loss = (): Scalar => {
      const { lastHidden } = model.encode({ inputIds }, { state });
      const rows = reshape<Rank.R2>(lastHidden, [8, 12]);
      return sum(model.scorer.negativeLogLikelihood(rows, reshape<Rank.R1>(targets, [8])));
    };
    const parameters: Parameter[] = [...model.parameters().values()];
    const { value, grads } = variableGrads(loss, parameters);
    for (const parameter of parameters) parameter.assign(sub(parameter, mul(grads[parameter.name]!, 0.01)));
    return value;
  });
}

test('segments of a length are one graph each from the first on, training and evaluation', () => {
  using model = make();
  using state = model.initialState(2);
  const builds = (run: () => unknown): number => {
    const { sessionBuilds } = onnxBackend().statistics;
    run();
    return onnxBackend().statistics.sessionBuilds - sessionBuilds;
  };
  const train = (number: number) => tidy(() => step(model, state, ...segment(number)).dataSync());
  const evaluate = (number: number) =>
    tidy(() => model.encode({ inputIds: segment(number)[0] }, { state }).lastHidden.dataSync());
  // The first step makes what the second finds, parameters that were computed instead of given among it.
  const first = builds(() => [train(0), train(1), evaluate(2), evaluate(3)]);
  expect(first).toBeLessThanOrEqual(4);
  expect(builds(() => [4, 5, 6].map((number) => [train(number), evaluate(number)]))).toBe(0);
});

test('a compiled step trains as one that is not, and its memory counts', () => {
  using model = make();
  using state = model.initialState(2);
  using other = make();
  using otherState = other.initialState(2);
  const compiled = compile((inputIds: Tensor2D, targets: Tensor2D) =>
    step(other, otherState, inputIds, targets),
  );
  for (let number = 0; number < 6; number++) {
    tidy(() => {
      const given = segment(number);
      const [expected, actual] = [step(model, state, ...given), compiled(...given)];
      expectClose(`loss of segment ${number}`, actual.dataSync(), expected.dataSync());
    });
    expect(otherState.length).toBe(4 * (number + 1));
  }
  expectClose('the memory', otherState.read(1).dataSync(), state.read(1).dataSync());
  compiled.dispose();
});

test('a memory that is loaded or emptied between the replays of a compiled step is what they go on from', () => {
  using model = make();
  using state = model.initialState(2);
  const forward = (inputIds: Tensor2D): Tensor3D => model.encode({ inputIds }, { state }).lastHidden;
  const compiled = compile(forward);
  const run = (number: number): number[] => tidy(() => [...compiled(segment(number)[0]).dataSync()]);
  const first = run(0);
  for (const number of [1, 2, 3]) run(number);
  const saved = state.stateDict();
  const expected = run(4);
  run(5);
  state.loadStateDict(saved);
  expect(state.length).toBe(16);
  expect(run(4)).toEqual(expected);
  expect(state.length).toBe(20);
  state.reset();
  expect(run(0)).toEqual(first);
  expect(state.length).toBe(4);
  compiled.dispose();
});
