import { expectClose } from '@tenon/testing';
import { expect, test } from 'vitest';
import { sinusoids } from './sinusoids.ts';

test('has sines, then cosines, of frequencies from 1 down', () => {
  const [sin, cos] = [Math.sin, Math.cos];
  expectClose(
    'positions 3 and -1',
    sinusoids([3, -1], 4),
    [sin(3), sin(0.03), cos(3), cos(0.03), sin(-1), sin(-0.01), cos(-1), cos(-0.01)],
    { absolute: 1e-7 },
  );
});

test('refuses an odd size', () => {
  expect(() => sinusoids([0], 3)).toThrow(
    'size of sinusoidal positions: expected an even number, got 3. Half of it are sines, the other half cosines.',
  );
});
