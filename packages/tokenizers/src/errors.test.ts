import { expect, test } from 'vitest';
import { show, TokenizerError } from './errors.ts';

test('instanceof holds across copies of the package, and for tokenizer errors alone', () => {
  const foreign = Object.assign(new Error('from another copy'), {
    name: 'TokenizerError',
    [Symbol.for('tenon.error')]: true,
  });
  expect(foreign).toBeInstanceOf(TokenizerError);
  expect(new TokenizerError('own')).toBeInstanceOf(TokenizerError);
  expect(new TokenizerError('own')).toBeInstanceOf(Error);
  expect(new Error('plain')).not.toBeInstanceOf(TokenizerError);
  expect(undefined).not.toBeInstanceOf(TokenizerError);
});

test('the error carries the shared marker and its own name', () => {
  const error = new TokenizerError('what happened');
  expect(Reflect.get(error, Symbol.for('tenon.error'))).toBe(true);
  expect(String(error)).toBe('TokenizerError: what happened');
});

test('values are shown short', () => {
  expect(show('a'.repeat(1000))).toHaveLength(43);
  expect([show('x'), show([1, 2]), show({}), show(undefined), show(Number.NaN)]).toEqual([
    '"x"',
    'an array of 2',
    'an object',
    'undefined',
    'NaN',
  ]);
});
