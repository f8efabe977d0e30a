import { type Backbone, RandomStream } from '@tenon/core';
import { gpt, gpt2, gpt2Small, gptBase } from '@tenon/models';
import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Value, type ValueBatch } from './value.ts';

const sizes = {
  vocabularySize: 17,
  contextLength: 8,
  hiddenSize: 12,
  layers: 2,
  heads: 3,
  initializerRange: 0.3,
};
const random = () => ({ random: new RandomStream(1) });
const make = (): Value => new Value(gpt2({ ...gpt2Small, ...sizes }, random()));

const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');
const rows = [
  [3, 1, 4, 1],
  [5, 9, 2, 0],
];
const batch = (): ValueBatch => ({
  inputIds: ids(rows),
  attentionMask: ids(rows.map((row) => row.map((id) => Math.min(1, id)))),
  targets: tensor2d([
    [0.1, 0.2, 0.3, 0.4],
    [-1, 0, 1, 99],
  ]),
});

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each<[string, () => Backbone]>([
    ['GPT', () => gpt({ ...gptBase, ...sizes }, random())],
    ['GPT-2', () => gpt2({ ...gpt2Small, ...sizes }, random())],
  ])('contract on %s', (_, backbone) => {
    const ignored = (): ValueBatch => ({ ...batch(), attentionMask: ids([0, 1].map(() => [0, 0, 0, 0])) });
    const checks = headContract({ make: () => new Value(backbone()), batch, ignored });
    for (const { name, run } of checks) test(name, run);
  });

  test('is the squared error over the tokens, padding left out', () => {
    using model = make();
    tidy(() => {
      const values = model.values(batch()).arraySync();
      const targets = batch().targets.arraySync();
      const errors = [0, 1, 2, 3].map((t) => (values[0]![t]! - targets[0]![t]!) ** 2);
      errors.push(...[0, 1, 2].map((t) => (values[1]![t]! - targets[1]![t]!) ** 2));
      const mean = errors.reduce((total, error) => total + error, 0) / 7;
      expectClose('loss', model.loss(batch(), { training: false }).loss.dataSync(), [mean]);
    });
  });

  test('refuses targets of another shape', () => {
    using model = make();
    const targets = tensor2d([[1, 2]]);
    expect(() => tidy(() => void model.loss({ ...batch(), targets }, { training: false }))).toThrow(
      'targets: expected [2, 4], got [1, 2]. Pass a number for each token.',
    );
  });
});
