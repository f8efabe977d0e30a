import { type Backbone, freeze, type Module, RandomStream } from '@tenon/core';
import { SequenceClassification } from '@tenon/heads';
import { MixedLayers } from '@tenon/layers';
import {
  bert,
  bertTiny,
  elmo,
  elmoSmall,
  gpt,
  gpt2,
  gpt2Small,
  gptBase,
  llama,
  llama3_8B,
  transformer,
  transformerBase,
  transformerXL,
  transformerXLEnwik8,
} from '@tenon/models';
import { selectBackend } from '@tenon/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { layerDepths } from './layer-depths.ts';
import { layerwiseDecay } from './layerwise-decay.ts';

beforeAll(() => selectBackend('cpu'));

const sizes = {
  vocabularySize: 30,
  contextLength: 8,
  hiddenSize: 8,
  layers: 3,
  heads: 2,
  feedForwardSize: 8,
};
const random = { random: new RandomStream(1) };

/** A model, with the paths of its embeddings, of layer i and of what comes after. */
const models: readonly (readonly [string, () => Backbone, RegExp, (i: number) => RegExp, RegExp])[] = [
  [
    'bert',
    () => bert({ ...bertTiny, ...sizes }, random),
    /^embeddings\./,
    (i) => RegExp(`^encoder.layer.${i}.`),
    /^pooler\./,
  ],
  ['gpt', () => gpt({ ...gptBase, ...sizes }, random), /_embed\./, (i) => RegExp(`^h.${i}.`), /^$/],
  ['gpt2', () => gpt2({ ...gpt2Small, ...sizes }, random), /^w[tp]e\./, (i) => RegExp(`^h.${i}.`), /^ln_f\./],
  [
    'llama',
    () => llama({ ...llama3_8B, ...sizes, keyValueHeads: 1 }, random),
    /^embed_tokens\./,
    (i) => RegExp(`^layers.${i}.`),
    /^(norm|lm_head)\./,
  ],
  [
    'transformer-xl',
    () => {
      const clusters = { cutoffs: [10, 20], embeddingDivisor: 2, tieProjections: [false, true, true] };
      return transformerXL(
        { ...transformerXLEnwik8, ...sizes, ...clusters, headSize: 4, memoryLength: 4 },
        random,
      );
    },
    /^word_emb\./,
    (i) => RegExp(`^layers.${i}.`),
    /^(crit|r_w_bias|r_r_bias)/,
  ],
  [
    'elmo',
    () => {
      const filters = [
        [1, 4],
        [2, 4],
        [3, 4],
      ] as const;
      const characters = { maxCharacters: 5, characterEmbeddingSize: 3, filters, highways: 2 };
      return elmo({ ...elmoSmall, ...characters, layers: 3, cellSize: 6, projectionSize: 4 }, random);
    },
    /^token_embedder\./,
    (i) => RegExp(`^lstm.(forward|backward)_layers.${i}.`),
    /^$/,
  ],
];

const depthsOf = (module: Module): Map<string, number> => layerDepths(module.parameters().keys());

describe.each(models)('%s', (_, make, embeddings, layer, after) => {
  const check = (depths: Map<string, number>, start: string): void => {
    for (const [path, depth] of depths) {
      const name = path.startsWith(start) ? path.slice(start.length) : undefined;
      const expected =
        name === undefined || after.test(name)
          ? 4
          : embeddings.test(name)
            ? 0
            : [0, 1, 2].findIndex((i) => layer(i).test(name)) + 1;
      expect(`${path} ${depth}`).toBe(`${path} ${expected}`);
    }
  };

  test('embeddings, layers and what comes after are told from the paths', () => {
    using model = make();
    check(depthsOf(model), '');
  });

  test('under a head, and under a mix of layers, too', () => {
    using model = new SequenceClassification(make(), { labels: 2 });
    check(depthsOf(model), 'backbone.');
    using mixed = new SequenceClassification(new MixedLayers(make(), { layers: 4 }), { labels: 2 });
    check(depthsOf(mixed), 'backbone.backbone.');
  });

  test('each layer has one power of the decay', () => {
    using model = new SequenceClassification(make(), { labels: 2 });
    const factors = layerwiseDecay({ decay: 0.5 }).factorsOf(model.parameters());
    const of = (start: RegExp): Set<number> =>
      new Set(
        [...factors]
          .filter(([path]) => start.test(path.replace('backbone.', '')))
          .map(([, factor]) => factor),
      );
    expect([embeddings, layer(0), layer(1), layer(2), /^classifier/].map((start) => [...of(start)])).toEqual([
      [0.0625],
      [0.125],
      [0.25],
      [0.5],
      [1],
    ]);
  });
});

test('of what is trained alone, the deepest has the whole rate', () => {
  using model = new SequenceClassification(bert({ ...bertTiny, ...sizes }, random), { labels: 2 });
  freeze(model, /embeddings|layer\.0/);
  const trainable = new Map([...model.parameters()].filter(([, one]) => one.trainable));
  const factors = layerwiseDecay({ decay: 0.5 }).factorsOf(trainable);
  expect(new Set(factors.values())).toEqual(new Set([0.25, 0.5, 1]));
  freeze(model, /^backbone/);
  const head = new Map([...model.parameters()].filter(([, one]) => one.trainable));
  expect([...layerwiseDecay({ decay: 0.5 }).factorsOf(head).values()]).toEqual([1, 1]);
});

test('depths of one own', () => {
  using model = gpt2({ ...gpt2Small, ...sizes }, random);
  const depths = (name: string): number => (name.startsWith('w') ? 0 : 2);
  const factors = layerwiseDecay({ decay: 0.5, depths }).factorsOf(model.parameters());
  expect([factors.get('wte.weight'), factors.get('h.0.ln_1.bias')]).toEqual([0.25, 1]);
});

test('refuses two stacks, and a decay that is none', () => {
  const stacks = { encoderLayers: 2, decoderLayers: 2, encoderFeedForwardSize: 8, decoderFeedForwardSize: 8 };
  using model = transformer(
    { ...transformerBase, ...stacks, vocabularySize: 11, hiddenSize: 8, encoderHeads: 2, decoderHeads: 2 },
    random,
  );
  expect(() => depthsOf(model)).toThrow(
    'depth of the layers: expected one stack of layers, got decoder.layers and encoder.layers. Say how deep each parameter lies: layerwiseDecay({ decay, depths: (name) => … }).',
  );
  expect(() => layerwiseDecay({ decay: 1.1 })).toThrow(
    'layerwiseDecay: decay: expected a number above 0 and at most 1, got 1.1. Pass 0.8, or 1 for the same rate everywhere.',
  );
  expect(() => layerwiseDecay({ decay: 0 })).toThrow('expected a number above 0 and at most 1, got 0.');
});
