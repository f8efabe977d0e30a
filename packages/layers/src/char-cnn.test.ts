import { RandomStream } from '@tenon/core';
import { expectClose, moduleContract, namedGradients, selectBackend, testBackends } from '@tenon/testing';
import { type Scalar, sum, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { CharCNN, type CharCNNOptions } from './char-cnn.ts';

const make = (options: Partial<CharCNNOptions> = {}) =>
  new CharCNN({
    random: new RandomStream(1),
    characters: 6,
    embeddingSize: 2,
    filters: [
      [1, 2],
      [3, 4],
    ],
    activation: 'tanh',
    ...options,
  });
const ids = () => tensor3d([1, 2, 3, 0, 0, 4, 5, 0, 0, 0, 5, 1, 2, 3, 4, 0, 1, 0, 1, 2], [2, 2, 5], 'int32');

describe.each(testBackends())('%s', (backend) => {
  beforeAll(() => selectBackend(backend));

  describe.each(['tanh', 'relu'] as const)('contract, %s', (activation) => {
    const contract = moduleContract({
      // Larger than the usual filters, and biases would be needed to keep all of relu's alive.
      make: () =>
        make({ activation, weight: (shape, random) => random.normal(shape[0]! * shape[1]! * shape[2]!) }),
      forward: (cnn) => cnn.forward(ids()),
    });
    for (const { name, run } of contract) test(name, run);
  });

  test('finds each filter where it fits best', () => {
    using cnn = make();
    const [table, narrow, wide] = [...cnn.parameters()]
      .filter(([name]) => name.endsWith('weight'))
      .map(([, value]) => value.arraySync() as unknown) as [number[][], number[][][], number[][][]];
    const text = [5, 1, 2, 3, 4];
    const best = (filters: number[][][]): number[] =>
      filters.map((filter) => {
        const width = filter[0]!.length;
        const places = Array.from({ length: text.length - width + 1 }, (_, start) =>
          filter.reduce(
            (total, row, d) =>
              total + row.reduce((part, weight, w) => part + weight * table[text[start + w]!]![d]!, 0),
            0,
          ),
        );
        return Math.tanh(Math.max(...places));
      });
    const got = tidy(() => cnn.forward(tensor2d([text], undefined, 'int32')).dataSync());
    expectClose('vector', got, [...best(narrow), ...best(wide)]);
  });

  test('padding that looks the same at several places has the gradient of one', () => {
    using cnn = make({
      filters: [[1, 1]],
      weight: () => Float32Array.of(1, 0),
      embedding: () => Float32Array.from({ length: 12 }, (_, i) => (i === 0 ? 1 : 0)),
    });
    const loss = (): Scalar => tidy(() => sum(cnn.forward(tensor2d([[0, 0, 0, 1]], undefined, 'int32'))));
    const gradient = namedGradients(cnn, loss).get('convolutions.0.bias')!.dataSync()[0]!;
    const embedding = namedGradients(cnn, loss).get('embedding.weight')!.dataSync();
    const expected = 1 - Math.tanh(1) ** 2;
    expectClose('bias', [gradient], [expected]);
    expectClose('character 0', embedding.slice(0, 4), [expected, 0, 0, 0]);
  });

  test('refuses filters wider than a token', () => {
    using cnn = make();
    expect(() => cnn.forward(tensor2d([[1, 2]], undefined, 'int32'))).toThrow(
      'character ids: expected at least 3 for each token, the width of the widest filter, got 2. Pad each token to the length that the model was trained with.',
    );
    expect(() => make({ filters: [] })).toThrow(
      'CharCNN filters: expected a whole number of at least 1, got 0.',
    );
    expect(() => make({ filters: [[0, 3]] })).toThrow(
      'CharCNN filter width: expected a whole number of at least 1',
    );
  });
});
