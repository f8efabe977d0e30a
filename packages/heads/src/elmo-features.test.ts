// ELMo as it is meant to be used: frozen, its layers mixed, under any head.
import { type ModelInput, type Objective, type Parameter, RandomStream } from '@tenon/core';
import { MixedLayers } from '@tenon/layers';
import { elmo, elmoSmall } from '@tenon/models';
import { adamW, createOptimizer, valueAndGradients } from '@tenon/optim';
import { selectBackend, testBackends } from '@tenon/testing';
import {
  profile,
  type Scalar,
  scalar,
  type Tensor,
  type Tensor2D,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { int32 } from './__fixtures__/tiny-models.ts';
import { QuestionAnswering } from './question-answering.ts';
import { SequenceClassification } from './sequence-classification.ts';
import { TokenClassification } from './token-classification.ts';

const LAYERS = 2;
const mixedElmo = (frozen: boolean): MixedLayers => {
  const characters = { maxCharacters: 5, characterEmbeddingSize: 3, filters: [[2, 6]] as const };
  const sizes = { layers: LAYERS, cellSize: 8, projectionSize: 6 };
  const backbone = elmo(
    { ...elmoSmall, ...characters, ...sizes, dropout: 0 },
    { random: new RandomStream(2) },
  );
  return new MixedLayers(backbone, { layers: LAYERS + 1, frozen });
};

/** Three texts of some words of one letter. */
const input = (words: number): ModelInput => {
  const rows = [0, 1, 2].map((b) => Array.from({ length: words }, (_, t) => 98 + ((3 * b + 5 * t) % 7)));
  return {
    characterIds: tensor3d(
      rows.map((row) => row.map((letter) => [259, letter, 260, 261, 261])),
      undefined,
      'int32',
    ),
    attentionMask: int32<Tensor2D>(rows.map((row) => row.map(() => 1))),
  };
};
const each = (words: number, label: (b: number, t: number) => number): Tensor =>
  int32([0, 1, 2].map((b) => Array.from({ length: words }, (_, t) => label(b, t))));

type Head = Objective<ModelInput>;
// Each takes its own labels, which stand beside it.
const heads: readonly (readonly [
  string,
  (body: MixedLayers) => Head,
  (words: number) => Record<string, Tensor>,
])[] = [
  [
    'TokenClassification',
    (body) => new TokenClassification(body, { labels: 3, dropout: 0 }) as Head,
    (words) => ({ labels: each(words, (b, t) => ((3 * b + 5 * t) % 7) % 3) }),
  ],
  [
    'SequenceClassification',
    (body) => new SequenceClassification(body, { labels: 3, dropout: 0 }) as Head,
    () => ({ labels: int32([2, 0, 1]) }),
  ],
  [
    'QuestionAnswering',
    (body) => new QuestionAnswering(body) as Head,
    () => ({ startPositions: int32([1, 0, 2]), endPositions: int32([1, 1, 2]) }),
  ],
];

const trainable = (model: Head): Map<string, Parameter> =>
  new Map([...model.parameters()].filter(([, one]) => one.trainable));

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test.each(heads)('%s learns the mix and the head alone', (_, make, labels) => {
    using model = make(mixedElmo(true));
    const parameters = trainable(model);
    const names = [...parameters.keys()];
    expect(names.slice(0, 2)).toEqual(['backbone.mix.weights', 'backbone.mix.gamma']);
    expect(names.length).toBe(4);
    using optimizer = createOptimizer(adamW({ learningRate: 0.1, weightDecay: 0 }), parameters);
    const before = new Map([...model.parameters()].map(([name, one]) => [name, [...one.dataSync()]]));
    const losses = Array.from({ length: 8 }, () =>
      tidy(() => {
        const batch = { ...input(4), ...labels(4) };
        const { value, gradients } = valueAndGradients(
          () => model.loss(batch, { training: false }).loss,
          parameters,
        );
        optimizer.update(gradients);
        return value.dataSync()[0]!;
      }),
    );
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    const changed = [...model.parameters()].filter(
      ([name, one]) => String([...one.dataSync()]) !== String(before.get(name)),
    );
    expect(changed.map(([name]) => name)).toEqual(names);
  });
});

describe('gradients', () => {
  beforeAll(() => selectBackend('cpu'));

  /** How many kernels run, without the clones that TensorFlow.js keeps while it watches a forward pass. */
  async function kernels(run: () => void): Promise<number> {
    const { kernels: all } = await profile(() => {
      tidy(run);
      return scalar(0);
    });
    return all.filter(({ name }) => name !== 'Identity').length;
  }

  test.each(heads)(
    'go back from %s through no step of the LSTMs where they are frozen',
    async (_, make, labels) => {
      const backwardKernels = async (model: Head, words: number): Promise<number> => {
        const loss = (): Scalar =>
          model.loss({ ...input(words), ...labels(words) }, { training: false }).loss;
        const forward = await kernels(() => void loss());
        return (await kernels(() => void valueAndGradients(loss, trainable(model)))) - forward;
      };
      using frozen = make(mixedElmo(true));
      expect(await backwardKernels(frozen, 5)).toBe(await backwardKernels(frozen, 3));
      using trained = make(mixedElmo(false));
      expect((await backwardKernels(trained, 5)) - (await backwardKernels(trained, 3))).toBeGreaterThan(100);
    },
  );
});
