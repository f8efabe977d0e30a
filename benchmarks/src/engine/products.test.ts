import { describe, expect, it } from 'vitest';
import { SIZES } from '../sizes.ts';
import { operationsOf, productsOf } from './products.ts';

describe('productsOf', () => {
  it('lists the products of a small model', () => {
    const size = { layers: 1, channels: 4, heads: 2, tokens: 3, batch: 5, vocabulary: 7 };
    const products = productsOf(size);
    // N = 15 tokens. The output of attention, [15, 4] × [4, 4], has the shape of its own dx.
    expect(products).toContainEqual({ stack: 1, rows: 15, inner: 4, columns: 4, times: 2 });
    expect(products).toContainEqual({ stack: 1, rows: 4, inner: 15, columns: 7, times: 1 });
    expect(products).toContainEqual({ stack: 10, rows: 3, inner: 2, columns: 3, times: 2 });
    expect(products).toContainEqual({ stack: 10, rows: 3, inner: 3, columns: 2, times: 4 });
    const times = products.reduce((sum, product) => sum + product.times, 0);
    expect(times).toBe(5 * 3 + 6);
  });

  it('counts six operations for a weight and a token, and those of attention', () => {
    const { layers, channels: C, tokens: T, batch: B, vocabulary: V } = SIZES.S;
    const ofWeights = 6 * B * T * (12 * C * C * layers + C * V);
    const ofAttention = 12 * layers * B * T * T * C;
    expect(operationsOf(productsOf(SIZES.S))).toBe(ofWeights + ofAttention);
  });
});
