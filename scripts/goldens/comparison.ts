// Gathers what one case compared: numbers against numbers, with the worst of it, and what was not compared and why.

/** A value passes within `absolute + relative · |expected|`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** What the goldens' README states for float32: the goldens were computed in float64 and rounded. */
export const FLOAT32: Tolerance = { absolute: 2e-5, relative: 1e-4 };
/** The losses along a training run, where rounding adds up over the steps. */
export const TRAINING: Tolerance = { absolute: 0, relative: 1e-4 };
/** Numbers that both sides compute in double precision. */
export const FLOAT64: Tolerance = { absolute: 1e-12, relative: 1e-6 };

export interface Difference {
  readonly name: string;
  /** Largest |got − expected|. */
  readonly absolute: number;
  /** The same over the largest |expected| of this tensor, so that a value near zero does not count as far off. */
  readonly relative: number;
  /** Largest share of the tolerance that a value used up: above 1 fails. */
  readonly used: number;
}

export class Comparison {
  readonly differences: Difference[] = [];
  readonly failures: string[] = [];
  /** Parts that the case holds and no family knows yet. */
  readonly unknown: string[] = [];
  /** Parts that are left out on purpose, with the reason. */
  readonly leftOut: string[] = [];
  /** What else the report should say. */
  readonly notes: string[] = [];
  /** Why nothing was run, where nothing was. */
  skipped: string | undefined;

  /** Compares values one by one. A NaN on either side fails, and so does another count. */
  numbers(
    name: string,
    got: ArrayLike<number>,
    expected: ArrayLike<number>,
    tolerance: Tolerance = FLOAT32,
  ): void {
    if (got.length !== expected.length) {
      this.fail(`${name}: expected ${expected.length} values, got ${got.length}`);
      return;
    }
    let absolute = 0;
    let used = 0;
    let scale = 0;
    let broken = -1;
    for (let i = 0; i < expected.length; i++) {
      const difference = Math.abs(got[i]! - expected[i]!);
      if (Number.isNaN(difference)) broken = i;
      absolute = Math.max(absolute, difference);
      scale = Math.max(scale, Math.abs(expected[i]!));
      if (difference > 0) {
        used = Math.max(
          used,
          difference / (tolerance.absolute + tolerance.relative * Math.abs(expected[i]!)),
        );
      }
    }
    if (broken >= 0) {
      this.fail(`${name}: expected ${expected[broken]} at ${broken}, got ${got[broken]}`);
      return;
    }
    const least = Math.max(scale, tolerance.absolute); // a tensor of zeros and rounding has no scale of its own
    this.differences.push({ name, absolute, relative: least > 0 ? absolute / least : absolute, used });
    if (used > 1) {
      this.fail(
        `${name}: expected within ${tolerance.absolute} + ${tolerance.relative}·|x|, got a difference of ${absolute.toExponential(2)}`,
      );
    }
  }

  number(name: string, got: number, expected: number, tolerance: Tolerance = FLOAT32): void {
    this.numbers(name, [got], [expected], tolerance);
  }

  /** Compares whole numbers, which must be the same. */
  integers(name: string, got: ArrayLike<number>, expected: ArrayLike<number>): void {
    this.numbers(name, got, expected, { absolute: Number.MIN_VALUE, relative: 0 });
  }

  /** Compares texts, which must be the same. */
  strings(name: string, got: readonly string[], expected: readonly string[]): void {
    const different = expected.findIndex((text, i) => text !== got[i]);
    const at = different < 0 && got.length > expected.length ? expected.length : different;
    if (at >= 0) {
      const [shown, wanted] = [got[at], expected[at]].map((text) => JSON.stringify(text) ?? 'nothing');
      this.fail(`${name}: expected ${wanted} at ${at}, got ${shown}`);
    } else this.differences.push({ name, absolute: 0, relative: 0, used: 0 });
  }

  /** For a number that may be better than the reference: only above the limit is a failure. */
  atMost(name: string, got: number, limit: number): void {
    const above = got - limit;
    this.differences.push({
      name,
      absolute: Math.max(0, above),
      relative: Math.max(0, above / limit),
      used: got / limit,
    });
    this.notes.push(`${name} ${got.toFixed(4)}, reference at most ${limit.toFixed(4)}`);
    if (!(got <= limit)) this.fail(`${name}: expected at most ${limit.toFixed(4)}, got ${got.toFixed(4)}`);
  }

  fail(message: string): void {
    this.failures.push(message);
  }

  /** The difference that came closest to its tolerance or beyond. */
  get worst(): Difference | undefined {
    return this.differences.reduce<Difference | undefined>(
      (worst, next) => (worst === undefined || next.used > worst.used ? next : worst),
      undefined,
    );
  }

  get verdict(): 'pass' | 'fail' | 'part' | 'skip' {
    if (this.failures.length > 0) return 'fail';
    if (this.differences.length === 0) return 'skip';
    return this.unknown.length > 0 ? 'part' : 'pass';
  }
}
