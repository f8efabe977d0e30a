import type { Point } from './charts/line-chart.ts';

export interface SavedCurve {
  readonly size: number;
  /** x and y of each point. */
  readonly points: readonly number[];
  /** What will become the next point. */
  readonly rest: { readonly sum: number; readonly count: number };
}

/** More points than these are no longer kept one by one. */
const MOST = 1000;

/**
 * Points of a run of any length in bounded memory: when there are too many, each two neighbours become one, with
 * their mean.
 */
export class Curve {
  /** Values that make up a point. */
  #size: number;
  #points: Point[];
  #rest: { sum: number; count: number };

  constructor(saved?: SavedCurve) {
    const { size = 1, points = [], rest = { sum: 0, count: 0 } } = saved ?? {};
    this.#size = size;
    this.#points = Array.from({ length: points.length / 2 }, (_, i) => ({
      x: points[2 * i]!,
      y: points[2 * i + 1]!,
    }));
    this.#rest = { ...rest };
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  add(x: number, y: number): void {
    this.#rest.sum += y;
    if (++this.#rest.count < this.#size) return;
    this.#points.push({ x, y: this.#rest.sum / this.#size });
    this.#rest = { sum: 0, count: 0 };
    if (this.#points.length < MOST) return;
    this.#points = Array.from({ length: MOST / 2 }, (_, i) => {
      const [one, two] = [this.#points[2 * i]!, this.#points[2 * i + 1]!];
      return { x: two.x, y: (one.y + two.y) / 2 };
    });
    this.#size *= 2;
  }

  toJson(): { size: number; points: number[]; rest: { sum: number; count: number } } {
    return { size: this.#size, points: this.#points.flatMap(({ x, y }) => [x, y]), rest: { ...this.#rest } };
  }
}
