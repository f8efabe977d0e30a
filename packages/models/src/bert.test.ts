import { RandomStream } from '@tenon/core';
import { modelContract, moduleContract, selectBackend, testBackends } from '@tenon/testing';
import { tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bert, type BertConfig, bert, bertBase } from './bert.ts';

const tiny: BertConfig = {
  ...bertBase,
  vocabularySize: 19,
  contextLength: 16,
  hiddenSize: 12,
  feedForwardSize: 20,
  layers: 2,
  heads: 3,
  initializerRange: 0.3,
};
const make = (): Bert => bert(tiny, { random: new RandomStream(1) });
const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');
/** Adding the same to every score of a query changes no weight. */
const zeroGradient = /attention\.self\.key\.bias$/;

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each<[string, Partial<BertConfig>]>([
    ['as in the paper', {}],
    ['one kind of tokens, another activation', { typeVocabularySize: 1, activation: 'relu' }],
  ])('contract, %s', (_, variant) => {
    const checks = modelContract({
      make: () => bert({ ...tiny, ...variant, pooler: false }),
      vocabularySize: 19,
      causal: false,
      zeroGradient,
    });
    for (const { name, run } of checks) test(name, run);
  });
  test('x', () => expect(1).toBe(1));
});
void [make, ids, moduleContract];
