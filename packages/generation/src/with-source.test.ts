import { RandomStream } from '@tenon/core';
import { type Transformer, transformer, transformerBase } from '@tenon/models';
import { leakFree, selectBackend, testBackends } from '@tenon/testing';
import { argMax, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { generate } from './generate.ts';
import { withSource } from './with-source.ts';

const config = {
  ...transformerBase,
  vocabularySize: 11,
  contextLength: 12,
  hiddenSize: 8,
  encoderLayers: 1,
  decoderLayers: 2,
  encoderHeads: 2,
  decoderHeads: 2,
  encoderFeedForwardSize: 12,
  decoderFeedForwardSize: 12,
};
const make = (): Transformer => transformer(config, { random: new RandomStream(4) });
const ids = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');
const source = () => ({
  inputIds: ids([
    [3, 4, 5],
    [6, 2, 0],
  ]),
  attentionMask: ids([
    [1, 1, 1],
    [1, 1, 0],
  ]),
});

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  /** The most likely token after each, the whole target decoded anew for each. */
  function written(model: Transformer, count: number): number[][] {
    const rows = [[0], [0]];
    for (let i = 0; i < count; i++) {
      const next = tidy(() => {
        const input = source();
        const { lastHidden: hidden } = model.encode(input);
        const encoded = { hidden, attentionMask: input.attentionMask };
        const { lastHidden } = model.decode({ inputIds: ids(rows) }, encoded);
        return argMax(model.scorer.logits(lastHidden), -1).arraySync() as number[][];
      });
      for (const [b, row] of rows.entries()) row.push(next[b]!.at(-1)!);
    }
    return rows.map((row) => row.slice(1));
  }

  test('each text is written from its own source, as the model without a state would', async () => {
    using model = make();
    const input = source();
    using writer = withSource(model, input);
    input.inputIds.dispose();
    input.attentionMask.dispose();
    const generated = await generate(writer, [[0], [0]], { greedy: true, maxNewTokens: 8 });
    expect(generated.map(({ tokens }) => tokens)).toEqual(written(model, 8));
  });

  test('nothing is left behind, and the model stays', async () => {
    using model = make();
    await leakFree(async () => {
      const input = source();
      using writer = withSource(model, input);
      await generate(writer, [[0], [0]], { greedy: true, maxNewTokens: 3 });
      input.inputIds.dispose();
      input.attentionMask.dispose();
    });
    expect(written(model, 1).length).toBe(2);
  });
});
