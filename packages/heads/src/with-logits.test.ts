// What the heads' losses give along with themselves, where they are asked to.

import type { Objective } from '@tenon/core';
import { bert, bertTiny, gpt, gptBase } from '@tenon/models';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { type NamedTensorMap, Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DoubleHeads, type DoubleHeadsLogits } from './double-heads.ts';
import { MultipleChoice } from './multiple-choice.ts';
import { NextSentence } from './next-sentence.ts';
import { QuestionAnswering } from './question-answering.ts';
import { SequenceClassification } from './sequence-classification.ts';
import { Similarity } from './similarity.ts';
import { TokenClassification } from './token-classification.ts';

const size = { vocabularySize: 17, contextLength: 8, hiddenSize: 12, layers: 1, heads: 3 };
const body = () => bert({ ...bertTiny, ...size });
const gptBody = () => gpt({ ...gptBase, ...size });
const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');
const classes = (...values: number[]) => tensor1d(values, 'int32');
const rows = () => ({
  inputIds: ids([
    [3, 1, 4, 2],
    [3, 1, 2, 0],
  ]),
  attentionMask: ids([
    [1, 1, 1, 1],
    [1, 1, 1, 0],
  ]),
});
const choices = () => ({ ...rows(), choices: 2, labels: classes(1) });
const tags = () => ids([[0, 1, 0, 1], [1, 0, 1, -100]]); // biome-ignore format: a table

/** A head's loss without and with logits, beside its own. */
const check =
  <Batch>(
    make: () => Objective<Batch> & { logits(batch: Batch): Tensor | NamedTensorMap },
    batch: () => Batch,
  ) =>
  (): void => {
    using head = make();
    tidy(() => {
      const plain = head.loss(batch(), { training: false });
      const asked = head.loss(batch(), { training: false, logits: true });
      expect(plain.logits).toBeUndefined();
      expect(asked.loss.dataSync()).toEqual(plain.loss.dataSync());
      expect(values(asked.logits!)).toEqual(values(head.logits(batch())));
    });
  };

const values = (logits: Tensor | NamedTensorMap): unknown =>
  logits instanceof Tensor
    ? logits.arraySync()
    : Object.fromEntries(Object.entries(logits).map(([name, tensor]) => [name, tensor.arraySync()]));

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test.each([
    [
      'SequenceClassification',
      check(
        () => new SequenceClassification(body(), { labels: 3 }),
        () => ({ ...rows(), labels: classes(2, 0) }),
      ),
    ],
    [
      'TokenClassification',
      check(
        () => new TokenClassification(body(), { labels: 2 }),
        () => ({ ...rows(), labels: tags() }),
      ),
    ],
    [
      'QuestionAnswering',
      check(
        () => new QuestionAnswering(body()),
        () => ({ ...rows(), startPositions: classes(1, 0), endPositions: classes(2, 0) }),
      ),
    ],
    ['MultipleChoice', check(() => new MultipleChoice(body()), choices)],
    [
      'NextSentence',
      check(
        () => new NextSentence(body()),
        () => ({ ...rows(), labels: classes(1, 0) }),
      ),
    ],
    [
      'Similarity',
      check(
        () => new Similarity(gptBody(), { labels: 2 }),
        () => ({ ...rows(), labels: classes(1) }),
      ),
    ],
    [
      'DoubleHeads, save those of the vocabulary,',
      check(
        () => new ChoicesOnly(gptBody()),
        () => ({ ...choices(), lmLabels: rows().inputIds }),
      ),
    ],
  ])('%s gives its logits with its loss, only when asked to', (_, run) => leakFree(run));
});

/** `DoubleHeads` whose logits are those that its loss gives. */
class ChoicesOnly extends DoubleHeads {
  override logits(...args: Parameters<DoubleHeads['logits']>): DoubleHeadsLogits {
    const { lm, choices } = super.logits(...args);
    lm.dispose();
    return { choices } as DoubleHeadsLogits; // for this test
  }
}
