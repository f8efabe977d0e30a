import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromPretrained, savePretrained } from '@tenon/checkpoints';
import { type ModelInput, RandomStream, type RecurrentState } from '@tenon/core';
import { TokenClassification } from '@tenon/heads';
import { MixedLayers, mixedLayers } from '@tenon/layers';
import {
  expectClose,
  leakFree,
  modelContract,
  namedGradients,
  selectBackend,
  testBackends,
} from '@tenon/testing';
import {
  memory,
  type Scalar,
  slice,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ELMo, type ELMoConfig, elmo, elmoSmall } from './elmo.ts';

const tiny: ELMoConfig = {
  ...elmoSmall,
  maxCharacters: 6,
  characterEmbeddingSize: 3,
  filters: [
    [1, 3],
    [2, 5],
  ],
  cellSize: 6,
  projectionSize: 4,
};
const make = (config: Partial<ELMoConfig> = {}): ELMo =>
  elmo({ ...tiny, ...config }, { random: new RandomStream(1) });

type Rows = readonly (readonly number[])[];

/** A word for each number: two letters of its own. */
const input = (rows: Rows, { attentionMask }: { readonly attentionMask?: Rows } = {}): ModelInput => ({
  characterIds: tensor3d(
    rows.flatMap((row) => row.flatMap((word) => [259, 98 + word, 120 - 2 * word, 260, 261, 261])),
    [rows.length, rows[0]!.length, 6],
    'int32',
  ),
  ...(attentionMask && {
    attentionMask: tensor2d(attentionMask.flat(), [rows.length, rows[0]!.length], 'int32'),
  }),
});

const ends = (rows: Rows) => rows.map((row) => row.map((word) => (word < 0 ? 0 : 1)));
/** Rows of different lengths: −1 stands for padding. */
const ragged = (rows: Rows): ModelInput =>
  input(
    rows.map((row) => row.map((word) => Math.max(word, 3))),
    { attentionMask: ends(rows) },
  );

/** The last hidden states [B][T][C]. */
const encode = (model: ELMo, given: () => ModelInput, state?: RecurrentState): number[][][] =>
  tidy(() => model.encode(given(), state ? { state } : {}).lastHidden.arraySync());

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each<[string, Partial<ELMoConfig>]>([
    ['as released', {}],
    ['without boundaries', { sentenceBoundaries: false }],
    ['one layer, no highway, tanh', { layers: 1, highways: 0, activation: 'tanh' }],
    [
      'nothing projected, no skipping, no limits',
      {
        projectionSize: 8,
        cellSize: 8,
        skipConnections: false,
        cellClip: undefined as never,
        projectionClip: undefined as never,
      },
    ],
  ])('contract, %s', (_, config) => {
    const contract = modelContract({ make: () => make(config), vocabularySize: 9, causal: false, input });
    for (const { name, run } of contract) test(name, run);
  });

  describe('contract of the mix of its layers', () => {
    const mixed = () => new MixedLayers(make(), { layers: 3, weights: [0.5, 0, -0.5] });
    const contract = modelContract({ make: mixed, vocabularySize: 9, causal: false, input });
    for (const { name, run } of contract) test(name, run);
  });

  test('the model under a mix can be frozen', () => {
    using mixed = new MixedLayers(make(), { layers: 3, frozen: true });
    const trainable = [...mixed.parameters()].filter(([, parameter]) => parameter.trainable);
    expect(trainable.map(([name]) => name)).toEqual(['mix.weights', 'mix.gamma']);
    expect(mixed.headDefaults.pooling).toBe('mean');
  });

  test('a head with a mix is saved and loaded, and a mix goes on a model that was saved without', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenon-elmo-'));
    const mixed = mixedLayers(elmo, { layers: 3 });
    using model = make();
    await savePretrained(folder, { spec: elmo, config: tiny, model });
    const first = await fromPretrained(mixed, folder, { task: TokenClassification, head: { labels: 2 } });
    using tagger = first.model;
    expect(first.fresh).toEqual([
      'backbone.mix.weights',
      'backbone.mix.gamma',
      'classifier.weight',
      'classifier.bias',
    ]);
    for (const [name, parameter] of model.parameters()) {
      const loaded = tagger.parameters().get(`backbone.backbone.${name}`)!;
      expect(loaded.dataSync(), name).toEqual(parameter.dataSync());
    }
    const weights = tensor1d([1, 2, 3]);
    tagger.parameters().get('backbone.mix.weights')!.assign(weights);
    weights.dispose();
    await savePretrained(folder, { spec: mixed, config: tiny, model: tagger });
    const second = await fromPretrained(mixed, folder, { task: TokenClassification });
    using again = second.model;
    expect(second.fresh).toEqual([]);
    for (const [name, parameter] of tagger.parameters()) {
      expect(again.parameters().get(name)!.dataSync(), name).toEqual(parameter.dataSync());
    }
    rmSync(folder, { recursive: true });
  });

  test('both directions see the whole sentence', () => {
    using model = make();
    const [before] = encode(model, () => input([[1, 2, 3]]));
    const [after] = encode(model, () => input([[1, 4, 3]]));
    const half = (row: number[], which: number) => row.slice(which * 4, which * 4 + 4);
    expectClose('forward before the change', half(after![0]!, 0), half(before![0]!, 0));
    expectClose('backward after the change', half(after![2]!, 1), half(before![2]!, 1));
    expect(half(after![2]!, 0)).not.toEqual(half(before![2]!, 0));
    expect(half(after![0]!, 1)).not.toEqual(half(before![0]!, 1));
  });

  test('adds the boundaries that a text would have around it', () => {
    using model = make();
    using plain = make({ sentenceBoundaries: false });
    plain.loadStateDict(model.stateDict());
    const boundary = (id: number) => [259, id, 260, 261, 261, 261];
    const word = (letter: number) => [259, letter, 260, 261, 261, 261];
    tidy(() => {
      const [row] = model
        .encode({ characterIds: tensor3d([[word(98), word(99)]], undefined, 'int32') })
        .lastHidden.arraySync();
      const around = [boundary(257), word(98), word(99), boundary(258)];
      const [all] = plain
        .encode({ characterIds: tensor3d([around], undefined, 'int32') })
        .lastHidden.arraySync();
      expectClose('tokens', row!.flat(), all!.slice(1, 3).flat());
    });
  });

  test.each([true, false])('rows of different lengths, with boundaries: %s', (sentenceBoundaries) => {
    using model = make({ sentenceBoundaries });
    const rows = [
      [1, 2, 3, 4],
      [5, -1, -1, -1],
      [6, 7, -1, -1],
    ];
    const together = encode(model, () => ragged(rows));
    rows.forEach((row, b) => {
      const words = row.filter((word) => word >= 0).map((word) => Math.max(word, 3));
      const alone = encode(model, () => input([words]))[0]!.flat();
      expectClose(`row ${b}`, together[b]!.flat(), [...alone, ...new Array(8 * (4 - words.length)).fill(0)]);
    });
  });

  test.each([true, false])(
    'a state goes on row by row, also where a row ends or is missing; boundaries: %s',
    (sentenceBoundaries) => {
      using model = make({ sentenceBoundaries });
      // The second row has nothing in the second batch, and no place in the third.
      const batches: Rows[] = [
        [
          [3, 4, 5],
          [6, 7, -1],
        ],
        [
          [8, 3],
          [-1, -1],
        ],
        [[4, 5]],
        [
          [6, 7],
          [8, 4],
        ],
      ];
      using state = model.initialState(2);
      const together = batches.map((rows) => encode(model, () => ragged(rows), state));
      for (const b of [0, 1]) {
        using own = model.initialState(1);
        batches.forEach((rows, i) => {
          const words = (rows[b] ?? []).filter((word) => word >= 0);
          if (words.length === 0) return;
          const alone = encode(model, () => input([words]), own)[0]!.flat();
          expectClose(`batch ${i}, row ${b}`, together[i]![b]!.flat().slice(0, alone.length), alone);
        });
      }
      expect(state.length).toBe(9);
      const fresh = encode(model, () => input([[6, 7]]))[0]!;
      expect(together[3]![0]).not.toEqual(fresh);
    },
  );

  test('takes vectors of tokens in the place of characters', () => {
    using model = make();
    tidy(() => {
      const given = input([
        [1, 2],
        [3, 4],
      ]);
      const { hiddenStates, lastHidden } = model.encode(given, { hiddenStates: true });
      const inputEmbeds = slice(hiddenStates![0]!, [0, 0, 0], [2, 2, 4]);
      expectClose('outputs', model.encode({ inputEmbeds }).lastHidden.dataSync(), lastHidden.dataSync());
    });
  });

  test('drops by a stream of random numbers, the same each time', () => {
    using model = make();
    const run = (step: number) =>
      tidy(() =>
        model
          .encode(input([[3, 1, 4]]), { training: true, random: new RandomStream(5, step) })
          .lastHidden.dataSync(),
      );
    expect(run(0)).toEqual(run(0));
    expect(run(0)).not.toEqual(run(1));
  });

  test('the number of live tensors is flat over training steps with a state', async () => {
    using model = make();
    using state = model.initialState(1);
    const loss = (): Scalar => tidy(() => sum(model.encode(input([[3, 1, 4]]), { state }).lastHidden));
    await leakFree(() => {
      for (const gradient of namedGradients(model, loss).values()) gradient.dispose();
    });
    const counts = Array.from({ length: 4 }, () => {
      encode(model, () => input([[2, 1]]), state);
      return memory().numTensors;
    });
    expect(new Set(counts).size).toBe(1);
  });

  describe('refuses', () => {
    const refusal = (call: (model: ELMo) => unknown): string => {
      using model = make();
      try {
        tidy(() => void call(model));
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing thrown';
    };
    test.each<[string, (model: ELMo) => unknown, string]>([
      [
        'token ids',
        (model) => model.encode({ inputIds: tensor2d([[1]], undefined, 'int32') }),
        'ELMo input: expected either characterIds or inputEmbeds, got neither. Pass the characters of each token: elmoCharacterIds(words) of @tenon/tokenizers makes them.',
      ],
      [
        'another number of characters',
        (model) => model.encode({ characterIds: zeros([1, 2, 50], 'int32') }),
        'character ids: expected [B, T, 6], got [1, 2, 50]. Pass 6 ids for each token, as elmoCharacterIds makes them.',
      ],
      [
        'ids that are none',
        (model) =>
          model.encode({ characterIds: tensor3d([[[259, 262, 260, 261, 261, 261]]], undefined, 'int32') }),
        'character ids: expected int32 numbers in [0, 262), got 262 at [0, 0, 1].',
      ],
      [
        'padding before a token',
        (model) =>
          model.encode(
            input(
              [
                [1, 2, 3],
                [1, 2, 3],
              ],
              {
                attentionMask: [
                  [1, 1, 0],
                  [0, 1, 1],
                ],
              },
            ),
          ),
        'attention mask: expected padding after the tokens of a sentence only, got padding before token 1 of row 1. Pad on the right: the end of the sentence is put behind its last token.',
      ],
      [
        'a mask of another shape',
        (model) => model.encode({ ...input([[1, 2]]), attentionMask: zeros([1, 3], 'int32') }),
        'attention mask: expected [1, 2], got [1, 3]. Pass 1 for each token and 0 for padding.',
      ],
      [
        'nothing',
        (model) => model.encode({ characterIds: zeros([2, 0, 6], 'int32') }),
        'ELMo input: expected at least one token, got [2, 0]. Leave out empty batches.',
      ],
      [
        'a batch beyond the state',
        (model) => {
          using state = model.initialState(1);
          model.encode(input([[1], [2]]), { state });
        },
        'state: expected at most its 1 rows, got a batch of 2. Make it for the largest batch: initialState(batchSize, capacity).',
      ],
    ])('%s', (_, call, message) => expect(refusal(call)).toContain(message));
  });
});
