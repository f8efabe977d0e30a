// B batch, T time, M memory, C channels, V vocabulary.
import { RandomStream } from '@tenon/core';
import { SegmentMemory } from '@tenon/layers';
import {
  expectClose,
  leakFree,
  modelContract,
  moduleContract,
  namedGradients,
  selectBackend,
  testBackends,
} from '@tenon/testing';
import {
  memory,
  mul,
  type Rank,
  range,
  reshape,
  type Scalar,
  slice,
  sum,
  type Tensor,
  type Tensor3D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type TransformerXL,
  type TransformerXLConfig,
  transformerXL,
  transformerXLEnwik8,
} from './transformer-xl.ts';

const V = 19;
const tiny: TransformerXLConfig = {
  ...transformerXLEnwik8,
  vocabularySize: V,
  hiddenSize: 12,
  embeddingSize: 12,
  layers: 2,
  heads: 3,
  headSize: 5,
  feedForwardSize: 16,
  memoryLength: 16,
  segmentLength: 8,
  initializerRange: 0.3,
  projectionInitializerRange: 0.3,
};
const make = (changes: Partial<TransformerXLConfig> = {}): TransformerXL =>
  transformerXL({ ...tiny, ...changes }, { random: new RandomStream(1) });

/** Whether it scores a cluster of one word, whose probability is 1 whatever it does. */
const isOneWord = (name: string, { cutoffs }: Partial<TransformerXLConfig>): boolean =>
  cutoffs?.length === 3 && /^crit\.out_(layers|projs)\.[1-3]/.test(name);

const ids = (rows: number[][]) => tensor2d(rows, undefined, 'int32');
const drawRows = (batch: number, time: number, seed = 1): number[][] => {
  const random = new RandomStream(seed);
  return Array.from({ length: batch }, () => Array.from({ length: time }, () => random.next().integer(V)));
};

/** Encodes in segments, with a memory from one to the next, and joins what comes out: [B, T, C] as numbers. */
function inSegments(model: TransformerXL, rows: number[][], length: number, capacity?: number): number[][][] {
  using state = model.initialState?.(rows.length, capacity) ?? { dispose() {}, [Symbol.dispose]() {} };
  const joined: number[][][] = rows.map(() => []);
  for (let start = 0; start < rows[0]!.length; start += length) {
    const part = rows.map((row) => row.slice(start, start + length));
    const hidden = tidy(() =>
      model
        .encode({ inputIds: ids(part) }, state instanceof SegmentMemory ? { state } : {})
        .lastHidden.arraySync(),
    );
    for (const [b, row] of hidden.entries()) joined[b]!.push(...row);
  }
  return joined;
}

/** A mean loss over all targets, through the adaptive softmax too. */
function loss(model: TransformerXL, rows: number[][]): Scalar {
  return tidy(() => {
    const { lastHidden } = model.encode({ inputIds: ids(rows) });
    const hidden = reshape<Rank.R2>(lastHidden, [-1, model.hiddenSize]);
    return sum(model.scorer.negativeLogLikelihood(hidden, tensor1d(rows.flat(), 'int32')));
  });
}

/** Every variant that has a memory. */
const variants: readonly [name: string, changes: Partial<TransformerXLConfig>][] = [
  ['biases of each layer', { untieBiases: true }],
  ['pre-norm, one head', { preNorm: true, heads: 1, headSize: 4 }],
  ['learned distances', { positions: 'learnedRelative' }],
  ['learned distances, clamped', { positions: 'learnedRelative', clampLength: 3 }],
  ['clamped, the same length for all', { clampLength: 2, sameLength: true }],
  ['clusters', { cutoffs: [5, 11], tieProjections: [false, false, false] }],
  [
    'clusters of one word, shorter vectors, tied projections, the original order',
    {
      cutoffs: [16, 17, 18],
      embeddingDivisor: 2,
      tieProjections: [false, true, true, false],
      clusterOrder: 'original',
    },
  ],
  [
    'shorter embeddings, nothing tied',
    { embeddingSize: 6, tieWeights: false, cutoffs: [5], tieProjections: [false, false] },
  ],
];

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  // The softmax is no part of `encode`, and rare words may not come: there is a test below that has them all.
  const zeroGradient = /^crit\.|^word_emb\.emb_(layers|projs)\.[1-9]/;
  describe('contract', () => {
    const options = { make, vocabularySize: V, causal: true, zeroGradient };
    for (const { name, run } of modelContract(options)) test(name, run);
  });

  describe.each(variants)('contract, %s', (_, changes) => {
    const options = { make: () => make(changes), vocabularySize: V, causal: true, zeroGradient };
    for (const { name, run } of modelContract(options)) test(name, run);
  });

  describe.each(variants)('%s', (_, changes) => {
    test('every parameter has a finite gradient that is not zero', () => {
      using model = make(changes);
      const rows = [Array.from({ length: V }, (_, id) => id)];
      for (const [name, gradient] of namedGradients(model, () => loss(model, rows))) {
        const values = Array.from(gradient.dataSync());
        expect(values.every(Number.isFinite), name).toBe(true);
        expect(values.some((value) => Math.abs(value) > 1e-7) || isOneWord(name, changes), name).toBe(true);
        gradient.dispose();
      }
    });
  });

  describe.each<Partial<TransformerXLConfig>['positions'] & string>(['sinusoidal', 'learnedAbsolute'])(
    '%s positions',
    (positions) => {
      const changes = { positions, memoryLength: 0, segmentLength: 10, headSize: 4 };
      const forward = (model: TransformerXL): Tensor =>
        model.encode({ inputIds: ids(drawRows(2, 8)) }).lastHidden;
      for (const { name, run } of moduleContract({ make: () => make(changes), forward, zeroGradient }))
        test(name, run);

      test('have no memory, and count from the end of the segment', () => {
        using model = make(changes);
        expect(model.initialState).toBeUndefined();
        const [row] = drawRows(1, 8) as [number[]];
        const last = (inputIds: number[][], attentionMask?: number[][]): ArrayLike<number> =>
          tidy(() => {
            const input = {
              inputIds: ids(inputIds),
              ...(attentionMask ? { attentionMask: ids(attentionMask) } : {}),
            };
            const { lastHidden } = model.encode(input);
            return slice(lastHidden, [0, lastHidden.shape[1] - 1, 0], [1, 1, -1]).dataSync();
          });
        const padded = last([[0, 0, ...row]], [[0, 0, ...row.map(() => 1)]]);
        expectClose('after padding on the left', padded, last([row]));
      });
    },
  );

  test.each<[Partial<TransformerXLConfig> & Pick<TransformerXLConfig, 'positions'>]>([
    [{ positions: 'learnedRelative' }],
    [{ positions: 'learnedRelative', clampLength: 4 }],
    [{ positions: 'learnedRelative', memoryLength: 2, segmentLength: 3 }],
    [{ positions: 'learnedAbsolute', memoryLength: 0 }],
  ])('attends as the original says: %j', (changes) => {
    using model = make({ memoryLength: 6, ...changes, layers: 1, heads: 1, headSize: 12 });
    const numbers = (name: string): number[] => Array.from(model.parameters().get(name)!.dataSync());
    const row = (values: number[], i: number): number[] => values.slice(12 * i, 12 * i + 12);
    const dot = (x: number[], y: number[]): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    const plus = (x: number[], y: number[]): number[] => x.map((value, i) => value + y[i]!);
    /** The product of a weight's rows from `first` on with x. */
    const times = (name: string, first: number, x: number[]): number[] =>
      x.map((_, i) => dot(row(numbers(`layers.0.dec_attn.${name}.weight`), first + i), x));
    const learned = model.r_emb!.shape[1]!;
    const isRelative = changes.positions === 'learnedRelative';

    const embedded = [3, 1, 4, 1, 5, 9, 2, 6].map((id) =>
      row(numbers('word_emb.emb_layers.0.weight'), id).map((value) => value * Math.sqrt(12)),
    );
    const read = embedded.map((x, t) =>
      isRelative ? x : plus(x, row(numbers('r_emb'), learned - embedded.length + t)),
    );
    const [q, k] = isRelative ? (['qkv_net', 'qkv_net'] as const) : (['q_net', 'kv_net'] as const);
    const queries = read.map((x) => times(q, 0, x));
    const keys = read.map((x) => times(k, isRelative ? 12 : 0, x));
    const score = (t: number, s: number): number => {
      if (!isRelative) return dot(queries[t]!, keys[s]!);
      const furthest = Math.min(changes.clampLength ?? learned, learned) - 1;
      const place = learned - 1 - Math.min(t - s, furthest); // the nearest distance is learned last
      const byContent = dot(plus(queries[t]!, numbers('r_w_bias')), keys[s]!);
      return byContent + dot(queries[t]!, row(numbers('r_emb'), place)) + numbers('r_bias')[place]!;
    };
    tidy(() => {
      if (isRelative)
        model.r_bias!.assign(
          mul(model.r_w_bias!.dataSync()[0]!, reshape<Rank.R3>(range(1, learned + 1), [1, learned, 1])),
        );
      const { attentions } = model.encode(
        { inputIds: ids([[3, 1, 4, 1, 5, 9, 2, 6]]) },
        { attentions: true },
      );
      const expected = embedded.flatMap((_, t) => {
        const exps = embedded.map((_, s) => (s <= t ? Math.exp(score(t, s) / Math.sqrt(12)) : 0));
        return exps.map((value) => value / exps.reduce((x, y) => x + y));
      });
      expectClose('weights', attentions![0]!.dataSync(), expected);
    });
  });

  describe('memory', () => {
    test('long enough, it makes segments equal to one long pass', () => {
      using model = make({ memoryLength: 30 });
      const rows = drawRows(2, 30);
      const whole = inSegments(model, rows, 30).flat(2);
      for (const length of [1, 4, 7, 29]) {
        expectClose(`segments of ${length}`, inSegments(model, rows, length).flat(2), whole);
        expectClose(`with room for just so many`, inSegments(model, rows, length, 30).flat(2), whole);
      }
    });

    test('short, segments of any length are equal to one long pass where all tokens see as far', () => {
      using model = make({ memoryLength: 3, sameLength: true, clampLength: 2 });
      const rows = drawRows(2, 13);
      const whole = inSegments(model, rows, 13).flat(2);
      for (const length of [1, 2, 5, 8])
        expectClose(`segments of ${length}`, inSegments(model, rows, length).flat(2), whole);
      using state = model.initialState(1);
      tidy(() => {
        for (let segment = 0; segment < 2; segment++) {
          const options = { state, attentions: true };
          const { attentions } = model.encode({ inputIds: ids([[3, 1, 4, 1]]) }, options);
          if (segment === 0) continue;
          const seen = (attentions![0]!.arraySync() as number[][][][])[0]![0]!.map(
            (weights) => weights.filter((weight) => weight > 0).length,
          );
          expect(seen).toEqual([3, 3, 3, 3]);
        }
      });
    });

    test('shorter, it lets old tokens go: layer by layer one more segment is seen', () => {
      using model = make({ memoryLength: 4, layers: 2 });
      const rows = drawRows(1, 16);
      const changed = (at: number): number[] => {
        const other = [rows[0]!.with(at, (rows[0]![at]! + 1) % V)];
        return inSegments(model, other, 4)
          .flat(2)
          .slice(12 * 12);
      };
      const original = inSegments(model, rows, 4)
        .flat(2)
        .slice(12 * 12);
      expect(changed(3)).toEqual(original); // three segments back, two layers reach two
      expect(changed(4 + 3)).not.toEqual(original);
    });

    test('holds the last inputs of every layer, also of a segment that is longer than it', () => {
      using model = make({ memoryLength: 5 });
      using state = model.initialState(2);
      tidy(() => {
        const { hiddenStates } = model.encode(
          { inputIds: ids(drawRows(2, 7)) },
          { state, hiddenStates: true },
        );
        for (const layer of [0, 1]) {
          const last = slice(hiddenStates![layer]!, [0, 2, 0], [2, 5, 12]);
          expectClose(`layer ${layer}`, state.read(layer).dataSync(), last.dataSync());
        }
      });
    });

    test('lets no gradient through', () => {
      using model = make();
      const rows = drawRows(1, 6);
      // Word 18 is read in the first segment alone: only through the memory could it matter to the second.
      expect(rows[0]).not.toContain(18);
      const gradients = namedGradients(model, () =>
        tidy(() => {
          using state = model.initialState(1);
          model.encode({ inputIds: ids([[18, 18, 18]]) }, { state });
          return sum(mul(model.encode({ inputIds: ids(rows) }, { state }).lastHidden, range(0, 12)));
        }),
      );
      const table = gradients.get('word_emb.emb_layers.0.weight')!.dataSync();
      expect(table.slice(18 * 12).every((value) => value === 0)).toBe(true);
      expect(table.slice(rows[0]![0]! * 12, (rows[0]![0]! + 1) * 12).some((value) => value !== 0)).toBe(true);
      for (const gradient of gradients.values()) gradient.dispose();
    });

    test('the number of live tensors is flat over many segments', async () => {
      using model = make({ memoryLength: 8 });
      using state = model.initialState(2);
      const counts = Array.from({ length: 12 }, (_, i) => {
        tidy(() => model.encode({ inputIds: ids(drawRows(2, 4, i)) }, { state }).lastHidden.dataSync());
        return memory().numTensors;
      });
      expect(new Set(counts).size).toBe(1);
      expect(state.length).toBe(48);
      await leakFree(() => {
        for (const gradient of namedGradients(model, () => loss(model, drawRows(1, 5))).values())
          gradient.dispose();
      });
    });

    test('there is none without memoryLength', () => {
      using model = make({ memoryLength: 0, clampLength: 2 });
      expect(model.initialState).toBeUndefined();
      const rows = drawRows(1, 6);
      const alone = inSegments(model, [rows[0]!.slice(3)], 3).flat(2);
      expectClose('the second segment', inSegments(model, rows, 3).flat(2).slice(36), alone);
    });
  });

  test('drops by a stream of random numbers, the same each time', () => {
    using model = make({ attentionDropout: 0.2 });
    tidy(() => {
      const encode = (step: number) => {
        const random = new RandomStream(5, step);
        return model.encode({ inputIds: ids([[3, 1, 4]]) }, { training: true, random }).lastHidden.dataSync();
      };
      expect(encode(0)).toEqual(encode(0));
      expect(encode(0)).not.toEqual(encode(1));
    });
  });

  test('takes embeddings in the place of ids', () => {
    using model = make();
    tidy(() => {
      const inputIds = ids([[3, 1, 4]]);
      const inputEmbeds = model.word_emb.forward(inputIds) as Tensor3D;
      const [a, b] = [model.encode({ inputIds }), model.encode({ inputEmbeds })];
      expect(b.lastHidden.dataSync()).toEqual(a.lastHidden.dataSync());
    });
  });

  describe('refuses', () => {
    const refusal = (call: () => unknown): string => {
      try {
        tidy(() => void call());
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing thrown';
    };
    const encode = (model: TransformerXL, state: SegmentMemory, rows = [[1, 2]]) =>
      model.encode({ inputIds: ids(rows) }, { state });

    test('a memory for another batch', () => {
      using model = make();
      using state = model.initialState(2);
      expect(refusal(() => encode(model, state))).toBe(
        'state: expected one for 1 sequences, got one for 2. Make it for the batch that is encoded: initialState(batchSize, capacity).',
      );
      expect(state.length).toBe(0);
    });

    test('a memory of another model', () => {
      using model = make();
      using state = new SegmentMemory({ layers: 3, batchSize: 1, size: 12, memoryLength: 4 });
      expect(refusal(() => encode(model, state))).toBe(
        "state: expected a segment memory of 2 layers and 12 channels, got 3 of 12. Make it by the model's own initialState.",
      );
      using without = make({ memoryLength: 0 });
      expect(refusal(() => encode(without, state))).toBe(
        "state: expected none, for a model without a memory, got 3 of 12. Make it by the model's own initialState.",
      );
    });

    test('more tokens than a memory has room for', () => {
      using model = make();
      using state = model.initialState(1, 3);
      tidy(() => void encode(model, state));
      expect(refusal(() => encode(model, state))).toBe(
        'segment memory: expected at most 1 more tokens (2 of 3 came), got 2. Make the state with a larger capacity: initialState(batchSize, capacity).',
      );
    });

    test.each<[Partial<TransformerXLConfig>, string]>([
      [
        { positions: 'sinusoidal' },
        'Transformer-XL, memoryLength: expected 0 with sinusoidal positions, got 16. What is remembered would have the positions of another segment: use relative positions.',
      ],
      [
        { sameLength: true, memoryLength: 0 },
        'Transformer-XL, memoryLength: expected at least 1 with sameLength, or a token could attend to nothing, got 0. Set memoryLength, or sameLength to false.',
      ],
      [
        { positions: 'learnedAbsolute', memoryLength: 0 },
        'Transformer-XL, heads · headSize: expected hiddenSize 12, to which positions are added, got 15. Change one of the three in the config.',
      ],
      [
        { cutoffs: [5] },
        'Transformer-XL, tieProjections: expected 2 of them, one a cluster, got 1. Pass true or false for each cluster.',
      ],
      [
        { cutoffs: [5, 5], tieProjections: [false, false, false] },
        "cutoffs: expected whole numbers that increase between 0 and the vocabulary's 19, got [5,5]. Pass where the second cluster begins, then the third, as in [20000, 40000].",
      ],
    ])('%j', (changes, message) => expect(refusal(() => make(changes))).toBe(message));
  });
});
