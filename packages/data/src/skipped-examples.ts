import { TenonError } from '@tenon/core';

/** What is told of examples that cannot be used. */
export type OnInvalid = (error: TenonError) => void;

/** Reports an example's error; throws it where nobody is told of it, and any error of another kind. */
export function reportInvalid(error: unknown, onInvalid: OnInvalid | undefined): void {
  if (onInvalid === undefined || !(error instanceof TenonError)) throw error;
  onInvalid(error);
}

/** Kinds that a summary names: where an error quotes an example, each is a kind of its own. */
const SHOWN = 10;

interface Kind {
  count: number;
  readonly first: string;
}

/**
 * Counts examples that were left out, and what was wrong with them. One can serve every reader and step of a run; an
 * example that is read a second time counts a second time.
 *
 * @example
 * ```ts
 * import { TenonError } from '@tenon/core';
 * import { mapExamples, readAll, SkippedExamples, streamExamples } from '@tenon/data';
 *
 * const skipped = new SkippedExamples();
 * const texts = streamExamples(['1', 'two', '3']);
 * const numbers = mapExamples(texts, (text) => {
 *   if (!Number.isNaN(Number(text))) return Number(text);
 *   throw new TenonError({ subject: 'a.txt, line 2', expected: 'a number', got: text, advice: 'Write digits.' });
 * }, { onInvalid: skipped.report });
 * console.log(await readAll(numbers)); // [ 1, 3 ]
 * console.log(skipped.summary()); // 1 skipped: 1 not a number (first: a.txt, line 2, got two)
 * ```
 */
export class SkippedExamples {
  readonly #kinds = new Map<string, Kind>();

  /** The callback to pass as `onInvalid`. */
  readonly report: OnInvalid = ({ parts: { subject, expected, got } }) => {
    const kind = this.#kinds.get(expected);
    if (kind === undefined) this.#kinds.set(expected, { count: 1, first: `${subject}, got ${got}` });
    else kind.count++;
  };

  get count(): number {
    return [...this.#kinds.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** A line that says how many, and of what kind: the ten most frequent, and how many are of others. */
  summary(): string {
    const kinds = [...this.#kinds].sort(([, a], [, b]) => b.count - a.count);
    const lines = kinds
      .slice(0, SHOWN)
      .map(([expected, { count, first }]) => `${count} not ${expected} (first: ${first})`);
    const others = kinds.slice(SHOWN).map(([, kind]) => kind);
    if (others.length > 0) {
      const count = others.reduce((sum, kind) => sum + kind.count, 0);
      lines.push(`${count} of ${others.length} other kinds (first: ${others[0]!.first})`);
    }
    return `${this.count} skipped${lines.length === 0 ? '' : `: ${lines.join('; ')}`}`;
  }
}
