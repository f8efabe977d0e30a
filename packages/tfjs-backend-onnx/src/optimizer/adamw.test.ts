import { expect, test } from 'vitest';
import { assemble } from '../../scripts/assemble.ts';
import { updateAdamW } from './adamw.ts';
import { adamwBinary } from './adamw-binary.ts';

test('the committed module is the assembled source', async () => {
  expect(adamwBinary).toBe(await assemble('adamwBinary'));
});

test.each([1, 3, 4, 1000, 16_384, 16_387, 40_001])(
  '%i numbers are updated as torch.optim.AdamW does',
  (size) => {
    const round = Math.fround;
    const array = (seed: number): Float32Array =>
      Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i));
    const [p, m, g] = [array(1), array(2), array(3)];
    const v = array(4).map(Math.abs);
    const [p0, m0, v0] = [p.slice(), m.slice(), v.slice()];
    const step = {
      learningRate: 3e-2,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.1,
      biasCorrection1: 1 - 0.9 ** 3,
      biasCorrection2: 1 - 0.999 ** 3,
    };
    updateAdamW(p, m, v, g, 0.5, step);
    for (const i of [0, size >> 1, size - 1]) {
      const grad = round(g[i]! * 0.5);
      const first = round(round(m0[i]! * round(0.9)) + round(grad * round(0.1)));
      const second = round(round(v0[i]! * round(0.999)) + round(round(grad * round(1 - 0.999)) * grad));
      const size = round(
        round(round(Math.sqrt(second)) / round(Math.sqrt(step.biasCorrection2))) + round(1e-8),
      );
      const change = round(round(first * round(step.learningRate / step.biasCorrection1)) / size);
      expect(m[i]).toBe(first);
      expect(v[i]).toBe(second);
      expect(p[i]).toBe(round(round(p0[i]! * round(1 - 3e-2 * 0.1)) - change));
    }
  },
);
