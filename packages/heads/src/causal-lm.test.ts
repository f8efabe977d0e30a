import { join } from 'node:path';
import {
  type Backbone,
  type Encoded,
  type ModelInput,
  Module,
  RandomStream,
  type Scorer,
  storedTensor,
} from '@tenon/core';
import { Embedding, tiedScorer } from '@tenon/layers';
import { gpt2, gpt2Small, transformerXL, transformerXLEnwik8 } from '@tenon/models';
import {
  expectClose,
  goldenCase,
  headContract,
  leakFree,
  namedGradients,
  selectBackend,
  sharedFolder,
  testBackends,
} from '@tenon/testing';
import { reshape, type Scalar, type Tensor2D, type Tensor3D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { CausalLM } from './causal-lm.ts';

/** The smallest language model: a token's score depends on the token before it alone. */
class Bigrams extends Module implements Backbone {
  readonly rows: Embedding = new Embedding(7, 4, { random: new RandomStream(1) });
  readonly hiddenSize: number = 4;
  readonly scorer: Scorer = tiedScorer(this.rows.weight);

  encode({ inputIds }: ModelInput): Encoded {
    return { lastHidden: this.rows.forward(inputIds!) as Tensor3D };
  }
}

const ids = (rows: number[][]): Tensor2D => tensor2d(rows, undefined, 'int32');
const TEXT = [
  [1, 2, 3, 4],
  [5, 6, 0, 1],
];
const ignoredRows = [
  [-100, -100, -100, -100],
  [-100, -100, -100, -100],
];
const evaluation = { training: false };

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  const tiny = { ...gpt2Small, vocabularySize: 7, contextLength: 8, hiddenSize: 8, layers: 1, heads: 2 };
  const tinyXL = {
    ...transformerXLEnwik8,
    vocabularySize: 7,
    cutoffs: [3],
    tieProjections: [false, false],
    hiddenSize: 8,
    embeddingSize: 8,
    layers: 1,
    heads: 2,
    headSize: 4,
    feedForwardSize: 16,
    memoryLength: 4,
  };
  describe.each([
    ['the smallest model', () => new Bigrams()],
    ['GPT-2', () => gpt2(tiny)],
    ['Transformer-XL', () => transformerXL(tinyXL)],
  ])('contract on %s', (_, backbone) => {
    const contract = headContract({
      make: () => new CausalLM(backbone()),
      batch: () => ({ inputIds: ids(TEXT), labels: ids(TEXT) }),
      ignored: () => ({ inputIds: ids(TEXT), targets: ids(ignoredRows) }),
    });
    for (const { name, run } of contract) test(name, run);
  });

  const lossOf = (model: CausalLM, batch: { labels?: number[][]; targets?: number[][] }): number =>
    tidy(() => {
      const { labels, targets } = batch;
      const made = {
        inputIds: ids(TEXT),
        ...(labels && { labels: ids(labels) }),
        ...(targets && { targets: ids(targets) }),
      };
      return model.loss(made, evaluation).loss.dataSync()[0]!;
    });

  test('labels are the targets one token later', () => {
    using model = new CausalLM(new Bigrams());
    const targets = [
      [2, 3, 4, -100],
      [6, 0, 1, -100],
    ];
    expect(lossOf(model, { labels: TEXT })).toBe(lossOf(model, { targets }));
  });

  test('is the mean over the targets that count', () => {
    using model = new CausalLM(new Bigrams());
    const targets = [
      [2, -100, 4, -100],
      [6, -100, -100, -100],
    ];
    const { nll, count } = tidy(() => {
      const scored = model.negativeLogLikelihood({ inputIds: ids(TEXT), targets: ids(targets) });
      return { nll: scored.nll.arraySync(), count: scored.count.arraySync() };
    });
    expect(count).toBe(3);
    for (const [b, row] of targets.entries()) {
      for (const [t, target] of row.entries()) expect(nll[b]![t]! > 0).toBe(target >= 0);
    }
    expectClose('loss', [lossOf(model, { targets })], [nll.flat().reduce((a, b) => a + b) / 3]);
  });

  test('scores and losses agree', () => {
    using model = new CausalLM(new Bigrams());
    const scores = tidy(() => model.logits({ inputIds: ids(TEXT) }).arraySync());
    const probability = Math.exp(scores[0]![0]![2]!) / scores[0]![0]!.map(Math.exp).reduce((a, b) => a + b);
    const first = [[2, -100, -100, -100], ignoredRows[1]!];
    expectClose('loss', [lossOf(model, { targets: first })], [-Math.log(probability)]);
  });

  test('hands a state on', () => {
    using model = new CausalLM(gpt2(tiny));
    const state = model.backbone.initialState(2, 8);
    tidy(() => {
      const value = model.loss({ inputIds: ids(TEXT), labels: ids(TEXT) }, { training: false, state });
      expect(value.state).toBe(state);
      expect(state.length).toBe(4);
    });
    state.dispose();
  });

  test('refuses a model without vocabulary scores, and batches it cannot read', async () => {
    class Silent extends Bigrams {
      override readonly scorer = undefined as never; // as a backbone without one
    }
    const silent = new Silent();
    expect(() => new CausalLM(silent)).toThrow(
      'CausalLM: expected a backbone with a scorer, got Silent without. Take a model that scores a vocabulary, as GPT-2 does.',
    );
    silent.dispose();
    using model = new CausalLM(new Bigrams());
    expect(() => lossOf(model, {})).toThrow(
      'causal LM batch: expected either labels or targets, got neither. Pass labels = inputIds, or targets that are one token ahead.',
    );
    expect(() => lossOf(model, { targets: [[1, 2]] })).toThrow(
      'targets: expected [2, 4], got [1, 2]. Pass one for each input token.',
    );
    await leakFree(() => void lossOf(model, { labels: TEXT }));
  });

  const shared = sharedFolder();
  test.skipIf(shared === undefined)('equals the reference (needs the shared goldens)', () => {
    const golden = goldenCase(join(shared!, 'goldens/gpt2/lm'));
    using model = new CausalLM(gpt2(gpt2.parseConfig(golden.json('config.json'))));
    model.loadStateDict(
      new Map(
        [...golden.tensors('model.safetensors')].map(([name, { shape, values }]) => [
          name.replace('transformer', 'backbone'),
          storedTensor(values as Float32Array, shape),
        ]),
      ),
    );
    const { input_ids, labels } = golden.json('inputs.json') as { input_ids: number[][]; labels: number[][] };
    const loss = (): Scalar =>
      tidy(() => model.loss({ inputIds: ids(input_ids), labels: ids(labels) }, { training: true }).loss);
    const expected = (golden.json('meta.json') as { loss: number }).loss;
    expectClose('loss', [tidy(() => loss().dataSync()[0]!)], [expected], { absolute: 1e-6, relative: 1e-5 });
    const grads = golden.tensors('grads.safetensors');
    for (const [name, gradient] of namedGradients(model, loss)) {
      expectClose(name, gradient.dataSync(), grads.get(name.replace('backbone', 'transformer'))!.values);
      gradient.dispose();
    }
    const logits = tidy(() => reshape(model.logits({ inputIds: ids(input_ids) }), [-1]).dataSync());
    expectClose('logits', logits, golden.tensors('golden.safetensors').get('logits')!.values);
  });
});
