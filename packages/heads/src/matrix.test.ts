// Every head on every model that it fits. A new model is a row of `models`, a new head one of `heads`. (Seq2SeqLM and
// BidirectionalLM, which go on one kind of model alone, have their contracts in tests of their own.)
import type { ModelInput, Objective } from '@tenon/core';
import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { heads } from './__fixtures__/matrix-heads.ts';
import { models, type Need } from './__fixtures__/matrix-models.ts';
import { laidOut, type Text, tokenInput } from './__fixtures__/matrix-text.ts';

/** Two pairs, with padding. */
const BATCH = [
  [3, 1, 4, 1, 5],
  [9, 2, 6],
  [5, 3, 8],
  [7, 10, 2, 4, 6],
];
const PAIR = [
  [3, 1, 4],
  [5, 9, 2],
];

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each(models.map((model) => [model.name, model] as const))('%s', (_, model) => {
    const { has, input = tokenInput, leftPadding } = model;

    test('has what its row says', () => {
      using backbone = model.make(true);
      const needs: readonly Need[] = ['scorer', 'tokenEmbedding'];
      expect(needs.filter((need) => backbone[need] !== undefined)).toEqual(has);
    });

    for (const head of heads) {
      const { name, also, needs, labels, ignored, seesPadding } = head;
      const title = also === undefined ? name : `${name} ${also}`;
      const make = (): Objective<ModelInput> => head.make(model.make(head.pools));

      if (needs !== undefined && !has.includes(needs)) {
        test(`${title} refuses it`, () => {
          using backbone = model.make(head.pools);
          expect(() => head.make(backbone)).toThrow(
            `${name}: expected a backbone with a ${needs}, got ${backbone.constructor.name} without.`,
          );
        });
        continue;
      }
      describe(title, () => {
        const text = laidOut(BATCH, 5, (b) => leftPadding && b === 2);
        const zero = [model.zeroGradient, head.zeroGradient].flatMap((pattern) => pattern?.source ?? []);
        const contract = headContract({
          make,
          batch: () => ({ ...input(text), ...labels(text) }),
          ...(ignored && { ignored: () => ({ ...input(text), ...ignored(text) }) }),
          ...(zero.length > 0 && { zeroGradient: new RegExp(zero.join('|')) }),
        });
        for (const { name, run } of contract) test(name, run);

        if (seesPadding) return;
        test('is not changed by padding', () => {
          using task = make();
          const loss = (given: Text): number =>
            tidy(() => {
              const batch = { ...input(given), ...labels(given) };
              return task.loss(batch, { training: false }).loss.dataSync()[0]!;
            });
          const alone = loss(laidOut(PAIR, 3, () => false));
          expectClose('padding behind', [loss(laidOut(PAIR, 5, () => false))], [alone]);
          if (leftPadding) expectClose('padding before', [loss(laidOut(PAIR, 5, () => true))], [alone]);
        });
      });
    }
  });
});
