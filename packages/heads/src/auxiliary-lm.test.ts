// B rows, T time.
import { type Backbone, type ModelInput, type Module, type ObjectiveValue, RandomStream } from '@tenon/core';
import { type GPT, gpt, gptBase } from '@tenon/models';
import { expectClose, headContract, leakFree, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor1D, type Tensor2D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { tinyBert } from './__fixtures__/tiny-models.ts';
import type { AuxiliaryLMBatch, AuxiliaryLMOptions } from './auxiliary-lm.ts';
import { CausalLM } from './causal-lm.ts';
import { MultipleChoice } from './multiple-choice.ts';
import type { ExtractInput } from './pool.ts';
import { SequenceClassification } from './sequence-classification.ts';
import { Similarity } from './similarity.ts';

const sizes = {
  vocabularySize: 17,
  contextLength: 8,
  hiddenSize: 12,
  layers: 2,
  heads: 3,
  initializerRange: 0.3,
};
const body = (): GPT => gpt({ ...gptBase, ...sizes }, { random: new RandomStream(1) });
const evaluation = { training: false };

const int32 = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');
const IDS = [
  [3, 1, 4, 16],
  [3, 16, 0, 0],
  [2, 7, 1, 16],
  [2, 8, 16, 0],
];
const LENGTHS = [4, 2, 4, 3];
const input = (): ExtractInput => ({
  inputIds: int32(IDS),
  attentionMask: int32(LENGTHS.map((length) => [0, 1, 2, 3].map((t) => (t < length ? 1 : 0)))),
});
const nothing = (): Tensor2D => int32(IDS.map((row) => row.map(() => -100)));

/** A head with what its batch has beside the model's input. */
interface HeadCase {
  readonly make: (
    backbone: Backbone,
    options?: AuxiliaryLMOptions,
  ) => Module & {
    loss(batch: ModelInput & AuxiliaryLMBatch, context: typeof evaluation): ObjectiveValue;
  };
  readonly also: (ignored?: boolean) => Readonly<Record<string, Tensor1D | number>>;
}
const classes = (labels: number[]): Tensor1D => tensor1d(labels, 'int32');
// Each takes its own labels, which `also` makes.
const heads: readonly (readonly [string, HeadCase])[] = [
  [
    'SequenceClassification',
    {
      make: (backbone, options) =>
        new SequenceClassification(backbone, { labels: 2, ...options }) as ReturnType<HeadCase['make']>,
      also: (ignored) => ({ labels: classes(ignored ? [-100, -100, -100, -100] : [1, 0, 0, 1]) }),
    },
  ],
  [
    'Similarity',
    {
      make: (backbone, options) =>
        new Similarity(backbone, { labels: 2, ...options }) as ReturnType<HeadCase['make']>,
      also: (ignored) => ({ labels: classes(ignored ? [-100, -100] : [1, 0]) }),
    },
  ],
  [
    'MultipleChoice',
    {
      make: (backbone, options) => new MultipleChoice(backbone, options) as ReturnType<HeadCase['make']>,
      also: (ignored) => ({ choices: 2, labels: classes(ignored ? [-100, -100] : [1, 0]) }),
    },
  ],
];

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each(heads)('%s', (name, { make, also }) => {
    const contract = headContract({
      make: () => make(body(), { lmCoefficient: 0.5 }),
      batch: () => ({ ...input(), ...also() }),
      ignored: () => ({ ...input(), ...also(true), lmLabels: nothing() }),
      ...(name === 'MultipleChoice' && { zeroGradient: /^classifier\.bias$/ }), // added to every choice alike
    });
    for (const { name: check, run } of contract) test(check, run);

    test('adds λ times the mean of each sequence, without what is padding', () => {
      using alone = make(body());
      using model = make(body(), { lmCoefficient: 0.25 });
      tidy(() => {
        const batch = { ...input(), ...also() };
        const task = alone.loss(batch, evaluation);
        expect(Object.keys(task)).toEqual(['loss']);
        const lm = new CausalLM(body());
        const { nll } = lm.negativeLogLikelihood({ ...batch, labels: int32(IDS) });
        const means = nll.arraySync().map((row, b) => {
          const seen = row.slice(0, LENGTHS[b]! - 1);
          return seen.reduce((sum, x) => sum + x) / seen.length;
        });
        const expected = means.reduce((sum, x) => sum + x) / 4;
        const { loss, parts } = model.loss(batch, evaluation);
        expectClose('lm', parts!['lm']!.dataSync(), [expected]);
        expectClose('task', parts!['task']!.dataSync(), task.loss.dataSync());
        expectClose('loss', loss.dataSync(), [task.loss.dataSync()[0]! + 0.25 * expected]);

        const second = IDS.map((row, b) => row.map((id, t) => (b === 1 && t < 2 ? id : -100)));
        const one = model.loss({ ...batch, lmLabels: int32(second) }, evaluation).parts!['lm']!;
        expectClose('of the labels alone', one.dataSync(), [means[1]!]);
        lm.dispose();
      });
    });

    test('encodes once', () => {
      using model = make(body(), { lmCoefficient: 0.5 });
      const { backbone } = model as Module as SequenceClassification;
      let passes = 0;
      const encode = backbone.encode.bind(backbone);
      backbone.encode = (...given) => {
        passes++;
        return encode(...given);
      };
      tidy(() => void model.loss({ ...input(), ...also() }, evaluation));
      expect(passes).toBe(1);
    });

    test('looks at the tokens that it is told', () => {
      using model = make(body());
      tidy(() => {
        const loss = (indices?: number[]): number =>
          model
            .loss({ ...input(), ...also(), ...(indices && { extractIndices: classes(indices) }) }, evaluation)
            .loss.dataSync()[0]!;
        expect(loss([3, 1, 3, 2])).toBe(loss());
        expect(loss([3, 1, 3, 1])).not.toBe(loss());
        expect(() => loss([3, 1, 3, 4])).toThrow(
          'extract indices: expected int32 numbers in [0, 4), got 4 at [3].',
        );
        expect(() => loss([3, 1])).toThrow('extract indices: expected [4], got [2].');
      });
    });

    test('says what it cannot do', () => {
      using backbone = tinyBert(true);
      expect(() => make(backbone, { lmCoefficient: 0.5 })).toThrow(
        `${name}: expected a backbone with a scorer, got Bert without. Take a model that scores a vocabulary, as GPT-2 does.`,
      );
      expect(() => make(backbone, { lmCoefficient: -1 })).toThrow(
        `${name} lmCoefficient: expected a number of at least 0, got -1. Pass 0.5, as GPT has it, or 0 for no language model.`,
      );
    });

    test('leaks nothing', async () => {
      using model = make(body(), { lmCoefficient: 0.5 });
      await leakFree(() =>
        tidy(() => void model.loss({ ...input(), ...also() }, evaluation).loss.dataSync()),
      );
    });
  });

  test('padding before a text predicts nothing', () => {
    using model = new SequenceClassification(body(), { labels: 2, lmCoefficient: 1 });
    tidy(() => {
      const lm = (ids: number[], mask: number[], positions: number[]): number =>
        model
          .loss(
            {
              inputIds: int32([ids]),
              attentionMask: int32([mask]),
              positionIds: int32([positions]),
              labels: classes([1]),
            },
            evaluation,
          )
          .parts!['lm']!.dataSync()[0]!;
      expectClose(
        'before',
        [lm([0, 0, 5, 6, 7], [0, 0, 1, 1, 1], [0, 0, 0, 1, 2])],
        [lm([5, 6, 7], [1, 1, 1], [0, 1, 2])],
      );
    });
  });
});
