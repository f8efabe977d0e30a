import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromPretrained, savePretrained } from '@tenon/checkpoints';
import { type Backbone, type Encoded, type ModelInput, Module, RandomStream } from '@tenon/core';
import { Embedding } from '@tenon/layers';
import { elmo, elmoSmall } from '@tenon/models';
import { expectClose, headContract, selectBackend, testBackends } from '@tenon/testing';
import { type Tensor2D, type Tensor3D, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BidirectionalLM, type BidirectionalLMBatch } from './bidirectional-lm.ts';

const config = {
  ...elmoSmall,
  maxCharacters: 5,
  characterEmbeddingSize: 3,
  filters: [[2, 6]] as const,
  cellSize: 6,
  projectionSize: 4,
  sentenceBoundaries: false,
};

/** The smallest model: a token says something about its neighbours by itself. */
class Bigrams extends Module implements Backbone {
  readonly rows: Embedding = new Embedding(7, 4, { random: new RandomStream(1) });
  readonly hiddenSize: number = 4;
  encode({ inputIds }: ModelInput): Encoded {
    return { lastHidden: this.rows.forward(inputIds!) as Tensor3D };
  }
}

const ids = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');
const TEXT = [
  [1, 2, 3, 4],
  [5, 6, 0, 1],
];
const NOTHING = TEXT.map((row) => row.map(() => -100));
const characterIds = (): Tensor3D =>
  tensor3d(
    TEXT.map((row) => row.map((word) => [259, 98 + word, 120 - word, 260, 261])),
    undefined,
    'int32',
  );
const evaluation = { training: false };

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each<[string, () => Backbone, () => ModelInput]>([
    ['the smallest model', () => new Bigrams(), () => ({ inputIds: ids(TEXT) })],
    ['ELMo', () => elmo(config), () => ({ characterIds: characterIds() })],
  ])('contract on %s', (_, backbone, input) => {
    const contract = headContract({
      make: () => new BidirectionalLM(backbone(), { vocabularySize: 7 }),
      batch: () => ({ ...input(), labels: ids(TEXT) }),
      ignored: () => ({ ...input(), nextTokens: ids(NOTHING), previousTokens: ids(NOTHING) }),
    });
    for (const { name, run } of contract) test(name, run);
  });

  const lossOf = (model: BidirectionalLM, rows: Record<string, number[][]>): number[] =>
    tidy(() => {
      const targets = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, ids(row)]));
      const { loss, parts } = model.loss(
        { inputIds: ids(TEXT), ...targets } as BidirectionalLMBatch,
        evaluation,
      );
      return [loss, parts!['forward']!, parts!['backward']!].map((value) => value.dataSync()[0]!);
    });

  test('labels are the neighbours of each token', () => {
    using model = new BidirectionalLM(new Bigrams(), { vocabularySize: 7 });
    const nextTokens = [
      [2, 3, 4, -100],
      [6, 0, 1, -100],
    ];
    const previousTokens = [
      [-100, 1, 2, 3],
      [-100, 5, 6, 0],
    ];
    expect(lossOf(model, { labels: TEXT })).toEqual(lossOf(model, { nextTokens, previousTokens }));
  });

  test('is half the sum of both directions, each by its own half of the channels', () => {
    using model = new BidirectionalLM(new Bigrams(), { vocabularySize: 7 });
    const [loss, forward, backward] = lossOf(model, { labels: TEXT });
    expectClose('loss', [loss!], [(forward! + backward!) / 2]);
    const { next, previous } = tidy(() => {
      const logits = model.logits({ inputIds: ids(TEXT) });
      return { next: logits.next.arraySync(), previous: logits.previous.arraySync() };
    });
    const nll = (scores: number[], target: number) =>
      Math.log(scores.map(Math.exp).reduce((a, b) => a + b)) - scores[target]!;
    const pairs = TEXT.flatMap((row, b) => row.slice(1).map((_, t) => [b, t] as const));
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    expectClose('forward', [forward!], [mean(pairs.map(([b, t]) => nll(next[b]![t]!, TEXT[b]![t + 1]!)))]);
    expectClose(
      'backward',
      [backward!],
      [mean(pairs.map(([b, t]) => nll(previous[b]![t + 1]!, TEXT[b]![t]!)))],
    );
  });

  test('hands a state on', () => {
    using model = new BidirectionalLM(elmo(config), { vocabularySize: 7 });
    const state = model.backbone.initialState(2, 8);
    const losses = [0, 1].map(() =>
      tidy(() => {
        const value = model.loss(
          { characterIds: characterIds(), labels: ids(TEXT) },
          { training: false, state },
        );
        expect(value.state).toBe(state);
        return value.loss.dataSync()[0];
      }),
    );
    expect(state.length).toBe(8);
    expect(losses[1]).not.toBe(losses[0]);
    state.dispose();
  });

  test('drops before the softmax when training', () => {
    using model = new BidirectionalLM(new Bigrams(), { vocabularySize: 7, dropout: 0.5 });
    const loss = (step: number) =>
      tidy(() => {
        const context = { training: true, random: new RandomStream(1, step) };
        return model.loss({ inputIds: ids(TEXT), labels: ids(TEXT) }, context).loss.dataSync()[0];
      });
    expect(loss(0)).toBe(loss(0));
    expect(loss(0)).not.toBe(loss(1));
  });

  test('refuses what does not fit', () => {
    class Odd extends Bigrams {
      override readonly hiddenSize = 5;
    }
    using odd = new Odd();
    expect(() => new BidirectionalLM(odd, { vocabularySize: 7 })).toThrow(
      'BidirectionalLM: expected a model with as many channels forward as backward, got 5 channels. Take one that reads in both directions, as ELMo does.',
    );
    expect(() => new BidirectionalLM(odd, {} as never)).toThrow(
      'BidirectionalLM vocabularySize: expected a whole number of at least 1, got undefined.',
    );
    using model = new BidirectionalLM(new Bigrams(), { vocabularySize: 7 });
    expect(() => lossOf(model, {})).toThrow(
      'bidirectional LM batch: expected either labels, or nextTokens and previousTokens, got none of them. Pass labels: the number of each token in the vocabulary.',
    );
    expect(() => lossOf(model, { nextTokens: TEXT })).toThrow('got nextTokens. Pass labels');
    expect(() => lossOf(model, { labels: TEXT, nextTokens: TEXT })).toThrow('got labels and nextTokens.');
    expect(() => lossOf(model, { labels: [[1, 2]] })).toThrow('targets: expected [2, 4], got [1, 2].');
  });
});

test('is saved and loaded with ELMo, which then adds no boundaries', async () => {
  await selectBackend('cpu');
  const folder = mkdtempSync(join(tmpdir(), 'tenon-bidirectional-'));
  using model = new BidirectionalLM(elmo(config), { vocabularySize: 7 });
  await savePretrained(folder, { spec: elmo, config: { ...config, sentenceBoundaries: true }, model });
  const loaded = await fromPretrained(elmo, folder, { task: BidirectionalLM, head: { vocabularySize: 7 } });
  using again = loaded.model;
  expect(loaded.fresh).toEqual([]);
  expect(loaded.config.sentenceBoundaries).toBe(false);
  for (const [name, parameter] of model.parameters()) {
    expect(again.parameters().get(name)!.dataSync(), name).toEqual(parameter.dataSync());
  }
  rmSync(folder, { recursive: true });
});
