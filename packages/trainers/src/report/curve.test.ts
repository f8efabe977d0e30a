import { describe, expect, it } from 'vitest';
import { Curve } from './curve.ts';

describe('Curve', () => {
  it('keeps the means of a long run in bounded memory', () => {
    const curve = new Curve();
    for (let step = 1; step <= 100_000; step++) curve.add(step, step);
    expect(curve.points.length).toBeGreaterThan(400);
    expect(curve.points.length).toBeLessThan(1000);
    expect(curve.points[0]).toEqual({ x: 128, y: 64.5 });
    expect(curve.points.at(-1)!.x).toBeGreaterThan(99_800);
  });

  it('goes on from what was saved at any moment', () => {
    const whole = new Curve();
    let resumed = new Curve();
    for (let step = 1; step <= 3333; step++) {
      whole.add(step, Math.sin(step));
      resumed.add(step, Math.sin(step));
      if (step % 500 === 1) resumed = new Curve(JSON.parse(JSON.stringify(resumed.toJson())));
    }
    expect(resumed.points).toEqual(whole.points);
  });
});
