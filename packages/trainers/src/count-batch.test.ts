import { selectBackend } from '@tenon/testing';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { countLabels, countTokens } from './count-batch.ts';

describe('what a batch counts', () => {
  beforeAll(() => selectBackend('cpu'));

  const ids = (rows: number[][]): Tensor => tensor(rows, undefined, 'int32');
  const inputIds = (): Tensor =>
    ids([
      [5, 6, 7],
      [8, 0, 0],
    ]);
  const attentionMask = (): Tensor =>
    ids([
      [1, 1, 1],
      [1, 0, 0],
    ]);

  it('as tokens, is those that are no padding', () => {
    expect(countTokens({ inputIds: inputIds(), attentionMask: attentionMask() })).toBe(4);
    expect(countTokens({ inputIds: inputIds() })).toBe(6);
    expect(countTokens({ x: inputIds() })).toBe(1);
  });

  it('as tokens of characters, is the words that are no padding', () => {
    const characterIds = tensor(
      [
        [
          [259, 98, 260],
          [259, 97, 0],
        ],
        [
          [259, 99, 260],
          [0, 0, 0],
        ],
      ],
      undefined,
      'int32',
    );
    expect(countTokens({ characterIds })).toBe(3);
    expect(countTokens({ characterIds, attentionMask: attentionMask() })).toBe(4);
  });

  it('as the weight of its loss, is the labels that count, or else the rows', () => {
    const tags = ids([
      [-100, 1, 0],
      [2, -100, -100],
    ]);
    expect(countLabels({ inputIds: inputIds(), labels: tags })).toBe(3);
    expect(countLabels({ inputIds: inputIds(), targets: inputIds() })).toBe(6);
    expect(
      countLabels({
        inputIds: inputIds(),
        maskedIds: ids([
          [9, -100],
          [-100, -100],
        ]),
      }),
    ).toBe(1);
    expect(countLabels({ inputIds: inputIds(), labels: tensor([1, 0], [2], 'int32') })).toBe(2);
    expect(
      countLabels({
        inputIds: inputIds(),
        labels: tensor([
          [1, 0, 1],
          [0, 0, 1],
        ]),
      }),
    ).toBe(2);
    expect(countLabels({ inputIds: inputIds(), startPositions: tensor([1, 0], [2], 'int32') })).toBe(2);
    const some = tensor([1, -100, 0], [3], 'int32');
    expect(countLabels({ inputIds: inputIds(), labels: some })).toBe(2);
    expect(countLabels({ x: tensor([[1], [2], [3]]) })).toBe(3);
    expect(countLabels('a text')).toBe(1);
  });
});
