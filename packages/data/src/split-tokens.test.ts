import { expect, test } from 'vitest';
import { splitTokens } from './split-tokens.ts';

const text = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

test('the end is for validation, and nothing is lost or shared', () => {
  const { train, validation } = splitTokens(text(25), { validation: 0.1 });
  expect([train.length, validation.length]).toEqual([22, 3]);
  expect([...train, ...validation]).toEqual([...text(25)]);
});

test('shares and texts that leave a part empty are refused', () => {
  expect(() => splitTokens(text(9), { validation: 1 })).toThrow(
    'splitTokens: validation: expected a share between 0 and 1, got 1.',
  );
  expect(() => splitTokens(text(1), { validation: 0.5 })).toThrow(
    'splitTokens: text: expected enough tokens for two parts, got 1. Pass a longer text.',
  );
});
